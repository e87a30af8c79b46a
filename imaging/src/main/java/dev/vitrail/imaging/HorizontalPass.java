package dev.vitrail.imaging;

import java.util.Arrays;

/**
 * The first of a resize's two passes: rows of bytes to rows of another width, values 0 to 255 (see
 * {@link Resizer}).
 *
 * <p>Rows are taken many at a time and column by column, since each column of the result has the
 * same weights in all of them: a sum over taps is then a sum of arrays, which the compiler turns
 * into SIMD. One row after another, with three sums for each of its pixels, took more than twice
 * the time. Only the columns that the next column of the result needs lie in memory.
 */
final class HorizontalPass {

    /** The most rows to take at a time: the columns in memory then stay in the cache. */
    private static final int MOST_ROWS = 192;

    /** Arrays of this length or a multiple are SIMD throughout. */
    private static final int LANES = 16;

    /** Taps that are added at a time, so that sums are read and written less often. */
    private static final int TAPS = 4;

    private final RgbImage image;
    private final RgbImage.Samples samples;
    private final Window source;
    private final Taps columns;

    /**
     * Rows taken at a time, about as many each time: a short block costs as much as a whole one.
     */
    private final int block;

    /** Columns of the source, three arrays each; a column's place is its number's remainder. */
    private final int[][] ring;

    private final int[][] sums;

    /** Where the rows go that are being narrowed. */
    private final int[][] rows;

    /** A column in the colours in which the image is stored. */
    private final int[][] stored;

    /**
     * Prepares a pass.
     *
     * @param total how many rows it will narrow altogether
     */
    HorizontalPass(RgbImage image, Window source, Taps columns, int total) {
        this.image = image;
        this.samples = image.samples();
        this.source = source;
        this.columns = columns;
        int blocks = (total + MOST_ROWS - 1) / MOST_ROWS;
        int rowsOfBlock = (total + blocks - 1) / blocks;
        this.block = (rowsOfBlock + LANES - 1) / LANES * LANES;
        this.ring = new int[3 * columns.stride][block];
        this.sums = new int[3][block];
        this.stored = new int[3][block];
        this.rows = new int[block][];
    }

    /** How many rows to narrow at a time, at most. */
    int block() {
        return block;
    }

    /**
     * Narrows rows of the source.
     *
     * @param first row of the source's window
     * @param count how many, at most {@link #block}
     * @param target takes row y at index y modulo its length, interleaved
     */
    void narrow(int first, int count, int[][] target) {
        for (int y = 0; y < count; y++) {
            rows[y] = target[(first + y) % target.length];
        }
        int loaded = 0;
        for (int x = 0; x < columns.first.length; x++) {
            int from = columns.first[x];
            int end = from + columns.count[x];
            for (loaded = Math.max(loaded, from); loaded < end; loaded++) {
                load(first, count, loaded);
            }
            sum(from, x * columns.stride, columns.count[x]);
            for (int y = 0; y < count; y++) {
                int[] row = rows[y];
                row[3 * x] = sums[0][y];
                row[3 * x + 1] = sums[1][y];
                row[3 * x + 2] = sums[2][y];
            }
        }
    }

    private void load(int firstRow, int count, int column) {
        int[] red = ring[slot(column)];
        int[] green = ring[slot(column) + 1];
        int[] blue = ring[slot(column) + 2];
        int at = 3 * ((source.y() + firstRow) * image.width() + source.x() + column);
        if (samples.colours() == JpegColours.YCBCR) {
            load(at, count, stored[0], stored[1], stored[2]);
            JpegColours.convert(stored[0], stored[1], stored[2], red, green, blue);
        } else {
            load(at, count, red, green, blue);
        }
    }

    private void load(int at, int count, int[] first, int[] second, int[] third) {
        byte[] data = samples.data();
        int step = 3 * image.width();
        for (int y = 0, from = at; y < count; y++, from += step) {
            first[y] = data[from] & 0xFF;
            second[y] = data[from + 1] & 0xFF;
            third[y] = data[from + 2] & 0xFF;
        }
    }

    private int slot(int column) {
        return 3 * (column % columns.stride);
    }

    /** All rows of one column of the result. */
    private void sum(int from, int weight, int count) {
        for (int channel = 0; channel < 3; channel++) {
            int[] sum = sums[channel];
            Arrays.fill(sum, Taps.HALF);
            int tap = 0;
            for (; tap + TAPS <= count; tap += TAPS) {
                add(
                        column(from + tap, channel),
                        columns.weights[weight + tap],
                        column(from + tap + 1, channel),
                        columns.weights[weight + tap + 1],
                        column(from + tap + 2, channel),
                        columns.weights[weight + tap + 2],
                        column(from + tap + 3, channel),
                        columns.weights[weight + tap + 3],
                        sum);
            }
            for (; tap < count; tap++) {
                Taps.add(column(from + tap, channel), columns.weights[weight + tap], sum);
            }
            clamp(sum);
        }
    }

    private int[] column(int column, int channel) {
        return ring[slot(column) + channel];
    }

    private static void add(
            int[] a,
            int factorOfA,
            int[] b,
            int factorOfB,
            int[] c,
            int factorOfC,
            int[] d,
            int factorOfD,
            int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += a[i] * factorOfA + b[i] * factorOfB + c[i] * factorOfC + d[i] * factorOfD;
        }
    }

    private static void clamp(int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Taps.level(sums[i]);
        }
    }
}
