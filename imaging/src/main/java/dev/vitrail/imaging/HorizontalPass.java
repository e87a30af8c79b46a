package dev.vitrail.imaging;

/**
 * The first of a resize's two passes: rows of bytes to rows of another width, values 0 to 255 (see
 * {@link Resizer}).
 *
 * <p>Rows are taken many at a time and column by column, since each column of the result has the
 * same weights in all of them: a sum over taps is then a sum of arrays, which the compiler turns
 * into SIMD. One row after another, with three sums for each of its pixels, took more than twice
 * the time. Only the columns that the next column of the result needs lie in memory.
 *
 * <p>The ways from rows to columns and back are single values, which SIMD cannot have: a pixel goes
 * them as one int, its components in bits 0, 8 and 16.
 */
final class HorizontalPass {

    /** The most rows to take at a time: the columns in memory then stay in the cache. */
    private static final int MOST_ROWS = 512;

    /** Columns that are read and written at a time, as they are neighbours in memory. */
    private static final int TOGETHER = 8;

    /** Arrays of this length or a multiple are SIMD throughout. */
    private static final int LANES = 16;

    private final RgbImage image;
    private final Window source;
    private final Taps columns;

    /**
     * Rows taken at a time, about as many each time: a short block costs as much as a whole one.
     */
    private final int block;

    /** Columns of the source, by colour; a column's place is its number's remainder. */
    private final int[][][] ring;

    private final int[][] sums;

    /** Columns as they are stored. */
    private final int[][] stored;

    /** Columns of the result. */
    private final int[][] packed;

    /**
     * Prepares a pass.
     *
     * @param total how many rows it will narrow altogether
     */
    HorizontalPass(RgbImage image, Window source, Taps columns, int total) {
        this.image = image;
        this.source = source;
        this.columns = columns;
        int blocks = (total + MOST_ROWS - 1) / MOST_ROWS;
        int rowsOfBlock = (total + blocks - 1) / blocks;
        this.block = (rowsOfBlock + LANES - 1) / LANES * LANES;
        this.ring = new int[3][columns.stride + TOGETHER][block];
        this.sums = new int[3][block];
        this.stored = new int[TOGETHER][block];
        this.packed = new int[TOGETHER][block];
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
     * @param target takes them, {@code [rows, columns]}
     */
    void narrow(int first, int count, int[][] target) {
        int width = columns.first.length;
        int loaded = 0;
        for (int x = 0; x < width; x++) {
            int from = columns.first[x];
            int end = from + columns.count[x];
            for (loaded = Math.max(loaded, from); loaded < end; loaded += TOGETHER) {
                load(first, count, loaded);
            }
            for (int colour = 0; colour < 3; colour++) {
                columns.sum(x, ring[colour], sums[colour]);
            }
            int place = x % TOGETHER;
            PackedPixels.packLevels(sums[0], sums[1], sums[2], packed[place]);
            if (place == TOGETHER - 1) {
                PackedPixels.toRows(packed, count, target, x - place);
            }
        }
        for (int x = width / TOGETHER * TOGETHER; x < width; x++) {
            for (int y = 0; y < count; y++) {
                target[y][x] = packed[x % TOGETHER][y];
            }
        }
    }

    /** Columns beyond the source come along as whatever lies there, and nobody looks at them. */
    private void load(int firstRow, int count, int column) {
        byte[] data = image.pixels();
        int step = 3 * image.width();
        int at = 3 * ((source.y() + firstRow) * image.width() + source.x() + column);
        int room = data.length - 3 * TOGETHER - at;
        int whole = room < 0 ? 0 : Math.min(count, room / step + 1);
        PackedPixels.toColumns(data, at, step, whole, stored);
        for (int k = 0; k < TOGETHER; k++) {
            for (int y = whole; y < count; y++) {
                int from = at + y * step + 3 * k;
                stored[k][y] = from < data.length ? PackedPixels.get(data, from) : 0;
            }
            int place = (column + k) % ring[0].length;
            for (int colour = 0; colour < 3; colour++) {
                PackedPixels.unpack(stored[k], 8 * colour, ring[colour][place]);
            }
        }
    }
}
