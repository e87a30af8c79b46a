package dev.vitrail.imaging;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Set;

/**
 * The first page of a TIFF (TIFF 6.0), as far as Java's reader goes: gray, palette, RGB and CMYK of
 * up to 16 bits. Its Orientation tag belongs to the format and is always followed, as by Pillow.
 */
final class TiffImage implements EncodedImage {
    /** None, the fax codes, LZW, both kinds of JPEG, both names of deflate, PackBits. */
    private static final Set<Long> COMPRESSIONS =
            Set.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 32773L, 32946L);

    /** How JPEG is packed into a TIFF, in the old and in the new way. */
    private static final Set<Long> JPEGS = Set.of(6L, 7L);

    private static final long PALETTE = 3;
    private static final long INKS = 5;
    private static final long YCBCR = 6;

    /** White is zero, black is zero, RGB, palette, inks, YCbCr: not Lab or masks. */
    private static final Set<Long> PHOTOMETRICS = Set.of(0L, 1L, 2L, PALETTE, INKS, YCBCR);

    private static final long PLANES = 2;
    private static final long DIFFERENCES = 2;

    /** What a tile may have beyond its image; 1,024 by 1,024 is more than writers use. */
    private static final long TILE_PIXELS = 1 << 20;

    private static final long SIGNED = 2;
    private static final long FLOAT = 3;

    private final ImageSource source;
    private final TiffDirectory directory;
    private final long width;
    private final long height;
    private final long bits;
    private final long samples;
    private final long photometric;
    private final long tilePixels;

    private TiffImage(ImageSource source, TiffDirectory directory) throws ImageException {
        this.source = source;
        this.directory = directory;
        this.width = directory.value(TiffDirectory.WIDTH).orElse(0);
        this.height = directory.value(TiffDirectory.HEIGHT).orElse(0);
        this.bits = directory.value(TiffDirectory.BITS_PER_SAMPLE).orElse(1);
        this.samples = directory.value(TiffDirectory.SAMPLES_PER_PIXEL).orElse(1);
        this.photometric = directory.value(TiffDirectory.PHOTOMETRIC).orElse(0);
        this.tilePixels = tilePixels();
        require(TiffDirectory.COMPRESSION, "compression", COMPRESSIONS);
        require(TiffDirectory.PHOTOMETRIC, "colour space", PHOTOMETRICS);
        long format = directory.value(TiffDirectory.SAMPLE_FORMAT).orElse(1);
        boolean odd = format == SIGNED || format == FLOAT || photometric == PALETTE && samples > 1;
        long channels = photometric == INKS ? 5 : 4;
        if (bits > 16 || samples > channels || odd) {
            throw source.unsupported(
                    "a TIFF of %d samples of %d bits, of format %d, is not read"
                            .formatted(samples, bits, format));
        }
        requireEqualBits();
        if (photometric == INKS) {
            requireCmyk();
        }
        if (bits > 8 && directory.value(TiffDirectory.PREDICTOR).orElse(1) == DIFFERENCES) {
            throw source.unsupported("a TIFF of differences of " + bits + " bits is not read");
        }
        if (photometric == YCBCR && directory.value(TiffDirectory.PLANES).orElse(1) == PLANES) {
            throw source.unsupported("a TIFF of YCbCr in planes is not read");
        }
    }

    /**
     * The pixels of one tile, 0 without tiles. Java's reader takes memory for a whole tile, however
     * small the image is: 1.7 GB for a file of a kilobyte.
     */
    private long tilePixels() throws ImageException {
        long tileWidth = directory.value(TiffDirectory.TILE_WIDTH).orElse(0);
        long tileLength = directory.value(TiffDirectory.TILE_LENGTH).orElse(0);
        long limit = Math.max(TILE_PIXELS, 2 * Math.min(width * height, Integer.MAX_VALUE));
        if (tileLength > 0 && tileWidth > limit / tileLength) {
            throw source.tooLarge(
                    "tiles of %sx%s pixels are more than the limit of %s for this image"
                            .formatted(
                                    ImageSource.count(tileWidth),
                                    ImageSource.count(tileLength),
                                    ImageSource.count(limit)),
                    null);
        }
        return tileWidth * tileLength;
    }

    /** Java's reader takes memory by the widest of all samples, and reads unequal ones wrongly. */
    private void requireEqualBits() throws ImageException {
        for (int sample = 1; sample < samples; sample++) {
            long other = directory.value(TiffDirectory.BITS_PER_SAMPLE, sample).orElse(bits);
            if (other != bits) {
                throw source.unsupported(
                        "a TIFF of samples of %d and of %d bits is not read"
                                .formatted(bits, other));
            }
        }
    }

    private void requireCmyk() throws ImageException {
        long compression = directory.value(TiffDirectory.COMPRESSION).orElse(1);
        long inks = directory.value(TiffDirectory.INK_SET).orElse(1);
        boolean whole = bits == 8 || bits == 16;
        if (!whole || samples < 4 || inks != 1 || JPEGS.contains(compression)) {
            throw source.unsupported(
                    "a TIFF of %d inks of %d bits, ink set %d, compression %d, is not read"
                            .formatted(samples, bits, inks, compression));
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
        long bytes = samples * (bits > 8 ? 2 : 1);
        return (int) (bytes * (1 + tilePixels / Math.max(1, width * height)));
    }

    @Override
    public Orientation orientation() {
        return Orientation.UPRIGHT; // followed already
    }

    @Override
    public byte[] profile() throws ImageException {
        return photometric == INKS ? new byte[0] : directory.bytes(TiffDirectory.PROFILE);
    }

    @Override
    public RgbImage decode(DecodeOptions options) throws IOException {
        MemoryStream stream = new MemoryStream(source.bytes());
        BufferedImage decoded = JdkReader.read(ImageFormat.TIFF, stream);
        return directory.orientation().apply(stored(decoded));
    }

    private RgbImage stored(BufferedImage decoded) throws ImageException {
        if (photometric == PALETTE) {
            return RasterPixels.fromPalette(decoded.getRaster(), palette());
        }
        return photometric == INKS
                ? RasterPixels.fromCmyk(decoded.getRaster(), (int) bits)
                : RasterPixels.toRgb(source, decoded);
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
