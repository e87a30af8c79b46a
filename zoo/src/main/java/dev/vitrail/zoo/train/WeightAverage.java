package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import dev.vitrail.zoo.config.TrainingConfig.Average;
import dev.vitrail.zoo.weights.Weights;

/**
 * A network whose weights are the moving average of another's, see {@link Average}. Arrays that are
 * not trained, such as the statistics of batch norms, are copied.
 *
 * @param <N> the network
 */
final class WeightAverage<N extends LoadedBlock<?>> implements AutoCloseable {

    /** The published power of the warm-up, for trainings of up to a million steps. */
    private static final double WARMUP_POWER = 2.0 / 3;

    private final N network;
    private final Average constants;

    private WeightAverage(
            Objective<N> objective, N source, Average constants, LoadedBlock.WeightSource weights) {
        this.constants = constants;
        network =
                objective.network(
                        source.manager().getDevice(),
                        (block, manager) -> {
                            weights.fill(block, manager);
                            block.freezeParameters(true);
                        });
    }

    /**
     * An average of nothing but a network's present weights.
     *
     * @param objective makes another network of the kind
     * @param source whose weights will be averaged
     * @param constants the decay
     */
    static <N extends LoadedBlock<?>> WeightAverage<N> startingWith(
            Objective<N> objective, N source, Average constants) {
        return new WeightAverage<>(
                objective,
                source,
                constants,
                (block, manager) -> WeightCopies.fill(block, manager, source));
    }

    /**
     * An average that was saved.
     *
     * @param objective makes another network of the kind
     * @param source whose weights will be averaged on
     * @param constants the decay
     * @param saved the average so far
     */
    static <N extends LoadedBlock<?>> WeightAverage<N> goingOn(
            Objective<N> objective, N source, Average constants, Weights saved) {
        return new WeightAverage<>(
                objective,
                source,
                constants,
                (block, manager) -> saved.loadInto(block, manager, block.inputShape(1)));
    }

    /** The averaged network. */
    N network() {
        return network;
    }

    /**
     * Takes in the weights after a step. Nothing may be recording.
     *
     * @param source the network that is trained
     * @param step counted from 1
     */
    void update(N source, long step) {
        double decay = step == 1 ? 0 : decayAt(step);
        source.parameters()
                .forEach(
                        (name, parameter) -> {
                            double kept = parameter.requiresGradient() ? decay : 0;
                            NDArray average = network.parameters().get(name).getArray();
                            try (NDArray part = parameter.getArray().mul(1 - kept)) {
                                average.muli(kept).addi(part);
                            }
                        });
    }

    private double decayAt(long step) {
        return constants.warmup()
                ? Math.min(constants.decay(), 1 - Math.pow(step, -WARMUP_POWER))
                : constants.decay();
    }

    @Override
    public void close() {
        network.close();
    }
}
