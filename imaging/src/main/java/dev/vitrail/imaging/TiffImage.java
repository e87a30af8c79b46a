package dev.vitrail.imaging;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The first page of a TIFF (TIFF 6.0): gray, palette, RGB, YCbCr and CMYK of up to 16 bits. Its
 * Orientation tag belongs to the format and is always followed, as by Pillow.
 *
 * <p>Fax codes and JPEG as TIFF 6.0 first had it are left to Java's reader, all else is read by
 * {@link TiffStrips}.
 */
final class TiffImage implements EncodedImage {
    /** None, the fax codes, LZW, both kinds of JPEG, both names of deflate, PackBits. */
    private static final Set<Long> COMPRESSIONS =
            Set.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 32773L, 32946L);

    /** What Java's reader undoes. */
    private static final Set<Long> LEFT_TO_JAVA = Set.of(2L, 3L, 4L, 6L);

    private static final long WHITE_IS_ZERO = 0;
    private static final long RGB = 2;
    private static final long PALETTE = 3;
    private static final long INKS = 5;
    private static final long YCBCR = 6;

    /** White is zero, black is zero, RGB, palette, inks, YCbCr: not Lab or masks. */
    private static final Set<Long> PHOTOMETRICS = Set.of(0L, 1L, 2L, PALETTE, INKS, YCBCR);

    private static final long PLANES = 2;
    private static final long NO_DIFFERENCES = 1;
    private static final long DIFFERENCES = 2;
    private static final long MULTIPLIED_ALPHA = 1;

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
    private final long compression;
    private final long tilePixels;

    private TiffImage(ImageSource source, TiffDirectory directory) throws ImageException {
        this.source = source;
        this.directory = directory;
        this.width = directory.value(TiffDirectory.WIDTH).orElse(0);
        this.height = directory.value(TiffDirectory.HEIGHT).orElse(0);
        this.bits = directory.value(TiffDirectory.BITS_PER_SAMPLE).orElse(1);
        this.samples = directory.value(TiffDirectory.SAMPLES_PER_PIXEL).orElse(1);
        this.photometric = directory.value(TiffDirectory.PHOTOMETRIC).orElse(0);
        this.compression = directory.value(TiffDirectory.COMPRESSION).orElse(TiffStrips.PLAIN);
        this.tilePixels = tilePixels();
        require(TiffDirectory.COMPRESSION, "compression", COMPRESSIONS);
        require(TiffDirectory.PHOTOMETRIC, "colour space", PHOTOMETRICS);
        long format = directory.value(TiffDirectory.SAMPLE_FORMAT).orElse(1);
        boolean odd = format == SIGNED || format == FLOAT;
        if (bits < 1 || bits > 16 || !isNumberOfSamples() || odd) {
            throw source.unsupported(
                    "a TIFF of colour space %d, %d samples of %d bits, of format %d, is not read"
                            .formatted(photometric, samples, bits, format));
        }
        requireEqualBits();
        if (photometric == INKS) {
            requireCmyk();
        }
        if (photometric == YCBCR) {
            requireYcbcr();
        }
        if (compression == TiffStrips.JPEG && (bits != 8 || samples == 2 || samples > 4)) {
            throw source.unsupported(
                    "a TIFF of %d samples of %d bits, compressed as JPEG, is not read"
                            .formatted(samples, bits));
        }
        requireDifferences();
    }

    private boolean isNumberOfSamples() {
        if (photometric == RGB) {
            return samples >= 3 && samples <= 6;
        }
        if (photometric == INKS) {
            return samples <= 5;
        }
        if (photometric == YCBCR) {
            return samples == 3;
        }
        return samples == 1 || samples == 2 && photometric != PALETTE;
    }

    private void requireDifferences() throws ImageException {
        long predictor = directory.value(TiffDirectory.PREDICTOR).orElse(NO_DIFFERENCES);
        boolean looked =
                compression == TiffStrips.LZW
                        || compression == TiffStrips.DEFLATE
                        || compression == TiffStrips.OLD_DEFLATE;
        boolean known = predictor == DIFFERENCES && (bits == 8 || bits == 16);
        if (looked && predictor != NO_DIFFERENCES && !known) {
            throw source.unsupported(
                    "a TIFF of differences of kind %d of %d bits is not read"
                            .formatted(predictor, bits));
        }
    }

    private void requireYcbcr() throws ImageException {
        long across = blockEdge(0);
        long down = blockEdge(1);
        boolean whole = Set.of(1L, 2L, 4L).containsAll(Set.copyOf(List.of(across, down)));
        if (bits != 8 || !whole || directory.value(TiffDirectory.PLANES).orElse(1) == PLANES) {
            throw source.unsupported(
                    "a TIFF of YCbCr of %d bits in planes or blocks of %dx%d is not read"
                            .formatted(bits, across, down));
        }
    }

    /** How many pixels share a colour difference, across (0) or down (1). */
    private long blockEdge(int index) throws ImageException {
        return directory.value(TiffDirectory.YCBCR_SUBSAMPLING, index).orElse(2);
    }

    /**
     * The pixels of one tile, 0 without tiles. Memory is taken for a whole tile, however small the
     * image is: 1.7 GB for a file of a kilobyte.
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

    /** Samples of unequal bits are packed as nothing here reads them. */
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
        long inks = directory.value(TiffDirectory.INK_SET).orElse(1);
        boolean whole = bits == 8 || bits == 16;
        if (!whole || samples < 4 || inks != 1 || LEFT_TO_JAVA.contains(compression)) {
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

    /** All samples, and a strip or tile, stored and decompressed. */
    @Override
    public int workingBytesPerPixel() {
        long bytes = samples * (bits > 8 ? 2 : 1);
        return (int) (bytes * (3 + tilePixels / Math.max(1, width * height)));
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
        return directory.orientation().orElse(Orientation.UPRIGHT).apply(stored());
    }

    private RgbImage stored() throws IOException {
        if (LEFT_TO_JAVA.contains(compression)) {
            MemoryStream stream = new MemoryStream(source.bytes());
            return RasterPixels.toRgb(source, JdkReader.read(ImageFormat.TIFF, stream));
        }
        Size size = new Size((int) height, (int) width);
        boolean isJpeg = compression == TiffStrips.JPEG;
        if (photometric == YCBCR && !isJpeg) {
            byte[] colours =
                    TiffStrips.readBlocks(
                            source, directory, size, (int) blockEdge(0), (int) blockEdge(1));
            return new RgbImage(
                    size.width(), size.height(), new TiffYcbcr(directory).toRgb(colours));
        }
        Raster raster = TiffStrips.read(source, directory, size);
        if (photometric == YCBCR) {
            byte[] data = ((DataBufferByte) raster.getDataBuffer()).getData();
            return new RgbImage(
                    size.width(), size.height(), JpegColours.toRgb(data, JpegColours.YCBCR));
        }
        if (photometric == PALETTE) {
            return RasterPixels.fromPalette(raster, palette());
        }
        if (photometric == INKS) {
            return RasterPixels.fromCmyk(raster, (int) bits);
        }
        if (photometric == RGB) {
            return fromRgb(raster);
        }
        RgbImage gray = RasterPixels.fromGray(raster, (int) bits);
        return photometric == WHITE_IS_ZERO ? negative(gray) : gray;
    }

    private RgbImage fromRgb(Raster raster) throws ImageException {
        int[] depths = new int[(int) samples];
        Arrays.fill(depths, (int) bits);
        RgbImage rgb = RasterPixels.fromRgb(raster, depths);
        boolean multiplied =
                samples > 3
                        && bits >= 8
                        && directory.value(TiffDirectory.EXTRA_SAMPLES).orElse(0)
                                == MULTIPLIED_ALPHA;
        return multiplied ? RasterPixels.divided(rgb, raster, (int) bits) : rgb;
    }

    private static RgbImage negative(RgbImage image) {
        byte[] pixels = image.pixels();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) ~pixels[i];
        }
        return image;
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
