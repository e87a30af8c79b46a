package dev.vitrail.cli;

import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.config.TrainingConfig.Optimizer;

/** Training settings given on the command line in place of the config's. */
final class Recipes {
    private Recipes() {}

    /** The config with every value that is not null in place of its own. */
    static ModelConfig changed(
            ModelConfig config, Integer epochs, Integer batchSize, Double learningRate, Long seed) {
        TrainingConfig training = config.training();
        Optimizer optimizer = training.optimizer();
        requirePositive("--epochs", epochs);
        requirePositive("--batch-size", batchSize);
        if (learningRate != null && !(learningRate > 0 && Double.isFinite(learningRate))) {
            throw Failure.wrongUse("--learning-rate is " + learningRate + ", must be above 0");
        }
        if (seed != null && seed < 0) {
            throw Failure.wrongUse("--seed is " + seed + ", must be 0 or more");
        }
        int passes = epochs == null ? training.epochs() : epochs;
        return config.withTraining(
                new TrainingConfig(
                        passes,
                        batchSize == null ? training.batchSize() : batchSize,
                        new Optimizer(
                                optimizer.type(),
                                learningRate == null ? optimizer.learningRate() : learningRate,
                                optimizer.weightDecay(),
                                optimizer.beta1(),
                                optimizer.beta2(),
                                optimizer.epsilon()),
                        Math.min(training.warmupEpochs(), passes),
                        training.labelSmoothing(),
                        training.augmentation(),
                        seed == null ? training.seed() : seed,
                        training.validationSplit()));
    }

    private static void requirePositive(String option, Integer value) {
        if (value != null && value < 1) {
            throw Failure.wrongUse(option + " is " + value + ", must be at least 1");
        }
    }
}
