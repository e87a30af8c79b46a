package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.RgbImage;
import java.util.random.RandomGenerator;

/**
 * A Gaussian blur of random strength, as in SimCLR, DINO and DeiT III, by Pillow's filter.
 *
 * @param minDeviation least standard deviation, in pixels
 * @param maxDeviation greatest standard deviation
 */
public record RandomBlur(double minDeviation, double maxDeviation) implements Augmentation {

    /**
     * Checks the range.
     *
     * @param minDeviation as the component
     * @param maxDeviation as the component
     * @throws IllegalArgumentException if it falls or is negative
     */
    public RandomBlur {
        Check.rising("blur", minDeviation, maxDeviation);
        Check.that(minDeviation >= 0, "blur", minDeviation, "must not be negative");
    }

    @Override
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        return Blur.gaussian(image, Draws.uniform(minDeviation, maxDeviation, random));
    }
}
