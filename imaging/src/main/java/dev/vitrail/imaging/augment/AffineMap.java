package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.RgbImage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * Where the pixels of a result come from: {@code x' = a·x + b·y + c} and {@code y' = d·x + e·y +
 * f}, in coordinates whose pixel centres lie at halves. The result has the image's size. Pixels are
 * Pillow's to the byte ({@code Geometry.c}): this is point sampling without antialiasing.
 *
 * @param a see above
 * @param b see above
 * @param c see above
 * @param d see above
 * @param e see above
 * @param f see above
 */
record AffineMap(double a, double b, double c, double d, double e, double f) {

    /** The filters that Pillow transforms with. */
    static final List<Interpolation> FILTERS =
            List.of(Interpolation.NEAREST, Interpolation.BILINEAR, Interpolation.BICUBIC);

    /** Pillow's coordinates of the nearest filter have 16 fractional bits. */
    private static final double FIXED = 1 << 16;

    /**
     * A turn about the centre, as Pillow's {@code rotate}.
     *
     * @param degrees counter-clockwise
     */
    static AffineMap rotation(int width, int height, double degrees) {
        double angle = -Math.toRadians(degrees);
        double cosine = rounded(Math.cos(angle));
        double sine = rounded(Math.sin(angle));
        double minusSine = rounded(-Math.sin(angle));
        double x = width / 2.0;
        double y = height / 2.0;
        return new AffineMap(
                cosine,
                sine,
                cosine * -x + sine * -y + x,
                minusSine,
                cosine,
                minusSine * -x + cosine * -y + y);
    }

    /** Pillow rounds to 15 digits, so that right angles are exact. */
    private static double rounded(double value) {
        return new BigDecimal(value).setScale(15, RoundingMode.HALF_EVEN).doubleValue();
    }

    /**
     * torchvision's {@code affine}: sheared, turned and scaled about a point, then moved.
     *
     * @param centreX the point, in pixels from the left
     * @param centreY the point, in pixels from the top
     * @param degrees clockwise
     * @param moveX pixels to the right
     * @param moveY pixels down
     * @param scale above 0
     * @param shearX degrees along the rows
     * @param shearY degrees along the columns
     */
    static AffineMap about(
            double centreX,
            double centreY,
            double degrees,
            double moveX,
            double moveY,
            double scale,
            double shearX,
            double shearY) {
        double turn = Math.toRadians(degrees);
        double tangent = Math.tan(Math.toRadians(shearX));
        double sideways = Math.toRadians(shearY);
        double cosine = Math.cos(turn - sideways) / Math.cos(sideways);
        double sine = Math.sin(turn - sideways) / Math.cos(sideways);
        double a = (-sine * tangent + Math.cos(turn)) / scale;
        double b = (cosine * tangent + Math.sin(turn)) / scale;
        double d = -sine / scale;
        double e = cosine / scale;
        double x = -centreX - moveX;
        double y = -centreY - moveY;
        return new AffineMap(a, b, a * x + b * y + centreX, d, e, d * x + e * y + centreY);
    }

    /**
     * Samples an image.
     *
     * @param interpolation one of {@link #FILTERS}
     * @param fill red, green and blue of what comes from outside the image
     */
    RgbImage apply(RgbImage image, Interpolation interpolation, byte[] fill) {
        check(interpolation);
        byte[] target = new byte[image.pixels().length];
        for (int at = 0; at < target.length; at += 3) {
            System.arraycopy(fill, 0, target, at, 3);
        }
        if (interpolation == Interpolation.NEAREST) {
            nearest(image, target);
        } else {
            sample(image, target, interpolation == Interpolation.BILINEAR ? 2 : 4);
        }
        return new RgbImage(image.width(), image.height(), target);
    }

    private void nearest(RgbImage image, byte[] target) {
        if (b == 0 && d == 0) {
            nearestStraight(image, target);
            return;
        }
        long columnX = fixed(a);
        long columnY = fixed(d);
        long startX = fixed(c + a * 0.5 + b * 0.5);
        long startY = fixed(f + d * 0.5 + e * 0.5);
        for (int y = 0, at = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++, at += 3) {
                copy(
                        image,
                        startX + y * fixed(b) + x * columnX >> 16,
                        startY + y * fixed(e) + x * columnY >> 16,
                        target,
                        at);
            }
        }
    }

    /** Without a turn Pillow adds doubles up, so that a map of nothing changes nothing. */
    private void nearestStraight(RgbImage image, byte[] target) {
        double fromY = f + e * 0.5;
        for (int y = 0, at = 0; y < image.height(); y++, fromY += e) {
            double fromX = c + a * 0.5;
            for (int x = 0; x < image.width(); x++, at += 3, fromX += a) {
                copy(image, (long) Math.floor(fromX), (long) Math.floor(fromY), target, at);
            }
        }
    }

    private static long fixed(double value) {
        return (long) Math.floor(value * FIXED + 0.5);
    }

    private static void copy(RgbImage image, long x, long y, byte[] target, int at) {
        if (x >= 0 && x < image.width() && y >= 0 && y < image.height()) {
            int from = 3 * (int) (y * image.width() + x);
            System.arraycopy(image.pixels(), from, target, at, 3);
        }
    }

    /** With a window of so many pixels a side; beyond the image its last pixel is repeated. */
    private void sample(RgbImage image, byte[] target, int side) {
        int[] columns = new int[side];
        int[] rows = new int[side];
        double[] narrowed = new double[side];
        for (int y = 0, at = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++, at += 3) {
                double fromX = a * (x + 0.5) + b * (y + 0.5) + c;
                double fromY = d * (x + 0.5) + e * (y + 0.5) + f;
                if (!(fromX >= 0
                        && fromX < image.width()
                        && fromY >= 0
                        && fromY < image.height())) {
                    continue;
                }
                int left = (int) Math.floor(fromX - 0.5);
                int top = (int) Math.floor(fromY - 0.5);
                double shareX = fromX - 0.5 - left;
                double shareY = fromY - 0.5 - top;
                for (int i = 0; i < side; i++) {
                    int offset = i - side / 2 + 1;
                    columns[i] = 3 * clip(left + offset, image.width());
                    rows[i] = 3 * image.width() * clip(top + offset, image.height());
                }
                for (int channel = 0; channel < 3; channel++) {
                    for (int i = 0; i < side; i++) {
                        narrowed[i] = row(image.pixels(), rows[i] + channel, columns, shareX);
                    }
                    double level = between(narrowed, shareY);
                    target[at + channel] = (byte) Math.max(0, Math.min(255, (int) level));
                }
            }
        }
    }

    private static int clip(int position, int size) {
        return Math.max(0, Math.min(size - 1, position));
    }

    private static double row(byte[] pixels, int row, int[] columns, double share) {
        int second = pixels[row + columns[1]] & 0xFF;
        int first = pixels[row + columns[0]] & 0xFF;
        if (columns.length == 2) {
            return first + (second - first) * share;
        }
        return cubic(
                first,
                second,
                pixels[row + columns[2]] & 0xFF,
                pixels[row + columns[3]] & 0xFF,
                share);
    }

    private static double between(double[] values, double share) {
        return values.length == 2
                ? values[0] + (values[1] - values[0]) * share
                : cubic(values[0], values[1], values[2], values[3], share);
    }

    /** Keys' cubic with a = -1, in the order of Pillow's arithmetic. */
    private static double cubic(double v1, double v2, double v3, double v4, double share) {
        double p2 = -v1 + v3;
        double p3 = 2 * (v1 - v2) + v3 - v4;
        double p4 = -v1 + v2 - v3 + v4;
        return v2 + share * (p2 + share * (p3 + share * p4));
    }

    static void check(Interpolation interpolation) {
        Check.that(
                FILTERS.contains(interpolation),
                "interpolation",
                interpolation,
                "must be nearest, bilinear or bicubic");
    }

    /** Three bytes of the colour's levels. */
    static byte[] colour(List<Integer> levels) {
        Check.that(
                levels.size() == 3 && levels.stream().allMatch(level -> level >= 0 && level < 256),
                "fill",
                levels,
                "must be red, green and blue, each 0 to 255");
        return new byte[] {
            levels.get(0).byteValue(), levels.get(1).byteValue(), levels.get(2).byteValue()
        };
    }
}
