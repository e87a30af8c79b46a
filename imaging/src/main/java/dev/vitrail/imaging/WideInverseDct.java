package dev.vitrail.imaging;

/**
 * {@link InverseDct} of many blocks at a time, in full size. The same coefficient of all blocks
 * lies side by side, and so do the eight of a row, because the compiler turns loops over arrays
 * into SIMD.
 *
 * <p>libjpeg's sums (jidctint.c) are exact up to where they are shifted, so that any order gives
 * the same: here each is one of four products, with its factors put together. Loops are short, and
 * no value in them is used twice in the same way, because the compiler gives others up.
 */
final class WideInverseDct {
    /** Of coefficients 0, 2, 4 and 6, times 2 to the power of 13: sums 0 to 3. */
    private static final int[][] EVEN = {
        {8192, 10703, 8192, 4433},
        {8192, 4433, -8192, -10704},
        {8192, -4433, -8192, 10704},
        {8192, -10703, 8192, -4433}
    };

    /** Of coefficients 1, 3, 5 and 7: what is added to one sample and taken from its mirror. */
    private static final int[][] ODD = {
        {11363, 9633, 6437, 2260},
        {9633, -2259, -11362, -6436},
        {6437, -11362, 2261, 9633},
        {2260, -6436, 9633, -11363}
    };

    /** Bits to shift out after the columns: two of the factors' 13 stay. */
    private static final int AFTER_COLUMNS = 11;

    /** Bits to shift out after the rows: 13, the two, and the three of the transform's scale. */
    private static final int AFTER_ROWS = 18;

    private static final int ROUND_COLUMNS = 1 << AFTER_COLUMNS - 1;

    /** Half, and the step from around 0 to around 128. */
    private static final int ROUND_ROWS = (1 << AFTER_ROWS - 1) + (128 << AFTER_ROWS);

    /** Bits of a place within a block. */
    private static final int ROWS_FROM_4 = 32;

    private static final int COLUMNS_FROM_4 = 4;

    private final int lanes;

    /** By row of samples, where it begins in a column of the result. */
    private final int[] places;

    /** By column of coefficients: the rows between the two passes, in the order of the result. */
    private final int[][] between;

    private final int[] even;
    private final int[] odd;
    private final int[] line;

    /**
     * Makes room.
     *
     * @param down how many blocks lie below each other in an image's unit
     * @param lanes how many of these at a time
     * @param evenFirst whether a unit's even rows of samples come before its odd ones
     */
    WideInverseDct(int down, int lanes, boolean evenFirst) {
        this.lanes = lanes;
        int rows = 8 * down;
        places = new int[rows];
        for (int y = 0; y < rows; y++) {
            places[y] = lanes * (evenFirst ? y / 2 + y % 2 * rows / 2 : y);
        }
        between = new int[8][rows * lanes];
        even = new int[rows * lanes];
        odd = new int[rows * lanes];
        line = new int[rows * lanes];
    }

    /**
     * Transforms blocks.
     *
     * @param rows coefficients times their quantiser, {@code [row, block of a unit and column and
     *     lane]}
     * @param seen the places within a block that are not zero, put together bit by bit: often the
     *     last four rows or columns are empty
     * @param columns takes samples, 0 to 255, {@code [column, row of a unit and lane]}
     */
    void apply(int[][] rows, int seen, int[][] columns) {
        boolean allRows = (seen & ROWS_FROM_4) != 0;
        boolean allColumns = (seen & COLUMNS_FROM_4) != 0;
        for (int i = 0; i < 4; i++) {
            sums(rows, allRows, i, ROUND_COLUMNS);
            add(even, odd, line);
            spread(i, allColumns ? 8 : 4);
            subtract(even, odd, line);
            spread(7 - i, allColumns ? 8 : 4);
        }
        for (int i = 0; i < 4; i++) {
            sums(between, allColumns, i, ROUND_ROWS);
            addToSamples(even, odd, columns[i]);
            subtractToSamples(even, odd, columns[7 - i]);
        }
    }

    private void sums(int[][] from, boolean all, int i, int round) {
        weigh(from, 0, all, EVEN[i], round, even);
        weigh(from, 1, all, ODD[i], 0, odd);
    }

    private static void weigh(
            int[][] from, int first, boolean all, int[] factors, int round, int[] sums) {
        if (!all) {
            Taps.weigh(from[first], factors[0], from[first + 2], factors[1], round, sums);
            return;
        }
        Taps.weigh(
                from[first],
                factors[0],
                from[first + 2],
                factors[1],
                from[first + 4],
                factors[2],
                from[first + 6],
                factors[3],
                round,
                sums);
    }

    /** Puts a row of samples, which lies in {@link #line} column by column, where it belongs. */
    private void spread(int y, int columns) {
        for (int row = y, start = 0; row < places.length; row += 8, start += 8 * lanes) {
            for (int column = 0; column < columns; column++) {
                int from = start + column * lanes;
                System.arraycopy(line, from, between[column], places[row], lanes);
            }
        }
    }

    private static void add(int[] even, int[] odd, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = even[i] + odd[i] >> AFTER_COLUMNS;
        }
    }

    private static void subtract(int[] even, int[] odd, int[] differences) {
        for (int i = 0; i < differences.length; i++) {
            differences[i] = even[i] - odd[i] >> AFTER_COLUMNS;
        }
    }

    private static void addToSamples(int[] even, int[] odd, int[] samples) {
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Taps.clamp(even[i] + odd[i] >> AFTER_ROWS);
        }
    }

    private static void subtractToSamples(int[] even, int[] odd, int[] samples) {
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Taps.clamp(even[i] - odd[i] >> AFTER_ROWS);
        }
    }
}
