package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.vitrail.zoo.config.TrainingConfig;
import java.util.List;
import java.util.Map;

/** Changes weights by their gradients. */
sealed interface Optimizer extends AutoCloseable permits AdamW, Sgd {

    /**
     * The optimiser that a config names.
     *
     * @param parameters what it trains
     * @param constants its kind and constants
     * @param start its state
     * @param parent the manager that its state lives below, on the parameters' device
     */
    static Optimizer of(
            List<TrainedParameter> parameters,
            TrainingConfig.Optimizer constants,
            StateSource start,
            NDManager parent) {
        return switch (constants.type()) {
            case ADAMW -> new AdamW(parameters, constants, start, parent);
            case SGD -> new Sgd(parameters, constants, start, parent);
        };
    }

    /**
     * Takes one step and sets the gradients to zero. Nothing may be recording.
     *
     * @param number of the step, counted from 1
     * @param gradients of all parameters
     * @param learningRate of this step
     * @param gradientScale what every gradient is multiplied with first, such as for clipping
     */
    void step(long number, Gradients gradients, double learningRate, double gradientScale);

    /**
     * What is carried from step to step, by name. With these arrays filled again, training goes on
     * as if it had never stopped.
     */
    Map<String, NDArray> state();

    @Override
    void close();
}
