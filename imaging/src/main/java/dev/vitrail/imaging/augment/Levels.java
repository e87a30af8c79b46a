package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.RgbImage;
import java.util.function.IntUnaryOperator;

/**
 * Changes of levels that leave every pixel where it is, with Pillow's bytes ({@code ImageEnhance},
 * {@code ImageOps}, {@code Blend.c}, {@code Convert.c}). Factors are {@code float}, as Pillow's are
 * where it computes.
 */
final class Levels {

    private static final int COUNT = 256;

    private Levels() {}

    /** Towards black below 1, brighter above. */
    static RgbImage brightness(RgbImage image, double factor) {
        return blendWithLevel(0, image, factor);
    }

    /** Towards the mean gray below 1. */
    static RgbImage contrast(RgbImage image, double factor) {
        byte[] pixels = image.pixels();
        long sum = 0;
        for (int at = 0; at < pixels.length; at += 3) {
            sum += luma(pixels, at);
        }
        double mean = (double) sum / (pixels.length / 3);
        return blendWithLevel((int) (mean + 0.5), image, factor);
    }

    /** Towards gray below 1, more colourful above. */
    static RgbImage saturation(RgbImage image, double factor) {
        return blend(grayscale(image), image, factor);
    }

    /** Red, green and blue all as the luma (ITU-R BT.601). */
    static RgbImage grayscale(RgbImage image) {
        byte[] pixels = image.pixels();
        byte[] gray = new byte[pixels.length];
        for (int at = 0; at < pixels.length; at += 3) {
            byte luma = (byte) luma(pixels, at);
            gray[at] = luma;
            gray[at + 1] = luma;
            gray[at + 2] = luma;
        }
        return new RgbImage(image.width(), image.height(), gray);
    }

    private static int luma(byte[] pixels, int at) {
        return ((pixels[at] & 0xFF) * 19595
                        + (pixels[at + 1] & 0xFF) * 38470
                        + (pixels[at + 2] & 0xFF) * 7471
                        + 0x8000)
                >> 16;
    }

    static RgbImage invert(RgbImage image) {
        return map(image, level -> 255 - level);
    }

    /** Inverts levels from the threshold on. */
    static RgbImage solarize(RgbImage image, int threshold) {
        return map(image, level -> level < threshold ? level : 255 - level);
    }

    /** Adds to levels below the middle. */
    static RgbImage solarizeAdd(RgbImage image, int added) {
        return map(image, level -> level < 128 ? Math.min(255, level + added) : level);
    }

    /** Keeps the upper bits, 0 to 8. */
    static RgbImage posterize(RgbImage image, int bits) {
        int mask = -(1 << (8 - bits));
        return map(image, level -> level & mask);
    }

    /** Stretches every channel to the whole range. */
    static RgbImage autoContrast(RgbImage image) {
        byte[][] tables = new byte[3][];
        for (int channel = 0; channel < 3; channel++) {
            int[] histogram = histogram(image, channel);
            int low = 0;
            while (histogram[low] == 0) {
                low++;
            }
            int high = 255;
            while (histogram[high] == 0) {
                high--;
            }
            double scale = high > low ? 255.0 / (high - low) : 1;
            double offset = high > low ? -low * scale : 0;
            tables[channel] =
                    table(level -> Math.max(0, Math.min(255, (int) (level * scale + offset))));
        }
        return map(image, tables);
    }

    /** Gives every channel an even histogram, as far as levels can be moved. */
    static RgbImage equalize(RgbImage image) {
        byte[][] tables = new byte[3][];
        for (int channel = 0; channel < 3; channel++) {
            tables[channel] = equalizing(histogram(image, channel));
        }
        return map(image, tables);
    }

    private static byte[] equalizing(int[] histogram) {
        int pixels = 0;
        int last = 0;
        for (int count : histogram) {
            pixels += count;
            last = count > 0 ? count : last;
        }
        int step = (pixels - last) / 255;
        if (step == 0) {
            return table(level -> level);
        }
        byte[] table = new byte[COUNT];
        int below = step / 2;
        for (int level = 0; level < COUNT; level++) {
            table[level] = (byte) Math.min(255, below / step);
            below += histogram[level];
        }
        return table;
    }

    /**
     * Turns the hue by a part of the circle, -0.5 to 0.5. Pillow's hue is a byte and its
     * conversions round down, so that even no turn changes some levels.
     */
    static RgbImage hue(RgbImage image, double turn) {
        int added = (int) (turn * 255);
        byte[] pixels = image.pixels();
        byte[] turned = new byte[pixels.length];
        for (int at = 0; at < pixels.length; at += 3) {
            turnHue(pixels, at, added, turned);
        }
        return new RgbImage(image.width(), image.height(), turned);
    }

    private static void turnHue(byte[] pixels, int at, int added, byte[] turned) {
        int red = pixels[at] & 0xFF;
        int green = pixels[at + 1] & 0xFF;
        int blue = pixels[at + 2] & 0xFF;
        int most = Math.max(red, Math.max(green, blue));
        int least = Math.min(red, Math.min(green, blue));
        int hue = 0;
        int saturation = 0;
        if (most > least) {
            float range = most - least;
            saturation = (int) (range / most * 255.0);
            hue = hue((most - red) / range, (most - green) / range, (most - blue) / range);
        }
        toRgb(hue + added & 0xFF, saturation, most, turned, at);
    }

    /** The hue as a byte, from each channel's distance to the largest one. */
    private static int hue(float red, float green, float blue) {
        float sixths;
        if (red == 0) {
            sixths = blue - green;
        } else if (green == 0) {
            sixths = (float) (2.0 + red - blue);
        } else {
            sixths = (float) (4.0 + green - red);
        }
        float hue = (float) ((sixths / 6.0 + 1.0) % 1.0);
        return (int) (hue * 255.0);
    }

    private static void toRgb(int hue, int saturation, int value, byte[] target, int at) {
        double position = hue * 6.0 / 255.0;
        int sixth = (int) position;
        float rest = (float) (position - sixth);
        float share = (float) (saturation / 255.0);
        byte most = (byte) value;
        byte least = (byte) Math.round(value * (1.0 - share));
        byte falling = (byte) Math.round(value * (1.0 - share * rest));
        byte rising = (byte) Math.round(value * (1.0 - share * (1.0 - rest)));
        byte[] rgb =
                switch (sixth % 6) {
                    case 0 -> new byte[] {most, rising, least};
                    case 1 -> new byte[] {falling, most, least};
                    case 2 -> new byte[] {least, most, rising};
                    case 3 -> new byte[] {least, falling, most};
                    case 4 -> new byte[] {rising, least, most};
                    default -> new byte[] {most, least, falling};
                };
        System.arraycopy(rgb, 0, target, at, 3);
    }

    private static RgbImage blendWithLevel(int level, RgbImage image, double factor) {
        float weight = (float) factor;
        return map(image, value -> blended(level, value, weight));
    }

    /**
     * A picture between two, or beyond the second.
     *
     * @param from what a factor of 0 gives
     * @param to what a factor of 1 gives
     */
    static RgbImage blend(RgbImage from, RgbImage to, double factor) {
        float weight = (float) factor;
        byte[] first = from.pixels();
        byte[] second = to.pixels();
        byte[] result = new byte[first.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) blended(first[i] & 0xFF, second[i] & 0xFF, weight);
        }
        return new RgbImage(from.width(), from.height(), result);
    }

    private static int blended(int from, int to, float factor) {
        return Math.max(0, Math.min(255, (int) (from + factor * (to - from))));
    }

    private static RgbImage map(RgbImage image, IntUnaryOperator levels) {
        byte[] table = table(levels);
        return map(image, new byte[][] {table, table, table});
    }

    private static byte[] table(IntUnaryOperator levels) {
        byte[] table = new byte[COUNT];
        for (int level = 0; level < COUNT; level++) {
            table[level] = (byte) levels.applyAsInt(level);
        }
        return table;
    }

    private static RgbImage map(RgbImage image, byte[][] tables) {
        byte[] pixels = image.pixels();
        byte[] mapped = new byte[pixels.length];
        for (int at = 0; at < pixels.length; at += 3) {
            mapped[at] = tables[0][pixels[at] & 0xFF];
            mapped[at + 1] = tables[1][pixels[at + 1] & 0xFF];
            mapped[at + 2] = tables[2][pixels[at + 2] & 0xFF];
        }
        return new RgbImage(image.width(), image.height(), mapped);
    }

    private static int[] histogram(RgbImage image, int channel) {
        int[] histogram = new int[COUNT];
        byte[] pixels = image.pixels();
        for (int at = channel; at < pixels.length; at += 3) {
            histogram[pixels[at] & 0xFF]++;
        }
        return histogram;
    }
}
