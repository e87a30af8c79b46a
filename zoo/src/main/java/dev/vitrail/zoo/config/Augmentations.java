package dev.vitrail.zoo.config;

import static dev.vitrail.zoo.config.Rule.require;

import dev.vitrail.imaging.augment.Augmentation;
import dev.vitrail.imaging.augment.ColorJitter;
import dev.vitrail.imaging.augment.RandAugment;
import dev.vitrail.imaging.augment.RandomAffine;
import dev.vitrail.imaging.augment.RandomErasing;
import dev.vitrail.imaging.augment.RandomRotation;
import dev.vitrail.imaging.augment.ThreeAugment;
import dev.vitrail.imaging.augment.TrivialAugment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is done at random to each training image, in this order: the {@code training.augmentation}
 * object of a config. Every key may be left out, and what is left out is not done.
 *
 * @param randomResizedCrop a random part, resized to the input's size; without it an image is
 *     prepared as for classification
 * @param horizontalFlip probability of mirroring left and right
 * @param verticalFlip probability of mirroring top and bottom
 * @param rotation a turn about the centre
 * @param affine a turn, move, scale and shear
 * @param autoAugment one of {@link #TRIVIAL}, {@link #THREE} and RandAugment's policies, such as
 *     {@code rand-m9-mstd0.5-inc1}
 * @param colorJitter brightness, contrast, saturation and hue
 * @param grayscale probability of taking the colours away
 * @param gaussianBlur probability of a blur of 0.1 to 2 pixels
 * @param randomErasing boxes overwritten after normalisation
 * @param mixing images of a batch mixed with each other
 * @param repeats how often an image comes in an epoch, one time after the other and changed
 *     otherwise each time (repeated augmentation; Hoffer et al. 2020); 1 unless said
 */
public record Augmentations(
        Optional<RandomResizedCrop> randomResizedCrop,
        double horizontalFlip,
        double verticalFlip,
        Optional<RandomRotation> rotation,
        Optional<RandomAffine> affine,
        Optional<String> autoAugment,
        Optional<ColorJitter> colorJitter,
        double grayscale,
        double gaussianBlur,
        Optional<RandomErasing> randomErasing,
        Optional<Mixing> mixing,
        int repeats) {

    /** The most repeats that a config may ask for. */
    static final int MOST_REPEATS = 100;

    /** The word for TrivialAugmentWide. */
    public static final String TRIVIAL = "trivial-augment-wide";

    /** The word for DeiT III's choice of gray, solarising and blur. */
    public static final String THREE = "three-augment";

    /** Training images are prepared as for classification. */
    public static final Augmentations NONE =
            new Augmentations(
                    Optional.empty(),
                    0,
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    1);

    /**
     * Refuses what is no probability and no policy.
     *
     * @param randomResizedCrop as the component
     * @param horizontalFlip as the component
     * @param verticalFlip as the component
     * @param rotation as the component
     * @param affine as the component
     * @param autoAugment as the component
     * @param colorJitter as the component
     * @param grayscale as the component
     * @param gaussianBlur as the component
     * @param randomErasing as the component
     * @param mixing as the component
     * @param repeats as the component
     * @throws IllegalArgumentException naming the component
     */
    public Augmentations {
        Objects.requireNonNull(randomResizedCrop, "randomResizedCrop");
        Objects.requireNonNull(rotation, "rotation");
        Objects.requireNonNull(affine, "affine");
        Objects.requireNonNull(colorJitter, "colorJitter");
        Objects.requireNonNull(randomErasing, "randomErasing");
        Objects.requireNonNull(mixing, "mixing");
        require(isProbability(horizontalFlip), "horizontalFlip must be in [0, 1]");
        require(isProbability(verticalFlip), "verticalFlip must be in [0, 1]");
        require(isProbability(grayscale), "grayscale must be in [0, 1]");
        require(isProbability(gaussianBlur), "gaussianBlur must be in [0, 1]");
        require(repeats >= 1 && repeats <= MOST_REPEATS, "repeats must be in [1, 100]");
        autoAugment.ifPresent(policy -> policy(policy, List.of(0, 0, 0)));
    }

    private static boolean isProbability(double value) {
        return value >= 0 && value <= 1;
    }

    /**
     * The augmentation that a policy names.
     *
     * @param policy one of the words, or RandAugment's policy
     * @param fill red, green and blue, 0 to 255, of what comes from outside an image
     * @return the augmentation
     * @throws IllegalArgumentException if the policy is not understood
     */
    public static Augmentation policy(String policy, List<Integer> fill) {
        return switch (policy) {
            case TRIVIAL -> new TrivialAugment(fill);
            case THREE -> new ThreeAugment();
            default -> RandAugment.parse(policy, fill);
        };
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
