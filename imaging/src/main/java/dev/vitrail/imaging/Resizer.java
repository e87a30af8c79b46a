package dev.vitrail.imaging;

import java.util.Arrays;
import java.util.Objects;

/**
 * A resize that gives Pillow's bytes: separable, antialiased, in integers, columns before rows, and
 * rounded to bytes between the two.
 *
 * <p>Only the wanted window of the result is computed, and from the source only the rows that it
 * needs. Rows are narrowed one by one as the vertical pass comes to them, so that besides the
 * result a handful of rows is all the memory it takes, and they stay in the cache.
 *
 * @param height rows of the whole result
 * @param width columns of the whole result
 * @param interpolation the filter
 */
public record Resizer(int height, int width, Interpolation interpolation) {
    private static final int HALF = 1 << (Taps.FRACTION_BITS - 1);

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
        int[][] ring = new int[rows.stride][3 * width];
        int[] sums = new int[3 * width];
        int narrowed = 0; // rows of the source before this one have been through the ring
        for (int y = 0; y < height; y++) {
            int first = rows.first[y];
            int end = first + rows.count[y];
            for (narrowed = Math.max(narrowed, first); narrowed < end; narrowed++) {
                int offset = 3 * ((source.y() + narrowed) * image.width() + source.x());
                narrow(image.pixels(), offset, columns, ring[narrowed % ring.length]);
            }
            Arrays.fill(sums, HALF);
            for (int k = 0; k < rows.count[y]; k++) {
                add(ring[(first + k) % ring.length], rows.weights[y * rows.stride + k], sums);
            }
            for (int i = 0, at = 3 * width * y; i < sums.length; i++, at++) {
                result[at] = (byte) clamp(sums[i]);
            }
        }
        return new RgbImage(width, height, result);
    }

    /** One row of source bytes to one row of the result's width, values 0 to 255. */
    private static void narrow(byte[] pixels, int offset, Taps columns, int[] row) {
        for (int x = 0, at = 0; x < columns.first.length; x++) {
            int red = HALF;
            int green = HALF;
            int blue = HALF;
            int from = offset + 3 * columns.first[x];
            int weight = x * columns.stride;
            for (int end = weight + columns.count[x]; weight < end; weight++, from += 3) {
                int factor = columns.weights[weight];
                red += (pixels[from] & 0xFF) * factor;
                green += (pixels[from + 1] & 0xFF) * factor;
                blue += (pixels[from + 2] & 0xFF) * factor;
            }
            row[at++] = clamp(red);
            row[at++] = clamp(green);
            row[at++] = clamp(blue);
        }
    }

    /** A loop of its own, on int arrays alone, because the compiler turns this form into SIMD. */
    private static void add(int[] row, int factor, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += row[i] * factor;
        }
    }

    private static int clamp(int sum) {
        return Math.max(0, Math.min(255, sum >> Taps.FRACTION_BITS));
    }
}
