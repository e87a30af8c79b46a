package dev.vitrail.imaging;

/**
 * An image's pixels column by column, some rows at a time: what {@link HorizontalPass} wants, whose
 * arithmetic is the same for all rows of a column. The rows come in the order that is the fastest
 * to make.
 */
interface PixelColumns {
    /**
     * Goes to rows of the image, whose columns are then loaded from left to right.
     *
     * @param first row to load
     * @param end the row after the last one wanted
     * @return the row after the last one that is loaded
     */
    int start(int first, int end);

    /** How many rows are loaded at the most. */
    int rows();

    /** How many places the array of a column has, a multiple of {@link Taps#LANES}. */
    int length();

    /**
     * The row of the image that lies at a place.
     *
     * @return may be one that was not asked for
     */
    int row(int place);

    /**
     * Loads a column.
     *
     * @param x at least the column that was loaded before
     * @param target takes red, green and blue, 0 to 255, {@code [3, any, length]}
     * @param index which of the arrays of each colour takes it
     */
    void load(int x, int[][][] target, int index);
}
