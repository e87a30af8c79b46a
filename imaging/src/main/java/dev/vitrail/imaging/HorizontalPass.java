package dev.vitrail.imaging;

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
    /** Columns that are written at a time, as they are neighbours in memory. */
    private static final int TOGETHER = 8;

    private final PixelColumns source;

    /** The source's column that is the first one of the taps. */
    private final int left;

    private final Taps columns;

    /** Columns of the source, by colour; a column's place is its number's remainder. */
    private final int[][][] ring;

    private final int[][] sums;

    /** Columns of the result. */
    private final int[][] packed;

    /** Where the rows of the result go, in the source's order. */
    private final int[][] targets;

    /** Takes rows that nobody wants. */
    private final int[] spare;

    /**
     * Prepares a pass.
     *
     * @param left the source's column that is the first one of the taps
     */
    HorizontalPass(PixelColumns source, int left, Taps columns) {
        this.source = source;
        this.left = left;
        this.columns = columns;
        int length = source.length();
        this.ring = new int[3][columns.stride][length];
        this.sums = new int[3][length];
        this.packed = new int[TOGETHER][length];
        this.targets = new int[length][];
        this.spare = new int[columns.first.length];
    }

    /**
     * Narrows rows of the source.
     *
     * @param first row to narrow
     * @param end the row after the last one wanted
     * @param target takes them, {@code [rows, columns]}
     * @return the row after the last one that was narrowed
     */
    int narrow(int first, int end, int[][] target) {
        int narrowed = source.start(first, end);
        for (int i = 0; i < targets.length; i++) {
            int row = source.row(i);
            targets[i] = row >= first && row < narrowed ? target[row - first] : spare;
        }
        int width = columns.first.length;
        int loaded = 0;
        for (int x = 0; x < width; x++) {
            int from = columns.first[x];
            for (loaded = Math.max(loaded, from); loaded < from + columns.count[x]; loaded++) {
                source.load(left + loaded, ring, loaded % columns.stride);
            }
            for (int colour = 0; colour < 3; colour++) {
                columns.sum(x, ring[colour], sums[colour]);
            }
            int place = x % TOGETHER;
            PackedPixels.packLevels(sums[0], sums[1], sums[2], packed[place]);
            if (place == TOGETHER - 1) {
                PackedPixels.toRows(packed, targets, x - place);
            }
        }
        for (int x = width / TOGETHER * TOGETHER; x < width; x++) {
            for (int i = 0; i < targets.length; i++) {
                targets[i][x] = packed[x % TOGETHER][i];
            }
        }
        return narrowed;
    }
}
