package dev.vitrail.imaging;

import java.util.Arrays;
import java.util.Objects;

/**
 * A decoded image: 8-bit RGB, interleaved, rows from top to bottom, shape {@code [height, width,
 * 3]}.
 *
 * <p>The pixel array is shared, not copied, because images are large: whoever is handed an image
 * reads it and does not write to it. Of most JPEGs there is none until {@link #pixels()} is called:
 * a resize goes without, and makes no more pixels than it needs.
 */
public final class RgbImage {
    /** Not to be written to. */
    static final byte[] BLACK = new byte[3];

    private final int width;
    private final int height;

    /** Absent while there are coefficients instead. */
    private volatile byte[] pixels;

    private volatile JpegCoefficients coefficients;

    /**
     * Wraps pixels as an image.
     *
     * @param width pixels in a row, at least 1
     * @param height rows, at least 1
     * @param pixels {@code [height, width, 3]}, taken over and not copied
     * @throws IllegalArgumentException if a size is below 1 or the array has another length
     */
    public RgbImage(int width, int height, byte[] pixels) {
        Objects.requireNonNull(pixels, "pixels");
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "an image is at least 1x1 pixels, not " + width + "x" + height);
        }
        if (pixels.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "an image of %dx%d pixels has %d bytes, not %d"
                            .formatted(width, height, 3L * width * height, pixels.length));
        }
        this.width = width;
        this.height = height;
        this.pixels = pixels;
    }

    /** A JPEG whose pixels are made when they are asked for. */
    RgbImage(JpegCoefficients coefficients) {
        this.width = coefficients.width();
        this.height = coefficients.height();
        this.coefficients = coefficients;
    }

    /**
     * The length of a row.
     *
     * @return pixels in a row
     */
    public int width() {
        return width;
    }

    /**
     * The number of rows.
     *
     * @return rows
     */
    public int height() {
        return height;
    }

    /**
     * The pixels themselves.
     *
     * @return the image's own array, {@code [height, width, 3]}: to read, not to write to
     */
    public byte[] pixels() {
        byte[] known = pixels;
        return known == null ? makePixels() : known;
    }

    private synchronized byte[] makePixels() {
        if (pixels == null) {
            pixels = JpegColumns.toRgb(coefficients);
            coefficients = null;
        }
        return pixels;
    }

    /**
     * The pixels column by column.
     *
     * @param rows how many will be loaded altogether
     */
    PixelColumns columns(int rows) {
        JpegCoefficients known = coefficients;
        return known == null ? new RgbColumns(this, rows) : new JpegColumns(known, rows);
    }

    /**
     * This image with the columns in reverse order.
     *
     * @return an image of the same size
     */
    public RgbImage mirrored() {
        return Orientation.MIRRORED.apply(this);
    }

    /**
     * This image with the rows in reverse order.
     *
     * @return an image of the same size
     */
    public RgbImage flipped() {
        return Orientation.FLIPPED.apply(this);
    }

    /**
     * A part of this image; what lies outside it is black, as in torchvision's centre crop.
     *
     * @param window the part, in this image's coordinates; it may reach beyond every edge
     */
    RgbImage crop(Window window) {
        return crop(window, BLACK);
    }

    /**
     * A part of this image.
     *
     * @param window the part, in this image's coordinates; it may reach beyond every edge
     * @param padding red, green and blue of what lies outside this image
     */
    RgbImage crop(Window window, byte[] padding) {
        if (window.equals(Window.whole(width, height))) {
            return this;
        }
        byte[] part = new byte[Math.multiplyExact(3, window.width() * window.height())];
        if (!Arrays.equals(padding, BLACK)) {
            for (int i = 0; i < part.length; i++) {
                part[i] = padding[i % 3];
            }
        }
        Window inside = window.intersect(width, height);
        for (int y = inside.y(); y < inside.y() + inside.height(); y++) {
            int source = 3 * (y * width + inside.x());
            int target = 3 * ((y - window.y()) * window.width() + inside.x() - window.x());
            System.arraycopy(pixels(), source, part, target, 3 * inside.width());
        }
        return new RgbImage(window.width(), window.height(), part);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RgbImage image
                && width == image.width
                && height == image.height
                && Arrays.equals(pixels(), image.pixels());
    }

    @Override
    public int hashCode() {
        return 31 * width + Arrays.hashCode(pixels());
    }

    @Override
    public String toString() {
        return "RgbImage[" + width + "x" + height + "]";
    }
}
