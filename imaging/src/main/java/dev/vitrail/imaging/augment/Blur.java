package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.RgbImage;

/** Pillow's smoothing filters, to the byte ({@code Filter.c}, {@code BoxBlur.c}). */
final class Blur {

    /** Pillow approximates a Gaussian by so many averages over a window (Gwosdek et al. 2011). */
    private static final int PASSES = 3;

    private static final int FRACTION_BITS = 24;
    private static final int HALF = 1 << (FRACTION_BITS - 1);

    private static final float NEIGHBOUR = 1f / 13;
    private static final float CENTRE = 5f / 13;

    private Blur() {}

    /** Towards a smoothed picture below 1, sharper above. */
    static RgbImage sharpness(RgbImage image, double factor) {
        return Levels.blend(smooth(image), image, factor);
    }

    /** The centre counts five, its eight neighbours one each; the border stays as it is. */
    static RgbImage smooth(RgbImage image) {
        byte[] source = image.pixels();
        byte[] target = source.clone();
        int stride = 3 * image.width();
        for (int y = 1; y < image.height() - 1; y++) {
            for (int at = y * stride + 3; at < (y + 1) * stride - 3; at++) {
                // The order of the additions is Pillow's: floats do not add up alike in another.
                float sum = 0.5f;
                sum += row(source, at + stride, NEIGHBOUR);
                sum += row(source, at, CENTRE);
                sum += row(source, at - stride, NEIGHBOUR);
                target[at] = (byte) Math.max(0, Math.min(255, (int) sum));
            }
        }
        return new RgbImage(image.width(), image.height(), target);
    }

    private static float row(byte[] source, int at, float middle) {
        return (source[at - 3] & 0xFF) * NEIGHBOUR
                + (source[at] & 0xFF) * middle
                + (source[at + 3] & 0xFF) * NEIGHBOUR;
    }

    /**
     * A Gaussian blur.
     *
     * @param deviation in pixels, at least 0
     */
    static RgbImage gaussian(RgbImage image, double deviation) {
        if (deviation == 0) {
            return image;
        }
        float radius = boxRadius((float) deviation);
        byte[] pixels = image.pixels().clone();
        int stride = 3 * image.width();
        for (int pass = 0; pass < PASSES; pass++) {
            for (int y = 0; y < image.height(); y++) {
                for (int channel = 0; channel < 3; channel++) {
                    average(pixels, y * stride + channel, 3, image.width(), radius);
                }
            }
        }
        for (int pass = 0; pass < PASSES; pass++) {
            for (int column = 0; column < stride; column++) {
                average(pixels, column, stride, image.height(), radius);
            }
        }
        return new RgbImage(image.width(), image.height(), pixels);
    }

    /** Half the width of the window, less the centre, whose passes have the deviation together. */
    private static float boxRadius(float deviation) {
        float variance = deviation * deviation / PASSES;
        float length = (float) Math.sqrt(12.0 * variance + 1.0);
        float whole = (float) Math.floor((length - 1.0) / 2.0);
        float part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
        part /= 6 * (variance - (whole + 1) * (whole + 1));
        return whole + part;
    }

    /** Averages one line in place; beyond its ends the last pixel is repeated. */
    private static void average(byte[] pixels, int start, int step, int length, float radius) {
        int whole = (int) radius;
        int weight = (int) ((1 << FRACTION_BITS) / (radius * 2 + 1));
        int farWeight = ((1 << FRACTION_BITS) - (whole * 2 + 1) * weight) / 2;
        int[] line = new int[length + 2 * (whole + 1)];
        for (int i = 0; i < line.length; i++) {
            int inside = Math.max(0, Math.min(length - 1, i - whole - 1));
            line[i] = pixels[start + step * inside] & 0xFF;
        }
        int sum = 0;
        for (int i = 1; i <= 2 * whole; i++) {
            sum += line[i];
        }
        for (int i = 0; i < length; i++) {
            int end = i + 2 * whole + 2;
            sum += line[end - 1];
            // The sum fills all 32 bits, hence the unsigned shift.
            int level = sum * weight + (line[i] + line[end]) * farWeight + HALF;
            pixels[start + step * i] = (byte) (level >>> FRACTION_BITS);
            sum -= line[i + 1];
        }
    }
}
