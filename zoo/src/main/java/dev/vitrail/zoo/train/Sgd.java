package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.vitrail.zoo.config.TrainingConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum, as {@code torch.optim.SGD} documents it. With gradient
 * g, rate r, decay w and momentum µ:
 *
 * <pre>
 *   g ← g + w·p
 *   b ← µ·b + g
 *   p ← p − r·b          with Nesterov's momentum:  p ← p − r·(g + µ·b)
 * </pre>
 *
 * <p>The engine's own call keeps the rate inside b, which is another rule as soon as the rate
 * changes, and it knows no Nesterov momentum: here are plain operations in place.
 */
final class Sgd implements Optimizer {

    private static final String BUFFER = "momentum.";

    private final List<TrainedParameter> parameters;
    private final TrainingConfig.Optimizer constants;
    private final NDManager manager;
    private final Map<String, NDArray> buffers = new LinkedHashMap<>();

    /**
     * Creates the optimiser. From a momentum of zero the first step makes it the first gradient, as
     * PyTorch has it.
     *
     * @param parameters what it trains
     * @param constants momentum
     * @param start the momentum
     * @param parent the manager that the buffers live below, on the parameters' device
     */
    Sgd(
            List<TrainedParameter> parameters,
            TrainingConfig.Optimizer constants,
            StateSource start,
            NDManager parent) {
        this.parameters = parameters;
        this.constants = constants;
        this.manager = parent.newSubManager();
        if (constants.momentum() > 0) {
            buffers.putAll(start.arrays(BUFFER, parameters, manager));
        }
    }

    @Override
    public void step(long number, Gradients gradients, double learningRate, double gradientScale) {
        for (TrainedParameter parameter : parameters) {
            NDArray gradient = gradients.get(parameter.name());
            try (NDManager scope = manager.newSubManager()) {
                NDArray change = in(scope, gradient.mul(gradientScale));
                if (parameter.weightDecay() > 0) {
                    change.addi(in(scope, parameter.array().mul(parameter.weightDecay())));
                }
                if (constants.momentum() > 0) {
                    change = withMomentum(change, buffers.get(BUFFER + parameter.name()), scope);
                }
                change = in(scope, change.mul(learningRate * parameter.rateScale()));
                parameter.array().subi(change);
            }
            gradient.muli(0);
        }
    }

    private NDArray withMomentum(NDArray change, NDArray buffer, NDManager scope) {
        buffer.muli(constants.momentum()).addi(change);
        return constants.nesterov()
                ? change.addi(in(scope, buffer.mul(constants.momentum())))
                : buffer;
    }

    private static NDArray in(NDManager scope, NDArray array) {
        array.attach(scope);
        return array;
    }

    @Override
    public Map<String, NDArray> state() {
        return Collections.unmodifiableMap(buffers);
    }

    @Override
    public void close() {
        manager.close();
    }
}
