package dev.vitrail.zoo.config;

import static dev.vitrail.zoo.config.Rule.require;

import java.util.Objects;
import java.util.Optional;

/**
 * What is done at random to each training image, in this order: the {@code training.augmentation}
 * object of a config. Every key may be left out.
 *
 * @param randomResizedCrop a random part, resized to the input's size; without it an image is
 *     prepared as for classification
 * @param horizontalFlip probability of mirroring left and right; 0 unless said
 */
public record Augmentations(Optional<RandomResizedCrop> randomResizedCrop, double horizontalFlip) {

    /** Training images are prepared as for classification. */
    public static final Augmentations NONE = new Augmentations(Optional.empty(), 0);

    /**
     * Refuses what is no probability.
     *
     * @param randomResizedCrop as the component
     * @param horizontalFlip as the component
     * @throws IllegalArgumentException naming the component
     */
    public Augmentations {
        Objects.requireNonNull(randomResizedCrop, "randomResizedCrop");
        require(horizontalFlip >= 0 && horizontalFlip <= 1, "horizontalFlip must be in [0, 1]");
    }

    /**
     * The part that a random resized crop takes of an image, as torchvision defines it.
     *
     * @param minimumScale smallest share of the image's area; 0.08 unless said
     * @param maximumScale largest share of the image's area; 1 unless said
     * @param minimumRatio smallest width over height; 3/4 unless said
     * @param maximumRatio largest width over height; 4/3 unless said
     */
    public record RandomResizedCrop(
            double minimumScale, double maximumScale, double minimumRatio, double maximumRatio) {

        /** The ranges of Szegedy et al. 2015, torchvision's and timm's default. */
        public static final RandomResizedCrop DEFAULT =
                new RandomResizedCrop(0.08, 1, 3.0 / 4, 4.0 / 3);

        /**
         * Refuses empty ranges.
         *
         * @param minimumScale as the component
         * @param maximumScale as the component
         * @param minimumRatio as the component
         * @param maximumRatio as the component
         * @throws IllegalArgumentException naming the component
         */
        public RandomResizedCrop {
            require(
                    minimumScale > 0 && minimumScale <= maximumScale && maximumScale <= 1,
                    "scales must rise within (0, 1]");
            require(
                    minimumRatio > 0
                            && minimumRatio <= maximumRatio
                            && Double.isFinite(maximumRatio),
                    "ratios must rise above 0");
        }
    }
}
