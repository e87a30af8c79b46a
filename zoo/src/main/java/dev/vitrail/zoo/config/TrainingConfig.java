package dev.vitrail.zoo.config;

import static dev.vitrail.zoo.config.Rule.require;

import java.util.Objects;

/**
 * How a network is trained: the {@code training} object of a config. Every key may be left out.
 *
 * @param epochs passes over the training images; 100 unless said
 * @param batchSize images of one optimiser step; 64 unless said
 * @param optimizer what a step does
 * @param warmupEpochs epochs (fractions too) in which the learning rate rises linearly from 0,
 *     before it falls along a half cosine; a tenth of the epochs, at most 5, unless said
 * @param labelSmoothing share of a target's probability that is spread over all classes; 0 unless
 *     said
 * @param augmentation what is done at random to a training image; nothing unless said
 * @param seed of the weights, the order of images and everything random; 0 unless said
 * @param validationSplit share of the images kept for validation where no folder is given for it;
 *     0.2 unless said
 */
public record TrainingConfig(
        int epochs,
        int batchSize,
        Optimizer optimizer,
        double warmupEpochs,
        double labelSmoothing,
        Augmentations augmentation,
        long seed,
        double validationSplit) {

    /** What a config without {@code training} means. */
    public static final TrainingConfig DEFAULT = of(100, 64);

    /**
     * Refuses what cannot be trained with.
     *
     * @param epochs as the component
     * @param batchSize as the component
     * @param optimizer as the component
     * @param warmupEpochs as the component
     * @param labelSmoothing as the component
     * @param augmentation as the component
     * @param seed as the component
     * @param validationSplit as the component
     * @throws IllegalArgumentException naming the component
     */
    public TrainingConfig {
        Objects.requireNonNull(optimizer, "optimizer");
        Objects.requireNonNull(augmentation, "augmentation");
        require(epochs > 0, "epochs must be at least 1");
        require(batchSize > 0, "batchSize must be at least 1");
        require(warmupEpochs >= 0 && warmupEpochs <= epochs, "warmupEpochs must be in [0, epochs]");
        require(labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing must be in [0, 1)");
        require(seed >= 0, "seed must not be negative");
        require(validationSplit >= 0 && validationSplit < 1, "validationSplit must be in [0, 1)");
    }

    /**
     * A training with every other value at its default.
     *
     * @param epochs passes over the training images
     * @param batchSize images of one step
     * @return the training
     */
    public static TrainingConfig of(int epochs, int batchSize) {
        return new TrainingConfig(
                epochs,
                batchSize,
                Optimizer.DEFAULT,
                defaultWarmupEpochs(epochs),
                0,
                Augmentations.NONE,
                0,
                0.2);
    }

    /**
     * The warm-up of a config that names none.
     *
     * @param epochs of the training
     * @return a tenth of them, at most 5
     */
    public static double defaultWarmupEpochs(int epochs) {
        return Math.min(5, epochs / 10.0);
    }

    /** The rule by which gradients change weights. */
    public enum OptimizerType {
        /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
        ADAMW("adamw");

        private final String id;

        OptimizerType(String id) {
            this.id = id;
        }

        /**
         * The word that a config uses.
         *
         * @return {@code adamw}
         */
        public String id() {
            return id;
        }
    }

    /**
     * The optimiser and its constants.
     *
     * @param type the rule; AdamW unless said
     * @param learningRate the highest, after warm-up; 1e-3 unless said
     * @param weightDecay decoupled, of matrices and kernels only; 0.05 unless said
     * @param beta1 decay of the gradient's average; 0.9 unless said
     * @param beta2 decay of the squared gradient's average; 0.999 unless said
     * @param epsilon added to the step's denominator; 1e-8 unless said
     */
    public record Optimizer(
            OptimizerType type,
            double learningRate,
            double weightDecay,
            double beta1,
            double beta2,
            double epsilon) {

        /** AdamW as PyTorch sets it, with ViT's weight decay. */
        public static final Optimizer DEFAULT =
                new Optimizer(OptimizerType.ADAMW, 1e-3, 0.05, 0.9, 0.999, 1e-8);

        /**
         * Refuses constants with which no step is defined.
         *
         * @param type as the component
         * @param learningRate as the component
         * @param weightDecay as the component
         * @param beta1 as the component
         * @param beta2 as the component
         * @param epsilon as the component
         * @throws IllegalArgumentException naming the component
         */
        public Optimizer {
            Objects.requireNonNull(type, "type");
            require(learningRate > 0, "learningRate must be above 0");
            require(weightDecay >= 0, "weightDecay must not be negative");
            require(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1, "betas must be in [0, 1)");
            require(epsilon > 0, "epsilon must be above 0");
        }
    }
}
