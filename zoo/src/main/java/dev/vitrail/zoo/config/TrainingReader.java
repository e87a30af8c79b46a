package dev.vitrail.zoo.config;

import dev.vitrail.zoo.config.TrainingConfig.Optimizer;
import dev.vitrail.zoo.config.TrainingConfig.OptimizerType;
import java.util.List;
import java.util.function.Consumer;

/** Reads the {@code training} object; every method gives null where there are problems. */
final class TrainingReader {

    private static final int MAXIMUM_EPOCHS = 1_000_000;
    private static final int MAXIMUM_BATCH = 1_000_000;

    /** Larger integers do not survive every JSON tool. */
    private static final long MAXIMUM_SEED = (1L << 53) - 1;

    private final Consumer<Section> close;

    private TrainingReader(Consumer<Section> close) {
        this.close = close;
    }

    static TrainingConfig read(Section section, Consumer<Section> close) {
        return section == null ? null : new TrainingReader(close).training(section);
    }

    private TrainingConfig training(Section section) {
        TrainingConfig fallback = TrainingConfig.DEFAULT;
        Integer epochs = section.integer("epochs", 1, MAXIMUM_EPOCHS, fallback.epochs());
        Integer batch = section.integer("batch_size", 1, MAXIMUM_BATCH, fallback.batchSize());
        Optimizer optimizer = optimizer(section.section("optimizer", false));
        Double warmup =
                section.number(
                        "warmup_epochs",
                        Range.NOT_NEGATIVE,
                        TrainingConfig.defaultWarmupEpochs(epochs == null ? 1 : epochs));
        Double smoothing =
                section.number("label_smoothing", Range.SHARE, fallback.labelSmoothing());
        Augmentations augmentation =
                AugmentationsReader.read(section.section("augmentation", false), close);
        Long seed = section.whole("seed", 0, MAXIMUM_SEED, fallback.seed());
        Double split = section.number("validation_split", Range.SHARE, fallback.validationSplit());
        close.accept(section);
        if (epochs != null && warmup != null && warmup > epochs) {
            section.refuse("warmup_epochs", "at most training.epochs (" + epochs + ")");
            return null;
        }
        boolean read =
                epochs != null
                        && batch != null
                        && optimizer != null
                        && warmup != null
                        && smoothing != null
                        && augmentation != null
                        && seed != null
                        && split != null;
        return read
                ? new TrainingConfig(
                        epochs, batch, optimizer, warmup, smoothing, augmentation, seed, split)
                : null;
    }

    private Optimizer optimizer(Section section) {
        if (section == null) {
            return null;
        }
        Optimizer fallback = Optimizer.DEFAULT;
        OptimizerType type =
                section.choice("type", OptimizerType.values(), OptimizerType::id, fallback.type());
        Double rate = section.number("learning_rate", Range.POSITIVE, fallback.learningRate());
        Double decay = section.number("weight_decay", Range.NOT_NEGATIVE, fallback.weightDecay());
        List<Double> betas =
                section.numbers(
                        "betas", 2, Range.SHARE, List.of(fallback.beta1(), fallback.beta2()));
        Double epsilon = section.number("epsilon", Range.EPSILON, fallback.epsilon());
        close.accept(section);
        boolean read =
                type != null && rate != null && decay != null && betas != null && epsilon != null;
        return read ? new Optimizer(type, rate, decay, betas.get(0), betas.get(1), epsilon) : null;
    }
}
