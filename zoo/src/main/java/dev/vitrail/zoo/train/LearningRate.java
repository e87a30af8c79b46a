package dev.vitrail.zoo.train;

/**
 * The learning rate of every step: a straight line up to the peak, then half a cosine down to the
 * floor (Loshchilov and Hutter 2017, without restarts).
 *
 * @param peak the highest rate
 * @param floor the rate that the cosine ends at
 * @param warmupSteps steps of the line; its first step is already above zero
 * @param steps steps of the whole training
 */
record LearningRate(double peak, double floor, long warmupSteps, long steps) {

    LearningRate {
        if (!(peak > 0) || floor < 0 || floor > peak) {
            throw new IllegalArgumentException(
                    "floor " + floor + " and peak " + peak + " must satisfy 0 <= floor <= peak");
        }
        if (steps < 1 || warmupSteps < 0 || warmupSteps > steps) {
            throw new IllegalArgumentException(
                    warmupSteps + " warm-up steps do not fit into " + steps + " steps");
        }
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
        double progress = (double) (step - warmupSteps) / Math.max(1, steps - warmupSteps);
        return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
    }
}
