package dev.vitrail.imaging;

import java.util.Objects;

/**
 * A resize that gives Pillow's bytes: separable, antialiased, in integers, columns before rows, and
 * rounded to bytes between the two.
 *
 * <p>Only the wanted window of the result is computed, and from the source only the rows that it
 * needs. Rows are narrowed some at a time as the vertical pass comes to them, so that besides the
 * result their number is all the memory it takes, and they stay in the cache.
 *
 * @param height rows of the whole result
 * @param width columns of the whole result
 * @param interpolation the filter
 */
public record Resizer(int height, int width, Interpolation interpolation) {
    /** Pillow shrinks the rows first when an image is more than so many times higher than wide. */
    private static final long TALL = 100;

    /**
     * Checks the size.
     *
     * @param height as the component
     * @param width as the component
     * @param interpolation as the component
     * @throws IllegalArgumentException if a size is below 1, or if the filter is not Pillow's
     */
    public Resizer {
        Objects.requireNonNull(interpolation, "interpolation");
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "cannot resize to " + width + "x" + height + ", the least is 1x1");
        }
        if (interpolation == Interpolation.AREA) {
            throw new IllegalArgumentException("Pillow has no filter \"area\"; \"box\" is near");
        }
    }

    /**
     * Resizes a whole image.
     *
     * @param image {@code [any, any, 3]}
     * @return {@code [height, width, 3]}
     */
    public RgbImage resize(RgbImage image) {
        return resize(
                image, Window.whole(image.width(), image.height()), Window.whole(width, height));
    }

    /**
     * Resizes a part of an image as if it were all there is.
     *
     * @param image {@code [any, any, 3]}
     * @param x first column of the part
     * @param y first row of the part
     * @param partWidth columns of the part
     * @param partHeight rows of the part
     * @return {@code [height, width, 3]}
     * @throws IllegalArgumentException if the part does not lie within the image
     */
    public RgbImage resizePart(RgbImage image, int x, int y, int partWidth, int partHeight) {
        Window part = new Window(x, y, partWidth, partHeight);
        if (partWidth < 1
                || partHeight < 1
                || !part.intersect(image.width(), image.height()).equals(part)) {
            throw new IllegalArgumentException(part + " does not lie within " + image);
        }
        return resize(image, part, Window.whole(width, height));
    }

    /**
     * Resizes a part of an image as if it were all there is, and gives a part of the result.
     *
     * @param source the part to resize, inside the image
     * @param result the part wanted, which touches the result; black where it lies outside
     */
    RgbImage resize(RgbImage image, Window source, Window result) {
        return resize(image, source, result, RgbImage.BLACK);
    }

    /**
     * Resizes a part of an image as if it were all there is, and gives a part of the result.
     *
     * @param source the part to resize, inside the image
     * @param result the part wanted, which touches the result
     * @param padding red, green and blue where it lies outside the result
     */
    RgbImage resize(RgbImage image, Window source, Window result, byte[] padding) {
        Window inside = result.intersect(width, height);
        RgbImage computed;
        if (source.height() > TALL * source.width() && height < source.height()) {
            Taps columns = Taps.identity(0, source.width());
            RgbImage low = resample(image, source, columns, rows(source, inside));
            Window all = Window.whole(low.width(), low.height());
            Taps rows = Taps.identity(0, low.height());
            computed = resample(low, all, columns(source, inside), rows);
        } else {
            computed = resample(image, source, columns(source, inside), rows(source, inside));
        }
        return computed.crop(
                new Window(
                        result.x() - inside.x(),
                        result.y() - inside.y(),
                        result.width(),
                        result.height()),
                padding);
    }

    private Taps columns(Window source, Window inside) {
        return Taps.of(source.width(), width, inside.x(), inside.width(), interpolation);
    }

    private Taps rows(Window source, Window inside) {
        return Taps.of(source.height(), height, inside.y(), inside.height(), interpolation);
    }

    private static RgbImage resample(RgbImage image, Window source, Taps columns, Taps rows) {
        int width = columns.first.length;
        int height = rows.first.length;
        byte[] result = new byte[Math.multiplyExact(3 * width, height)];
        int needed = rows.first[height - 1] + rows.count[height - 1];
        PixelColumns pixels = image.columns(needed - rows.first[0]);
        HorizontalPass pass = new HorizontalPass(pixels, source.x(), columns);
        int[][] narrowed = new int[pixels.rows()][width];
        int start = 0; // the source's row that is narrowed[0]
        int end = 0; // and the one after the last
        int[][][] ring = new int[3][rows.stride][width];
        int loaded = 0; // rows of the source before this one have been through the ring
        int[][] sums = new int[3][width];
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            int first = rows.first[y];
            loaded = Math.max(loaded, first);
            for (; loaded < first + rows.count[y]; loaded++) {
                if (loaded >= end) {
                    start = loaded;
                    end =
                            pass.narrow(source.y() + start, source.y() + needed, narrowed)
                                    - source.y();
                }
                for (int colour = 0; colour < 3; colour++) {
                    int[] values = ring[colour][loaded % rows.stride];
                    PackedPixels.unpack(narrowed[loaded - start], 8 * colour, values);
                }
            }
            for (int colour = 0; colour < 3; colour++) {
                rows.sum(y, ring[colour], sums[colour]);
            }
            PackedPixels.packLevels(sums[0], sums[1], sums[2], row);
            for (int x = 0, at = 3 * width * y; x < width; x++, at += 3) {
                PackedPixels.put(result, at, row[x]);
            }
        }
        return new RgbImage(width, height, result);
    }
}
