package dev.vitrail.zoo.config;

import static dev.vitrail.zoo.config.Rule.require;

import dev.vitrail.zoo.config.Augmentations.RandomResizedCrop;
import java.util.Objects;
import java.util.Optional;

/**
 * How an encoder is trained without labels, as a masked autoencoder (He et al. 2022): the {@code
 * pretraining} object of a config, beside {@code training}, which says how long and with which
 * optimiser. Every key may be left out; the defaults are the paper's.
 *
 * @param maskRatio share of an image's patches that the encoder does not see; 0.75 unless said
 * @param decoder what guesses the hidden patches
 * @param normalisePixels whether each patch that is to be guessed is brought to mean 0 and variance
 *     1 first; it is unless said
 * @param minimumScale smallest share of the image's area that a random resized crop takes; 0.2
 *     unless said
 * @param maximumScale largest share of the image's area that it takes; 1 unless said
 * @param horizontalFlip probability of mirroring left and right; 0.5 unless said
 * @param pictureEpochs epochs from one picture of reconstructions to the next; 0 for none; 10
 *     unless said
 */
public record PretrainingConfig(
        double maskRatio,
        Decoder decoder,
        boolean normalisePixels,
        double minimumScale,
        double maximumScale,
        double horizontalFlip,
        int pictureEpochs) {

    /** The paper's recipe for ImageNet. */
    public static final PretrainingConfig DEFAULT =
            new PretrainingConfig(0.75, Decoder.DEFAULT, true, 0.2, 1, 0.5, 10);

    /**
     * Refuses what cannot be trained with.
     *
     * @param maskRatio as the component
     * @param decoder as the component
     * @param normalisePixels as the component
     * @param minimumScale as the component
     * @param maximumScale as the component
     * @param horizontalFlip as the component
     * @param pictureEpochs as the component
     * @throws IllegalArgumentException naming the component
     */
    public PretrainingConfig {
        Objects.requireNonNull(decoder, "decoder");
        require(maskRatio > 0 && maskRatio < 1, "maskRatio must be between 0 and 1");
        require(
                minimumScale > 0 && minimumScale <= maximumScale && maximumScale <= 1,
                "scales must rise within (0, 1]");
        require(horizontalFlip >= 0 && horizontalFlip <= 1, "horizontalFlip must be in [0, 1]");
        require(pictureEpochs >= 0, "pictureEpochs must not be negative");
    }

    /**
     * The number of patches that the encoder sees, rounded down.
     *
     * @param patches of an image
     * @return how many of them; 0 where the ratio leaves none
     */
    public int visiblePatches(int patches) {
        // The small term is for ratios such as 0.9, whose distance to 1 is a little under 0.1.
        return (int) Math.floor(patches * (1 - maskRatio) + 1e-6);
    }

    /**
     * What is done at random to each image, in the words of a training's augmentation.
     *
     * @return a random resized crop and a flip
     */
    public Augmentations augmentation() {
        RandomResizedCrop usual = RandomResizedCrop.DEFAULT;
        return new Augmentations(
                Optional.of(
                        new RandomResizedCrop(
                                minimumScale,
                                maximumScale,
                                usual.minimumRatio(),
                                usual.maximumRatio())),
                horizontalFlip,
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
    }

    /**
     * The decoder, a transformer of encoder blocks with an MLP ratio of 4.
     *
     * @param dim embedding width, a multiple of 4 and of the heads; 512 unless said
     * @param depth number of blocks; 8 unless said
     * @param heads attention heads; 16 unless said
     */
    public record Decoder(int dim, int depth, int heads) {

        /** The paper's. */
        public static final Decoder DEFAULT = new Decoder(512, 8, 16);

        /**
         * Refuses sizes that make no decoder.
         *
         * @param dim as the component
         * @param depth as the component
         * @param heads as the component
         * @throws IllegalArgumentException naming the component
         */
        public Decoder {
            require(dim > 0 && dim % 4 == 0, "dim must be a multiple of 4");
            require(depth > 0, "depth must be at least 1");
            require(heads > 0 && dim % heads == 0, "heads must divide dim");
        }
    }
}
