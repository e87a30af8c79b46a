package dev.vitrail.cli;

import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Values in place of the config's, for trainings of all kinds. */
final class RecipeOptions {
    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the data, instead of the config's.")
    private Integer epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Images a step, instead of the config's.")
    private Integer batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description = "The highest, after warm-up, instead of the config's.")
    private Double learningRate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of weights, order and augmentation, instead of the config's.")
    private Long seed;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "Any other key of the config, by its path:"
                            + " training.optimizer.weight_decay=0.1. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** The config with what was given in place of its own. */
    ModelConfig applyTo(ModelConfig config) {
        requirePositive("--epochs", epochs);
        requirePositive("--batch-size", batchSize);
        if (learningRate != null && !(learningRate > 0 && Double.isFinite(learningRate))) {
            throw Failure.wrongUse("--learning-rate is " + learningRate + ", must be above 0");
        }
        if (seed != null && seed < 0) {
            throw Failure.wrongUse("--seed is " + seed + ", must be 0 or more");
        }
        Map<String, String> values = new LinkedHashMap<>();
        put(values, "training.epochs", epochs);
        put(values, "training.batch_size", batchSize);
        put(values, "training.optimizer.learning_rate", learningRate);
        put(values, "training.seed", seed);
        if (epochs != null && epochs < config.training().warmupEpochs()) {
            put(values, "training.warmup_epochs", epochs);
        }
        values.putAll(settings);
        return Settings.apply(config, values);
    }

    /** The same for a training with labels, which goes by no pretraining object. */
    ModelConfig applyToLabelled(ModelConfig config) {
        settings.keySet().stream()
                .filter(key -> key.equals("pretraining") || key.startsWith("pretraining."))
                .findFirst()
                .ifPresent(
                        key -> {
                            throw Failure.wrongUse(
                                    "--set "
                                            + key
                                            + ": only 'vitrail pretrain' goes by the pretraining of"
                                            + " a config");
                        });
        return applyTo(config.withoutPretraining());
    }

    private static void put(Map<String, String> values, String key, Number value) {
        if (value != null) {
            values.put(key, value.toString());
        }
    }

    private static void requirePositive(String option, Integer value) {
        if (value != null && value < 1) {
            throw Failure.wrongUse(option + " is " + value + ", must be at least 1");
        }
    }
}
