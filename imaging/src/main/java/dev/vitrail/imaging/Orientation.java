package dev.vitrail.imaging;

/**
 * How the stored rows and columns lie on the upright picture: the eight values of the Orientation
 * tag, in its order (TIFF 6.0, section 8; Exif 2.3, 4.6.4).
 */
enum Orientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, true, false),
    UPSIDE_DOWN(false, true, true),
    FLIPPED(false, false, true),
    TRANSPOSED(true, false, false),
    TURNED_LEFT(true, false, true),
    TRANSVERSED(true, true, true),
    TURNED_RIGHT(true, true, false);

    /** Whether rows and columns change places, before the reversals below. */
    private final boolean transposed;

    private final boolean columnsReversed;
    private final boolean rowsReversed;

    Orientation(boolean transposed, boolean columnsReversed, boolean rowsReversed) {
        this.transposed = transposed;
        this.columnsReversed = columnsReversed;
        this.rowsReversed = rowsReversed;
    }

    /**
     * The meaning of a tag value; one outside 1 to 8 means nothing and leaves the image as it is.
     */
    static Orientation ofTag(long value) {
        return value >= 1 && value <= 8 ? values()[(int) value - 1] : UPRIGHT;
    }

    /** Whether rows become columns. */
    boolean isTransposed() {
        return transposed;
    }

    /**
     * The image turned upright.
     *
     * @param stored as decoded, {@code [height, width, 3]}
     */
    RgbImage apply(RgbImage stored) {
        if (this == UPRIGHT) {
            return stored;
        }
        int width = transposed ? stored.height() : stored.width();
        int height = transposed ? stored.width() : stored.height();
        byte[] source = stored.pixels();
        byte[] target = new byte[source.length];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int column = transposed ? y : x;
                int row = transposed ? x : y;
                if (columnsReversed) {
                    column = stored.width() - 1 - column;
                }
                if (rowsReversed) {
                    row = stored.height() - 1 - row;
                }
                int from = 3 * (row * stored.width() + column);
                target[at++] = source[from];
                target[at++] = source[from + 1];
                target[at++] = source[from + 2];
            }
        }
        return new RgbImage(width, height, target);
    }
}
