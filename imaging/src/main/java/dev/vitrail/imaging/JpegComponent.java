package dev.vitrail.imaging;

import java.util.Arrays;

/** One component of a JPEG: how it is coded, and what became of it. */
final class JpegComponent {
    private static final int COEFFICIENTS = 64;

    final int id;

    /** Blocks of this component side by side, and above each other, in the smallest unit. */
    final int across;

    final int down;

    final int quantiser;

    /** The quantiser as it was at the component's first scan, in file order. */
    int[] factors;

    HuffmanTable dcTable;
    HuffmanTable acTable;

    /** The last block's first coefficient, from which the next one's is told. */
    int previous;

    /** By coefficient, the lowest bit that is known; -1 where nothing is. */
    final int[] lowestBit = new int[64];

    /** Blocks of the image in a row and rows of them, without those that only fill up units. */
    int blocksWide;

    int blocksHigh;

    /** Blocks in a row of {@link #coefficients} and {@link #plane}. */
    int blocksStride;

    /** {@code [block rows, blocksStride, 64]} in file order, where scans must be put together. */
    short[] coefficients;

    /** By block, a bit for each coefficient after the first: whether it is other than 0. */
    long[] known;

    /** The coefficients of a baseline scan. */
    JpegBlocks listed;

    /** Among the blocks of a unit, this component's first one; and how many there are. */
    int firstOfUnit;

    int blocksOfUnit;

    /** Samples in a row of a block: 8, or less where the image is reduced. */
    int size;

    /** How often a sample is repeated, or interpolated, along a row and a column. */
    int timesAcross;

    int timesDown;

    /** Samples that count, in a row and rows of them. */
    int width;

    int height;

    /** Samples in a row of the plane. */
    int stride;

    byte[] plane;

    JpegComponent(int id, int across, int down, int quantiser) {
        this.id = id;
        this.across = across;
        this.down = down;
        this.quantiser = quantiser;
        Arrays.fill(lowestBit, -1);
    }

    /**
     * Loads blocks below each other, times their quantiser.
     *
     * @param x the column of blocks
     * @param y the first one's row
     * @param step from one to the next
     * @param count how many
     * @param lanes from one coefficient's place to the next one's
     * @param rows takes them, {@code [8, any]}, which is zero
     * @param start the place of the first block's first coefficient there
     * @return the places of all coefficients within their block, put together bit by bit
     */
    int load(int x, int y, int step, int count, int lanes, int[][] rows, int start) {
        if (listed != null) {
            int number = number(x, y);
            int stride = number(x, y + step) - number;
            return listed.load(number, stride, count, factors, lanes, rows, start);
        }
        int seen = 0;
        for (int i = 0; i < count; i++) {
            int number = (y + i * step) * blocksStride + x;
            int at = COEFFICIENTS * number;
            int lane = start + i;
            rows[0][lane] = coefficients[at] * factors[0];
            for (long rest = known[number]; rest != 0; rest &= rest - 1) {
                int k = Long.numberOfTrailingZeros(rest);
                int place = InverseDct.ZIGZAG[k];
                seen |= place;
                rows[place >> 3][(place & 7) * lanes + lane] = coefficients[at + k] * factors[k];
            }
        }
        return seen;
    }

    /**
     * Loads one block, times its quantiser; of one that becomes one sample the first coefficient.
     *
     * @param block takes its coefficients, in rows
     * @return the last one in the file's order that may not be 0
     */
    int load(int x, int y, int[] block) {
        if (size > 1) {
            Arrays.fill(block, 0);
        }
        if (listed != null) {
            return listed.load(number(x, y), size == 1, factors, block);
        }
        int number = y * blocksStride + x;
        int at = COEFFICIENTS * number;
        int last = 0;
        block[0] = coefficients[at] * factors[0];
        for (long rest = size == 1 ? 0 : known[number]; rest != 0; rest &= rest - 1) {
            last = Long.numberOfTrailingZeros(rest);
            block[InverseDct.ZIGZAG[last]] = coefficients[at + last] * factors[last];
        }
        return last;
    }

    /** The place of a block among those of a baseline scan, whose order is by units. */
    private int number(int x, int y) {
        int unit = y / down * (blocksStride / across) + x / across;
        return unit * blocksOfUnit + firstOfUnit + y % down * across + x % across;
    }
}
