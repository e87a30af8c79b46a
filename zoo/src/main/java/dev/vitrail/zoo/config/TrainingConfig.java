package dev.vitrail.zoo.config;

import static dev.vitrail.zoo.config.Rule.require;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a network is trained: the {@code training} object of a config. Every key may be left out.
 *
 * @param epochs passes over the training images; 100 unless said
 * @param batchSize images that go through the network together; 64 unless said
 * @param accumulation batches whose gradients make one optimiser step; 1 unless said
 * @param optimizer what a step does
 * @param warmupEpochs epochs (fractions too) in which the learning rate rises linearly from 0,
 *     before the schedule begins; a tenth of the epochs, at most 5, unless said
 * @param schedule how the learning rate falls after that
 * @param clipNorm the norm that the gradients of a step, taken together, are scaled down to; 0 does
 *     not clip; 1 unless said
 * @param labelSmoothing share of a target's probability that is spread over all classes; 0 unless
 *     said
 * @param classBalance what is done about classes of unequal size; nothing unless said
 * @param augmentation what is done at random to a training image; nothing unless said
 * @param average the moving average of the weights that is validated and kept; none unless said
 * @param freeze patterns of the names of parameters that are not trained, {@code *} for any text
 *     and a {@code !} before those that are after all; none unless said
 * @param patience epochs without a better validation after which a training ends early; 0, which is
 *     never, unless said
 * @param checkpointMinutes minutes between checkpoints within an epoch; 0 for none but at the ends
 *     of epochs; 15 unless said
 * @param seed of the weights, the order of images and everything random; 0 unless said
 * @param validationSplit share of the images kept for validation where no folder is given for it;
 *     0.2 unless said
 */
public record TrainingConfig(
        int epochs,
        int batchSize,
        int accumulation,
        Optimizer optimizer,
        double warmupEpochs,
        Schedule schedule,
        double clipNorm,
        double labelSmoothing,
        ClassBalance classBalance,
        Augmentations augmentation,
        Optional<Average> average,
        List<String> freeze,
        int patience,
        double checkpointMinutes,
        long seed,
        double validationSplit) {

    /** What a config without {@code training} means. */
    public static final TrainingConfig DEFAULT = of(100, 64);

    /**
     * Refuses what cannot be trained with.
     *
     * @param epochs as the component
     * @param batchSize as the component
     * @param accumulation as the component
     * @param optimizer as the component
     * @param warmupEpochs as the component
     * @param schedule as the component
     * @param clipNorm as the component
     * @param labelSmoothing as the component
     * @param classBalance as the component
     * @param augmentation as the component
     * @param average as the component
     * @param freeze as the component
     * @param patience as the component
     * @param checkpointMinutes as the component
     * @param seed as the component
     * @param validationSplit as the component
     * @throws IllegalArgumentException naming the component
     */
    public TrainingConfig {
        Objects.requireNonNull(optimizer, "optimizer");
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(classBalance, "classBalance");
        Objects.requireNonNull(augmentation, "augmentation");
        Objects.requireNonNull(average, "average");
        freeze = List.copyOf(freeze);
        require(epochs > 0, "epochs must be at least 1");
        require(batchSize > 0, "batchSize must be at least 1");
        require(accumulation > 0, "accumulation must be at least 1");
        require(warmupEpochs >= 0 && warmupEpochs <= epochs, "warmupEpochs must be in [0, epochs]");
        require(clipNorm >= 0, "clipNorm must not be negative");
        require(labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing must be in [0, 1)");
        require(patience >= 0, "patience must not be negative");
        require(checkpointMinutes >= 0, "checkpointMinutes must not be negative");
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
                1,
                Optimizer.DEFAULT,
                defaultWarmupEpochs(epochs),
                Schedule.DEFAULT,
                1,
                0,
                ClassBalance.NONE,
                Augmentations.NONE,
                Optional.empty(),
                List.of(),
                0,
                15,
                0,
                0.2);
    }

    /**
     * The same training of other parameters.
     *
     * @param patterns what is not trained
     * @return the changed training
     */
    public TrainingConfig withFreeze(List<String> patterns) {
        return new TrainingConfig(
                epochs,
                batchSize,
                accumulation,
                optimizer,
                warmupEpochs,
                schedule,
                clipNorm,
                labelSmoothing,
                classBalance,
                augmentation,
                average,
                patterns,
                patience,
                checkpointMinutes,
                seed,
                validationSplit);
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

    /** What is done about classes that have more images than others. */
    public enum ClassBalance {
        /** Every image counts the same. */
        NONE("none"),
        /**
         * An image's loss is weighed by its class's inverse frequency, as PyTorch's {@code
         * CrossEntropyLoss(weight=...)} does it. The weight of a class is the number of images
         * divided by the classes' number and the class's images, so an average image's is 1.
         * PyTorch divides by the weights of the batch, so one without a rare class counts like any
         * other, and in small batches rare classes are made up for in part: {@link #SAMPLING} does
         * not have that.
         */
        WEIGHTS("weights"),
        /**
         * As many images as there are, each epoch, drawn with replacement and with each class as
         * likely as another, as PyTorch's {@code WeightedRandomSampler} does it.
         */
        SAMPLING("sampling");

        private final String id;

        ClassBalance(String id) {
            this.id = id;
        }

        /**
         * The word that a config uses.
         *
         * @return such as {@code weights}
         */
        public String id() {
            return id;
        }
    }

    /** The rule by which gradients change weights. */
    public enum OptimizerType {
        /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
        ADAMW("adamw"),
        /** Stochastic gradient descent, with momentum or without. */
        SGD("sgd");

        private final String id;

        OptimizerType(String id) {
            this.id = id;
        }

        /**
         * The word that a config uses.
         *
         * @return such as {@code adamw}
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
     * @param weightDecay of matrices and kernels only; 0.05 unless said
     * @param layerDecay what the learning rate is multiplied with once more for every layer further
     *     from the head; 1 unless said
     * @param beta1 AdamW's decay of the gradient's average; 0.9 unless said
     * @param beta2 AdamW's decay of the squared gradient's average; 0.999 unless said
     * @param epsilon added to the denominator of AdamW's step; 1e-8 unless said
     * @param momentum SGD's decay of the gradients' sum; 0.9 unless said
     * @param nesterov whether SGD looks ahead along its momentum; not unless said
     */
    public record Optimizer(
            OptimizerType type,
            double learningRate,
            double weightDecay,
            double layerDecay,
            double beta1,
            double beta2,
            double epsilon,
            double momentum,
            boolean nesterov) {

        /** AdamW as PyTorch sets it, with ViT's weight decay. */
        public static final Optimizer DEFAULT =
                new Optimizer(OptimizerType.ADAMW, 1e-3, 0.05, 1, 0.9, 0.999, 1e-8, 0.9, false);

        /**
         * Refuses constants with which no step is defined.
         *
         * @param type as the component
         * @param learningRate as the component
         * @param weightDecay as the component
         * @param layerDecay as the component
         * @param beta1 as the component
         * @param beta2 as the component
         * @param epsilon as the component
         * @param momentum as the component
         * @param nesterov as the component
         * @throws IllegalArgumentException naming the component
         */
        public Optimizer {
            Objects.requireNonNull(type, "type");
            require(learningRate > 0, "learningRate must be above 0");
            require(weightDecay >= 0, "weightDecay must not be negative");
            require(layerDecay > 0 && layerDecay <= 1, "layerDecay must be in (0, 1]");
            require(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1, "betas must be in [0, 1)");
            require(epsilon > 0, "epsilon must be above 0");
            require(momentum >= 0 && momentum < 1, "momentum must be in [0, 1)");
            require(!nesterov || momentum > 0, "nesterov needs momentum");
        }
    }

    /** How the learning rate falls after warm-up. */
    public enum ScheduleType {
        /** Along half a cosine, step by step (Loshchilov and Hutter 2017, without restarts). */
        COSINE("cosine"),
        /** By a factor every so many epochs. */
        STEP("step"),
        /** Not at all. */
        CONSTANT("constant");

        private final String id;

        ScheduleType(String id) {
            this.id = id;
        }

        /**
         * The word that a config uses.
         *
         * @return such as {@code cosine}
         */
        public String id() {
            return id;
        }
    }

    /**
     * The learning rate after warm-up.
     *
     * @param type the curve; a cosine unless said
     * @param floor share of the highest rate that the cosine ends at; 0.01 unless said
     * @param decayEpochs epochs between two falls of a step schedule; 30 unless said
     * @param decayRate what the rate is multiplied with there; 0.1 unless said
     */
    public record Schedule(ScheduleType type, double floor, double decayEpochs, double decayRate) {

        /** Half a cosine down to a hundredth. */
        public static final Schedule DEFAULT = new Schedule(ScheduleType.COSINE, 0.01, 30, 0.1);

        /**
         * Refuses what gives no rate.
         *
         * @param type as the component
         * @param floor as the component
         * @param decayEpochs as the component
         * @param decayRate as the component
         * @throws IllegalArgumentException naming the component
         */
        public Schedule {
            Objects.requireNonNull(type, "type");
            require(floor >= 0 && floor <= 1, "floor must be in [0, 1]");
            require(decayEpochs > 0, "decayEpochs must be above 0");
            require(decayRate > 0 && decayRate <= 1, "decayRate must be in (0, 1]");
        }
    }

    /**
     * An exponential moving average of the weights (Polyak and Juditsky 1992, as timm's {@code
     * ModelEmaV3} computes it): after every step {@code average ← d·average + (1 − d)·weights}, the
     * first of which copies.
     *
     * @param decay d; 0.9998 unless said
     * @param warmup whether d rises to that with the number n of steps before this one, as {@code 1
     *     − (n + 1)^(−2/3)}, so that a short training's average is of its own weights; it does
     *     unless said
     */
    public record Average(double decay, boolean warmup) {

        /** timm's decay, with warm-up. */
        public static final Average DEFAULT = new Average(0.9998, true);

        /**
         * Refuses what averages nothing.
         *
         * @param decay as the component
         * @param warmup as the component
         * @throws IllegalArgumentException naming the component
         */
        public Average {
            require(decay >= 0 && decay < 1, "decay must be in [0, 1)");
        }
    }
}
