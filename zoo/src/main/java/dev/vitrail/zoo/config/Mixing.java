package dev.vitrail.zoo.config;

import static dev.vitrail.zoo.config.Rule.require;

import java.util.Objects;

/**
 * Images of a batch mixed with each other, and their labels in the same shares, as timm defines it:
 * MixUp (Zhang et al. 2018) blends two images, CutMix (Yun et al. 2019) puts a box of one into the
 * other. An image's partner is the one at the same place of the batch read backwards.
 *
 * @param mixupAlpha a blend's share is drawn from Beta(alpha, alpha); 0 never blends; 0.8 unless
 *     said
 * @param cutmixAlpha the same for the share that a box leaves; 0 never cuts; 1 unless said
 * @param probability how often a batch (or pair, or image) is mixed at all; 1 unless said
 * @param switchProbability how often CutMix is taken where both are possible; 0.5 unless said
 * @param mode what shares one draw
 */
public record Mixing(
        double mixupAlpha,
        double cutmixAlpha,
        double probability,
        double switchProbability,
        Mode mode) {

    /** The values of DeiT's recipe. */
    public static final Mixing DEFAULT = new Mixing(0.8, 1, 1, 0.5, Mode.BATCH);

    /** What shares one draw of kind, share and box. */
    public enum Mode {
        /** The whole batch. */
        BATCH("batch"),
        /** An image and its partner. */
        PAIR("pair"),
        /** Each image has its own. */
        ELEMENT("elem");

        private final String id;

        Mode(String id) {
            this.id = id;
        }

        /**
         * The word that a config uses, which is timm's.
         *
         * @return {@code batch}, {@code pair} or {@code elem}
         */
        public String id() {
            return id;
        }
    }

    /**
     * Refuses what mixes nothing.
     *
     * @param mixupAlpha as the component
     * @param cutmixAlpha as the component
     * @param probability as the component
     * @param switchProbability as the component
     * @param mode as the component
     * @throws IllegalArgumentException naming the component
     */
    public Mixing {
        Objects.requireNonNull(mode, "mode");
        require(
                mixupAlpha >= 0 && cutmixAlpha >= 0 && mixupAlpha + cutmixAlpha > 0,
                "mixupAlpha and cutmixAlpha must not be negative, and one must be above 0");
        require(probability >= 0 && probability <= 1, "probability must be in [0, 1]");
        require(
                switchProbability >= 0 && switchProbability <= 1,
                "switchProbability must be in [0, 1]");
    }
}
