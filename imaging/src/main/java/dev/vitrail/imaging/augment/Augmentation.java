package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.RgbImage;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A random change of training images. Everything random comes from the generator given, so the same
 * seed gives the same images.
 */
@FunctionalInterface
public interface Augmentation {

    /**
     * Changes an image.
     *
     * @param image any size
     * @param random where the choices come from
     * @return the changed image; the one given is left as it is
     */
    RgbImage apply(RgbImage image, RandomGenerator random);

    /**
     * Several changes, one after the other.
     *
     * @param steps what is done, first to last
     * @return all of them as one
     */
    static Augmentation sequence(List<Augmentation> steps) {
        List<Augmentation> all = List.copyOf(steps);
        return (image, random) -> {
            RgbImage changed = image;
            for (Augmentation step : all) {
                changed = step.apply(changed, random);
            }
            return changed;
        };
    }

    /**
     * This change, now and then.
     *
     * @param probability how often, 0 to 1
     * @return the change, or the image as it is
     * @throws IllegalArgumentException if the probability is outside 0 to 1
     */
    default Augmentation sometimes(double probability) {
        Check.probability(probability);
        return (image, random) -> random.nextDouble() < probability ? apply(image, random) : image;
    }
}
