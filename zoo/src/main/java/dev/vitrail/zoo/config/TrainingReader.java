package dev.vitrail.zoo.config;

import dev.vitrail.zoo.config.TrainingConfig.Average;
import dev.vitrail.zoo.config.TrainingConfig.ClassBalance;
import dev.vitrail.zoo.config.TrainingConfig.Optimizer;
import dev.vitrail.zoo.config.TrainingConfig.OptimizerType;
import dev.vitrail.zoo.config.TrainingConfig.Schedule;
import dev.vitrail.zoo.config.TrainingConfig.ScheduleType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

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
        Integer accumulation =
                section.integer("gradient_accumulation", 1, MAXIMUM_BATCH, fallback.accumulation());
        Optimizer optimizer = optimizer(section.section("optimizer", false));
        Double warmup =
                section.number(
                        "warmup_epochs",
                        Range.NOT_NEGATIVE,
                        TrainingConfig.defaultWarmupEpochs(epochs == null ? 1 : epochs));
        Schedule schedule = schedule(section.section("schedule", false));
        Double clip = section.number("clip_norm", Range.NOT_NEGATIVE, fallback.clipNorm());
        Double smoothing =
                section.number("label_smoothing", Range.SHARE, fallback.labelSmoothing());
        ClassBalance balance =
                section.choice(
                        "class_balance",
                        ClassBalance.values(),
                        ClassBalance::id,
                        fallback.classBalance());
        Augmentations augmentation =
                AugmentationsReader.read(section.section("augmentation", false), close);
        boolean averages = section.has("ema");
        Average average = average(section.section("ema", false));
        List<String> freeze = section.strings("freeze", fallback.freeze());
        Integer patience = section.integer("patience", 0, MAXIMUM_EPOCHS, fallback.patience());
        Double minutes =
                section.number(
                        "checkpoint_minutes", Range.NOT_NEGATIVE, fallback.checkpointMinutes());
        Long seed = section.whole("seed", 0, MAXIMUM_SEED, fallback.seed());
        Double split = section.number("validation_split", Range.SHARE, fallback.validationSplit());
        close.accept(section);
        if (epochs != null && warmup != null && warmup > epochs) {
            section.refuse("warmup_epochs", "at most training.epochs (" + epochs + ")");
            return null;
        }
        boolean read =
                Stream.of(epochs, batch, accumulation, optimizer, warmup, schedule, clip, smoothing)
                                .allMatch(Objects::nonNull)
                        && Stream.of(balance, augmentation, average, freeze)
                                .allMatch(Objects::nonNull)
                        && Stream.of(patience, minutes, seed, split).allMatch(Objects::nonNull);
        return read
                ? new TrainingConfig(
                        epochs,
                        batch,
                        accumulation,
                        optimizer,
                        warmup,
                        schedule,
                        clip,
                        smoothing,
                        balance,
                        augmentation,
                        averages ? Optional.of(average) : Optional.empty(),
                        freeze,
                        patience,
                        minutes,
                        seed,
                        split)
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
        Double layerDecay = section.number("layer_decay", Range.DECAY, fallback.layerDecay());
        List<Double> betas =
                section.numbers(
                        "betas", 2, Range.SHARE, List.of(fallback.beta1(), fallback.beta2()));
        Double epsilon = section.number("epsilon", Range.EPSILON, fallback.epsilon());
        Double momentum = section.number("momentum", Range.SHARE, fallback.momentum());
        Boolean nesterov = section.flag("nesterov", fallback.nesterov());
        if (type == OptimizerType.SGD) {
            refuseOthers(section, type, "betas", "epsilon");
        } else if (type == OptimizerType.ADAMW) {
            refuseOthers(section, type, "momentum", "nesterov");
        }
        close.accept(section);
        if (Boolean.TRUE.equals(nesterov) && momentum != null && momentum == 0) {
            section.refuse("nesterov", "false where training.optimizer.momentum is 0");
            return null;
        }
        boolean read =
                Stream.of(type, rate, decay, layerDecay, betas, epsilon, momentum, nesterov)
                        .allMatch(Objects::nonNull);
        return read
                ? new Optimizer(
                        type,
                        rate,
                        decay,
                        layerDecay,
                        betas.get(0),
                        betas.get(1),
                        epsilon,
                        momentum,
                        nesterov)
                : null;
    }

    /** Constants of another optimiser would do nothing, and say that they do. */
    private static void refuseOthers(Section section, OptimizerType type, String... keys) {
        for (String key : keys) {
            if (section.has(key)) {
                section.refuse(key, "left out, as " + type.id() + " has no such constant");
            }
        }
    }

    private Schedule schedule(Section section) {
        if (section == null) {
            return null;
        }
        Schedule fallback = Schedule.DEFAULT;
        ScheduleType type =
                section.choice("type", ScheduleType.values(), ScheduleType::id, fallback.type());
        Double floor = section.number("floor", Range.PROBABILITY, fallback.floor());
        Double epochs = section.number("decay_epochs", Range.FACTOR, fallback.decayEpochs());
        Double rate = section.number("decay_rate", Range.DECAY, fallback.decayRate());
        close.accept(section);
        return Stream.of(type, floor, epochs, rate).allMatch(Objects::nonNull)
                ? new Schedule(type, floor, epochs, rate)
                : null;
    }

    private Average average(Section section) {
        if (section == null) {
            return null;
        }
        Double decay = section.number("decay", Range.SHARE, Average.DEFAULT.decay());
        Boolean warmup = section.flag("warmup", Average.DEFAULT.warmup());
        close.accept(section);
        return decay == null || warmup == null ? null : new Average(decay, warmup);
    }
}
