package dev.vitrail.imaging;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Set;

/**
 * The first page of a TIFF (TIFF 6.0), as far as Java's reader goes: gray, palette and RGB of up to
 * 16 bits. Its Orientation tag belongs to the format and is always followed, as by Pillow.
 */
final class TiffImage implements EncodedImage {
    /** None, the fax codes, LZW, both kinds of JPEG, both names of deflate, PackBits. */
    private static final Set<Long> COMPRESSIONS =
            Set.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 32773L, 32946L);

    private static final long PALETTE = 3;

    /** White is zero, black is zero, RGB, palette, YCbCr: not CMYK, Lab or masks. */
    private static final Set<Long> PHOTOMETRICS = Set.of(0L, 1L, 2L, PALETTE, 6L);

    private static final long SIGNED = 2;
    private static final long FLOAT = 3;

    private final ImageSource source;
    private final TiffDirectory directory;
    private final long width;
    private final long height;
    private final long bits;
    private final long samples;
    private final long photometric;

    private TiffImage(ImageSource source, TiffDirectory directory) throws ImageException {
        this.source = source;
        this.directory = directory;
        this.width = directory.value(TiffDirectory.WIDTH).orElse(0);
        this.height = directory.value(TiffDirectory.HEIGHT).orElse(0);
        this.bits = directory.value(TiffDirectory.BITS_PER_SAMPLE).orElse(1);
        this.samples = directory.value(TiffDirectory.SAMPLES_PER_PIXEL).orElse(1);
        this.photometric = directory.value(TiffDirectory.PHOTOMETRIC).orElse(0);
        require(TiffDirectory.COMPRESSION, "compression", COMPRESSIONS);
        require(TiffDirectory.PHOTOMETRIC, "colour space", PHOTOMETRICS);
        long format = directory.value(TiffDirectory.SAMPLE_FORMAT).orElse(1);
        boolean odd = format == SIGNED || format == FLOAT || photometric == PALETTE && samples > 1;
        if (bits > 16 || samples > 4 || odd) {
            throw source.unsupported(
                    "a TIFF of %d samples of %d bits, of format %d, is not read"
                            .formatted(samples, bits, format));
        }
    }

    private void require(int tag, String what, Set<Long> known) throws ImageException {
        long value = directory.value(tag).orElse(1);
        if (!known.contains(value)) {
            throw source.unsupported("a TIFF of " + what + " " + value + " is not read");
        }
    }

    static TiffImage open(ImageSource source) throws ImageException {
        return new TiffImage(source, new TiffDirectory(source, 0));
    }

    @Override
    public long width() {
        return width;
    }

    @Override
    public long height() {
        return height;
    }

    @Override
    public int workingBytesPerPixel() {
        return (int) (samples * (bits > 8 ? 2 : 1));
    }

    @Override
    public Orientation orientation() {
        return Orientation.UPRIGHT; // followed already
    }

    @Override
    public byte[] profile() throws ImageException {
        return directory.bytes(TiffDirectory.PROFILE);
    }

    @Override
    public RgbImage decode(boolean acceptTruncated) throws IOException {
        MemoryStream stream = new MemoryStream(source.bytes());
        BufferedImage decoded = JdkReader.read(ImageFormat.TIFF, stream);
        RgbImage stored =
                photometric == PALETTE
                        ? RasterPixels.fromPalette(decoded.getRaster(), palette())
                        : RasterPixels.toRgb(source, decoded);
        return directory.orientation().apply(stored);
    }

    /** The palette's 16-bit values by their upper bytes, as Pillow has it; Java's reader rounds. */
    private int[] palette() throws ImageException {
        int[] colours = new int[1 << bits];
        for (int i = 0; i < 3 * colours.length; i++) {
            int value = (int) directory.value(TiffDirectory.COLOR_MAP, i).orElse(0) >> 8;
            colours[i % colours.length] |= value << 16 - 8 * (i / colours.length);
        }
        return colours;
    }
}
