package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.RgbImage;
import java.util.random.RandomGenerator;

/**
 * Brightness, contrast, saturation and hue changed at random, in random order: torchvision's {@code
 * ColorJitter} on Pillow's images.
 *
 * @param brightness the factor is drawn from 1 less this (at least 0) to 1 and this; 0 leaves it
 * @param contrast the same
 * @param saturation the same
 * @param hue the turn is drawn from minus this to this, at most 0.5, half of the circle
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue)
        implements Augmentation {

    /**
     * Checks the ranges.
     *
     * @param brightness as the component
     * @param contrast as the component
     * @param saturation as the component
     * @param hue as the component
     * @throws IllegalArgumentException if one is negative, or hue above 0.5
     */
    public ColorJitter {
        checkFactor("brightness", brightness);
        checkFactor("contrast", contrast);
        checkFactor("saturation", saturation);
        Check.that(hue >= 0 && hue <= 0.5, "hue", hue, "must be 0 to 0.5");
    }

    private static void checkFactor(String field, double width) {
        Check.that(
                width >= 0 && Double.isFinite(width), field, width, "must be a number from 0 on");
    }

    @Override
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        RgbImage changed = image;
        for (int step : order(random)) {
            changed =
                    switch (step) {
                        case 0 ->
                                brightness == 0
                                        ? changed
                                        : Levels.brightness(changed, factor(brightness, random));
                        case 1 ->
                                contrast == 0
                                        ? changed
                                        : Levels.contrast(changed, factor(contrast, random));
                        case 2 ->
                                saturation == 0
                                        ? changed
                                        : Levels.saturation(changed, factor(saturation, random));
                        default ->
                                hue == 0
                                        ? changed
                                        : Levels.hue(changed, Draws.uniform(-hue, hue, random));
                    };
        }
        return changed;
    }

    private static double factor(double width, RandomGenerator random) {
        return Draws.uniform(Math.max(0, 1 - width), 1 + width, random);
    }

    /** The four changes in random order (Fisher and Yates). */
    private static int[] order(RandomGenerator random) {
        int[] order = {0, 1, 2, 3};
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int moved = order[i];
            order[i] = order[j];
            order[j] = moved;
        }
        return order;
    }
}
