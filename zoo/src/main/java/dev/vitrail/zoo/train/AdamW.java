package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import dev.vitrail.zoo.config.TrainingConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
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
 * <p>Weight decay is for what multiplies tokens: matrices and kernels. Biases, norms, layer scales,
 * tokens, position embeddings and the query of attention pooling, a token too, are left alone; as
 * in timm but for the last.
 *
 * <p>The arithmetic is one fused, in-place call a parameter. That call knows no bias correction of
 * the denominator, so both corrections are folded into its rate and its epsilon:
 *
 * <pre>   r·√(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε·√(1 − β₂ᵗ))   is the third line above.</pre>
 *
 * <p>It takes the betas as 32-bit floats; the corrections use the same rounded values.
 */
final class AdamW implements AutoCloseable {

    /** The fused call's word for "do not clip": it knows clipping by value only. */
    private static final float NO_CLIPPING = -1;

    private final Map<String, Parameter> parameters;
    private final Map<String, NDArray> firstMoments = new LinkedHashMap<>();
    private final Map<String, NDArray> secondMoments = new LinkedHashMap<>();
    private final TrainingConfig.Optimizer constants;
    private final NDManager manager;
    private long steps;

    /**
     * Creates the optimiser with zero moments.
     *
     * @param parameters by name; those that are not trained are left out
     * @param constants betas, epsilon and weight decay
     * @param parent the manager that the moments live below, on the parameters' device
     */
    AdamW(Map<String, Parameter> parameters, TrainingConfig.Optimizer constants, NDManager parent) {
        this.constants = constants;
        this.manager = parent.newSubManager();
        Map<String, Parameter> trained = new LinkedHashMap<>();
        parameters.forEach(
                (name, parameter) -> {
                    if (parameter.requiresGradient()) {
                        trained.put(name, parameter);
                        firstMoments.put(name, zerosLike(parameter));
                        secondMoments.put(name, zerosLike(parameter));
                    }
                });
        this.parameters = Collections.unmodifiableMap(trained);
    }

    private NDArray zerosLike(Parameter parameter) {
        return manager.zeros(parameter.getArray().getShape(), DataType.FLOAT32);
    }

    /**
     * Takes one step and sets the gradients to zero.
     *
     * @param gradients of all parameters
     * @param learningRate of this step
     * @param gradientScale what every gradient is multiplied with first, such as for clipping
     */
    void step(Gradients gradients, double learningRate, double gradientScale) {
        steps++;
        float beta1 = (float) constants.beta1();
        float beta2 = (float) constants.beta2();
        double correction1 = 1 - Math.pow(beta1, steps);
        double rootCorrection2 = Math.sqrt(1 - Math.pow(beta2, steps));
        float correctedRate = (float) (learningRate * rootCorrection2 / correction1);
        float correctedEpsilon = (float) (constants.epsilon() * rootCorrection2);
        parameters.forEach(
                (name, parameter) -> {
                    NDArray weight = parameter.getArray();
                    NDList arguments =
                            new NDList(
                                    weight,
                                    gradients.get(name),
                                    firstMoments.get(name),
                                    secondMoments.get(name));
                    weight.getNDArrayInternal()
                            .adamUpdate(
                                    arguments,
                                    new NDList(weight),
                                    (float) learningRate,
                                    correctedRate,
                                    (float) weightDecay(name, weight),
                                    (float) gradientScale,
                                    NO_CLIPPING,
                                    beta1,
                                    beta2,
                                    correctedEpsilon,
                                    false,
                                    true);
                });
    }

    private double weightDecay(String name, NDArray weight) {
        return decays(name, weight.getShape().dimension()) ? constants.weightDecay() : 0;
    }

    /** Whether weight decay acts on a parameter of that name and number of axes. */
    static boolean decays(String name, int axes) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        return axes > 1
                && !last.endsWith("_token")
                && !last.endsWith("pos_embed")
                && !last.equals("latent");
    }

    /** Steps taken. */
    long steps() {
        return steps;
    }

    /** Running averages of the gradients, by parameter name. */
    Map<String, NDArray> firstMoments() {
        return Collections.unmodifiableMap(firstMoments);
    }

    /** Running averages of the squared gradients, by parameter name. */
    Map<String, NDArray> secondMoments() {
        return Collections.unmodifiableMap(secondMoments);
    }

    @Override
    public void close() {
        manager.close();
    }
}
