package dev.vitrail.zoo.train;

import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.config.TrainingConfig.Schedule;

/**
 * The learning rate of every step: a straight line up to the peak, then what the schedule says. As
 * timm's schedulers with {@code warmup_prefix}, by update; the line's first step is already above
 * zero.
 *
 * @param schedule the curve after warm-up
 * @param peak the highest rate
 * @param warmupSteps steps of the line
 * @param steps steps of the whole training
 * @param stepsPerEpoch what an epoch is
 */
record LearningRate(
        Schedule schedule, double peak, long warmupSteps, long steps, long stepsPerEpoch) {

    LearningRate {
        if (!(peak > 0)) {
            throw new IllegalArgumentException("peak " + peak + " must be above 0");
        }
        if (steps < 1 || stepsPerEpoch < 1 || warmupSteps < 0 || warmupSteps > steps) {
            throw new IllegalArgumentException(
                    warmupSteps + " warm-up steps do not fit into " + steps + " steps");
        }
    }

    static LearningRate of(TrainingConfig config, long stepsPerEpoch) {
        long steps = Math.multiplyExact(stepsPerEpoch, config.epochs());
        return new LearningRate(
                config.schedule(),
                config.optimizer().learningRate(),
                Math.min(steps, Math.round(config.warmupEpochs() * stepsPerEpoch)),
                steps,
                stepsPerEpoch);
    }

    /**
     * The rate of a step.
     *
     * @param step counted from 0
     */
    double at(long step) {
        if (step < warmupSteps) {
            return peak * (step + 1) / warmupSteps;
        }
        long since = step - warmupSteps;
        return switch (schedule.type()) {
            case COSINE -> {
                double floor = peak * schedule.floor();
                double progress = Math.min(1, (double) since / Math.max(1, steps - warmupSteps));
                yield floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
            }
            case STEP -> {
                double falls = Math.floor(since / (schedule.decayEpochs() * stepsPerEpoch));
                yield peak * Math.pow(schedule.decayRate(), falls);
            }
            case CONSTANT -> peak;
        };
    }
}
