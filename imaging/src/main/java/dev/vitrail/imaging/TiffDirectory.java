package dev.vitrail.imaging;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The first directory of a TIFF structure: of a TIFF file, or of the Exif block in another file
 * (TIFF 6.0, section 2). Read in place: nothing is allocated by what it says.
 */
final class TiffDirectory {
    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS_PER_SAMPLE = 258;
    static final int COMPRESSION = 259;
    static final int PHOTOMETRIC = 262;
    static final int FILL_ORDER = 266;
    static final int STRIP_OFFSETS = 273;
    static final int ORIENTATION = 274;
    static final int SAMPLES_PER_PIXEL = 277;
    static final int ROWS_PER_STRIP = 278;
    static final int STRIP_BYTE_COUNTS = 279;
    static final int PLANES = 284;
    static final int PREDICTOR = 317;
    static final int COLOR_MAP = 320;
    static final int TILE_WIDTH = 322;
    static final int TILE_LENGTH = 323;
    static final int TILE_OFFSETS = 324;
    static final int TILE_BYTE_COUNTS = 325;
    static final int INK_SET = 332;
    static final int EXTRA_SAMPLES = 338;
    static final int SAMPLE_FORMAT = 339;
    static final int JPEG_TABLES = 347;
    static final int YCBCR_COEFFICIENTS = 529;
    static final int YCBCR_SUBSAMPLING = 530;
    static final int REFERENCE_BLACK_WHITE = 532;
    static final int PROFILE = 34675;

    private static final int BYTE = 1;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int RATIONAL = 5;
    private static final int UNDEFINED = 7;

    private final ImageSource source;
    private final long start;
    private final boolean littleEndian;
    private final long entries;
    private final int count;

    /**
     * Finds the directory.
     *
     * @param source the file
     * @param start where the TIFF structure begins in it; its offsets count from there
     */
    TiffDirectory(ImageSource source, long start) throws ImageException {
        this.source = source;
        this.start = start;
        this.littleEndian = source.has(start, "II");
        if (!littleEndian && !source.has(start, "MM") || number16(start + 2) != 42) {
            throw source.corrupt("its tags do not begin as TIFF tags do", null);
        }
        long directory = start + number32(start + 4);
        this.count = number16(directory);
        this.entries = directory + 2;
    }

    /**
     * The orientation in an Exif block; empty where it tells none. A damaged block says nothing;
     * the pixels are sound without.
     *
     * @param start where the block begins in the file
     * @param length its length; what it points to beyond that is not looked at
     */
    static Optional<Orientation> orientation(ImageSource source, int start, int length) {
        byte[] block = Arrays.copyOfRange(source.bytes(), start, start + length);
        try {
            return new TiffDirectory(new ImageSource(source.name(), block), 0).orientation();
        } catch (ImageException e) {
            return Optional.empty();
        }
    }

    /** What the Orientation tag says, if there is one. */
    Optional<Orientation> orientation() throws ImageException {
        OptionalLong tag = value(ORIENTATION);
        return tag.isPresent() ? Optional.of(Orientation.ofTag(tag.getAsLong())) : Optional.empty();
    }

    /** The first value of an entry of whole numbers; empty where there is no such entry. */
    OptionalLong value(int tag) throws ImageException {
        return value(tag, 0);
    }

    /** One value of an entry of whole numbers; empty where there is no such entry or value. */
    OptionalLong value(int tag, long index) throws ImageException {
        for (int i = 0; i < count; i++) {
            long entry = entries + 12L * i;
            if (number16(entry) == tag) {
                int type = number16(entry + 2);
                int size = type == BYTE ? 1 : type == SHORT ? 2 : type == LONG ? 4 : 0;
                long values = number32(entry + 4);
                if (size == 0 || index >= values) {
                    return OptionalLong.empty();
                }
                long at = size * values <= 4 ? entry + 8 : start + number32(entry + 8);
                at += size * index;
                return OptionalLong.of(
                        switch (size) {
                            case 1 -> source.at(at);
                            case 2 -> number16(at);
                            default -> number32(at);
                        });
            }
        }
        return OptionalLong.empty();
    }

    /** One value of an entry of fractions; empty where there is no such entry or value. */
    OptionalDouble fraction(int tag, long index) throws ImageException {
        for (int i = 0; i < count; i++) {
            long entry = entries + 12L * i;
            if (number16(entry) == tag) {
                if (number16(entry + 2) != RATIONAL || index >= number32(entry + 4)) {
                    return OptionalDouble.empty();
                }
                long at = start + number32(entry + 8) + 8 * index;
                return OptionalDouble.of((double) number32(at) / number32(at + 4));
            }
        }
        return OptionalDouble.empty();
    }

    /** Whether the lower byte of a number comes first. */
    boolean isLittleEndian() {
        return littleEndian;
    }

    /** The bytes of an entry of bytes of any kind; empty where it is absent or cut. */
    byte[] bytes(int tag) throws ImageException {
        for (int i = 0; i < count; i++) {
            long entry = entries + 12L * i;
            if (number16(entry) == tag) {
                int type = number16(entry + 2);
                long length = number32(entry + 4);
                long at = length <= 4 ? entry + 8 : start + number32(entry + 8);
                boolean whole = (type == BYTE || type == UNDEFINED) && at + length <= source.size();
                return whole
                        ? Arrays.copyOfRange(source.bytes(), (int) at, (int) (at + length))
                        : new byte[0];
            }
        }
        return new byte[0];
    }

    private int number16(long at) throws ImageException {
        return littleEndian ? source.little16(at) : source.big16(at);
    }

    private long number32(long at) throws ImageException {
        return littleEndian ? source.little32(at) : source.big32(at);
    }
}
