package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.RgbImage;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Left and right, or top and bottom, change places: torchvision's {@code RandomHorizontalFlip} and
 * {@code RandomVerticalFlip}.
 *
 * @param axis what changes places
 * @param probability how often, 0 to 1
 */
public record RandomFlip(Axis axis, double probability) implements Augmentation {

    /** Which way an image is mirrored. */
    public enum Axis {
        /** Left and right change places. */
        HORIZONTAL {
            @Override
            RgbImage flip(RgbImage image) {
                return image.mirrored();
            }
        },
        /** Top and bottom change places. */
        VERTICAL {
            @Override
            RgbImage flip(RgbImage image) {
                return image.flipped();
            }
        };

        abstract RgbImage flip(RgbImage image);
    }

    /**
     * Checks the probability.
     *
     * @param axis as the component
     * @param probability as the component
     * @throws IllegalArgumentException if it is outside 0 to 1
     */
    public RandomFlip {
        Objects.requireNonNull(axis, "axis");
        Check.probability(probability);
    }

    @Override
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        return random.nextDouble() < probability ? axis.flip(image) : image;
    }
}
