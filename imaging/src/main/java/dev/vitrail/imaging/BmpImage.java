package dev.vitrail.imaging;

import java.io.IOException;
import java.util.Set;

/** A Windows bitmap: 1 to 32 bits, plain or run-length encoded, rows in either order. */
final class BmpImage implements EncodedImage {
    private static final int HEADER = 14;
    private static final int OLD_HEADER_SIZE = 12;

    /** OS/2, Windows 3, with masks, 4 and 5: the headers that Java's reader knows. */
    private static final Set<Long> HEADER_SIZES = Set.of(12L, 40L, 52L, 56L, 108L, 124L);

    private static final Set<Integer> DEPTHS = Set.of(1, 4, 8, 16, 24, 32);

    /** Plain, run lengths of 8 and 4 bits, and bit masks: not the embedded JPEG and PNG. */
    private static final int MOST_COMPRESSION = 3;

    private final ImageSource source;
    private final long width;
    private final long height;

    private BmpImage(ImageSource source, long width, long height) {
        this.source = source;
        this.width = width;
        this.height = height;
    }

    static BmpImage open(ImageSource source) throws ImageException {
        long headerSize = source.little32(HEADER);
        if (!HEADER_SIZES.contains(headerSize)) {
            throw source.unsupported("a BMP with a header of " + headerSize + " bytes is not read");
        }
        boolean old = headerSize == OLD_HEADER_SIZE;
        int depth = source.little16(old ? HEADER + 10 : HEADER + 14);
        if (!DEPTHS.contains(depth)) {
            throw source.unsupported("a BMP of " + depth + " bits is not read");
        }
        if (old) {
            return new BmpImage(source, source.little16(HEADER + 4), source.little16(HEADER + 6));
        }
        long compression = source.little32(HEADER + 16);
        if (compression > MOST_COMPRESSION) {
            throw source.unsupported("a BMP of compression " + compression + " is not read");
        }
        long width = (int) source.little32(HEADER + 4);
        long height = (int) source.little32(HEADER + 8);
        return new BmpImage(source, width, Math.abs(height)); // negative: rows from the top
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
        return 4;
    }

    @Override
    public Orientation orientation() {
        return Orientation.UPRIGHT;
    }

    @Override
    public RgbImage decode(DecodeOptions options) throws IOException {
        MemoryStream stream = new MemoryStream(source.bytes());
        return RasterPixels.toRgb(source, JdkReader.read(ImageFormat.BMP, stream));
    }
}
