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

    /** Rows taken at a time. */
    static final int ROWS = 128;

    /** Taps that are added at a time, so that sums are read and written less often. */
    private static final int TAPS = 4;

    private final RgbImage image;
    private final Window source;
    private final Taps columns;

    /** Columns of the source, three arrays each; a column's place is its number's remainder. */
    private final int[][] ring;

    private final int[][] sums = new int[3][ROWS];

    HorizontalPass(RgbImage image, Window source, Taps columns) {
        this.image = image;
        this.source = source;
        this.columns = columns;
        this.ring = new int[3 * columns.stride][ROWS];
    }

    /**
     * Narrows rows of the source.
     *
     * @param first row of the source's window
     * @param count how many, at most {@link #ROWS}
     * @param target takes row y at index y modulo its length, interleaved
     */
    void narrow(int first, int count, int[][] target) {
        int loaded = 0;
        for (int x = 0; x < columns.first.length; x++) {
            int from = columns.first[x];
            int end = from + columns.count[x];
            for (loaded = Math.max(loaded, from); loaded < end; loaded++) {
                load(first, count, loaded);
            }
            sum(from, x * columns.stride, columns.count[x]);
            for (int y = 0; y < count; y++) {
                int[] row = target[(first + y) % target.length];
                row[3 * x] = sums[0][y];
                row[3 * x + 1] = sums[1][y];
                row[3 * x + 2] = sums[2][y];
            }
        }
    }

    private void load(int firstRow, int count, int column) {
        byte[] pixels = image.pixels();
        int[] red = ring[slot(column)];
        int[] green = ring[slot(column) + 1];
        int[] blue = ring[slot(column) + 2];
        int at = 3 * ((source.y() + firstRow) * image.width() + source.x() + column);
        for (int y = 0; y < count; y++, at += 3 * image.width()) {
            red[y] = pixels[at] & 0xFF;
            green[y] = pixels[at + 1] & 0xFF;
            blue[y] = pixels[at + 2] & 0xFF;
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
