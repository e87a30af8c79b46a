package dev.vitrail.imaging;

/**
 * The columns of an image whose pixels lie in memory.
 *
 * <p>The ways from rows to columns are single values, which SIMD cannot have: a pixel goes them as
 * one int, its components in bits 0, 8 and 16.
 */
final class RgbColumns implements PixelColumns {
    /** The most rows to take at a time: the columns in memory then stay in the cache. */
    private static final int MOST_ROWS = 512;

    /** Columns that are read at a time, as they are neighbours in memory. */
    private static final int TOGETHER = 8;

    private final RgbImage image;

    /**
     * Rows taken at a time, about as many each time: a short block costs as much as a whole one.
     */
    private final int block;

    /** Columns as they are stored. */
    private final int[][] stored;

    /** The first column that is stored, and the one after the last. */
    private int from;

    private int end;

    private int first;
    private int count;

    /**
     * Prepares.
     *
     * @param rows how many will be loaded altogether
     */
    RgbColumns(RgbImage image, int rows) {
        this.image = image;
        int blocks = (rows + MOST_ROWS - 1) / MOST_ROWS;
        this.block = Taps.lanes((rows + blocks - 1) / blocks);
        this.stored = new int[TOGETHER][block];
    }

    @Override
    public int start(int first, int end) {
        this.first = first;
        this.count = Math.min(block, end - first);
        this.end = 0;
        return first + count;
    }

    @Override
    public int rows() {
        return block;
    }

    @Override
    public int length() {
        return block;
    }

    @Override
    public int row(int place) {
        return first + place;
    }

    @Override
    public void load(int x, int[][][] target, int index) {
        if (x >= end) {
            store(x);
            from = x;
            end = x + TOGETHER;
        }
        for (int colour = 0; colour < 3; colour++) {
            PackedPixels.unpack(stored[x - from], 8 * colour, target[colour][index]);
        }
    }

    /** Columns beyond the image come along as whatever lies there, and nobody looks at them. */
    private void store(int x) {
        byte[] data = image.pixels();
        int step = 3 * image.width();
        int at = 3 * (first * image.width() + x);
        int room = data.length - 3 * TOGETHER - at;
        int whole = room < 0 ? 0 : Math.min(count, room / step + 1);
        PackedPixels.toColumns(data, at, step, whole, stored);
        for (int k = 0; k < TOGETHER; k++) {
            for (int y = whole; y < count; y++) {
                int pixel = at + y * step + 3 * k;
                stored[k][y] = pixel < data.length ? PackedPixels.get(data, pixel) : 0;
            }
        }
    }
}
