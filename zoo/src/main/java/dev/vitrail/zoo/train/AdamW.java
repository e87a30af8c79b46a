package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.vitrail.zoo.config.TrainingConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), as {@code
 * torch.optim.AdamW} documents it. With gradient g, rate r, decay w and step t counted from 1:
 *
 * <pre>
 *   p ← p − r·w·p
 *   m ← β₁·m + (1 − β₁)·g          v ← β₂·v + (1 − β₂)·g²
 *   p ← p − r · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
 * </pre>
 *
 * <p>The arithmetic is one fused, in-place call a parameter. That call knows no bias correction of
 * the denominator, so both corrections are folded into its rate and its epsilon:
 *
 * <pre>   r·√(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε·√(1 − β₂ᵗ))   is the third line above.</pre>
 *
 * <p>It takes the betas as 32-bit floats; the corrections use the same rounded values.
 */
final class AdamW implements Optimizer {

    private static final String FIRST = "first_moment.";
    private static final String SECOND = "second_moment.";

    /** The fused call's word for "do not clip": it knows clipping by value only. */
    private static final float NO_CLIPPING = -1;

    private final List<TrainedParameter> parameters;
    private final TrainingConfig.Optimizer constants;
    private final NDManager manager;
    private final Map<String, NDArray> moments = new LinkedHashMap<>();

    /**
     * Creates the optimiser.
     *
     * @param parameters what it trains
     * @param constants betas and epsilon
     * @param start the moments
     * @param parent the manager that the moments live below, on the parameters' device
     */
    AdamW(
            List<TrainedParameter> parameters,
            TrainingConfig.Optimizer constants,
            StateSource start,
            NDManager parent) {
        this.parameters = parameters;
        this.constants = constants;
        this.manager = parent.newSubManager();
        moments.putAll(start.arrays(FIRST, parameters, manager));
        moments.putAll(start.arrays(SECOND, parameters, manager));
    }

    @Override
    public void step(long number, Gradients gradients, double learningRate, double gradientScale) {
        float beta1 = (float) constants.beta1();
        float beta2 = (float) constants.beta2();
        double correction1 = 1 - Math.pow(beta1, number);
        double rootCorrection2 = Math.sqrt(1 - Math.pow(beta2, number));
        float epsilon = (float) (constants.epsilon() * rootCorrection2);
        for (TrainedParameter parameter : parameters) {
            NDArray weight = parameter.array();
            double rate = learningRate * parameter.rateScale();
            NDList arguments =
                    new NDList(
                            weight,
                            gradients.get(parameter.name()),
                            moments.get(FIRST + parameter.name()),
                            moments.get(SECOND + parameter.name()));
            weight.getNDArrayInternal()
                    .adamUpdate(
                            arguments,
                            new NDList(weight),
                            (float) rate,
                            (float) (rate * rootCorrection2 / correction1),
                            (float) parameter.weightDecay(),
                            (float) gradientScale,
                            NO_CLIPPING,
                            beta1,
                            beta2,
                            epsilon,
                            false,
                            true);
        }
    }

    @Override
    public Map<String, NDArray> state() {
        return Collections.unmodifiableMap(moments);
    }

    @Override
    public void close() {
        manager.close();
    }
}
