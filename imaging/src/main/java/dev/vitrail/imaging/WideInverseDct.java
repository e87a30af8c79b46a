package dev.vitrail.imaging;

import java.util.Arrays;

/**
 * {@link InverseDct} of many blocks at a time, in full size. The same coefficient of all blocks
 * lies in one array, because the compiler turns loops over arrays into SIMD.
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

    private final int[][] between;
    private final int[] even;
    private final int[] odd;

    /**
     * Makes room.
     *
     * @param lanes how many blocks at a time
     */
    WideInverseDct(int lanes) {
        between = new int[64][lanes];
        even = new int[lanes];
        odd = new int[lanes];
    }

    /**
     * Transforms blocks in their place.
     *
     * @param blocks {@code [64, lanes]}, rows of coefficients times their quantiser; afterwards
     *     rows of samples, 0 to 255
     */
    void apply(int[][] blocks) {
        for (int column = 0; column < 8; column++) {
            for (int i = 0; i < 4; i++) {
                sums(blocks, column, 8, i, ROUND_COLUMNS);
                shift(even, odd, between[8 * i + column], between[8 * (7 - i) + column]);
            }
        }
        for (int row = 0; row < 64; row += 8) {
            for (int i = 0; i < 4; i++) {
                sums(between, row, 1, i, ROUND_ROWS);
                sumSamples(even, odd, blocks[row + i]);
                differenceSamples(even, odd, blocks[row + 7 - i]);
            }
        }
    }

    private void sums(int[][] from, int first, int step, int i, int round) {
        int[] factors = EVEN[i];
        Arrays.fill(even, round);
        Taps.add(
                from[first],
                factors[0],
                from[first + 2 * step],
                factors[1],
                from[first + 4 * step],
                factors[2],
                from[first + 6 * step],
                factors[3],
                even);
        factors = ODD[i];
        Arrays.fill(odd, 0);
        Taps.add(
                from[first + step],
                factors[0],
                from[first + 3 * step],
                factors[1],
                from[first + 5 * step],
                factors[2],
                from[first + 7 * step],
                factors[3],
                odd);
    }

    private static void shift(int[] even, int[] odd, int[] sums, int[] differences) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = even[i] + odd[i] >> AFTER_COLUMNS;
            differences[i] = even[i] - odd[i] >> AFTER_COLUMNS;
        }
    }

    private static void sumSamples(int[] even, int[] odd, int[] samples) {
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Taps.clamp(even[i] + odd[i] >> AFTER_ROWS);
        }
    }

    private static void differenceSamples(int[] even, int[] odd, int[] samples) {
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Taps.clamp(even[i] - odd[i] >> AFTER_ROWS);
        }
    }
}
