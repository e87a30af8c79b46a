package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import dev.vitrail.zoo.config.TrainingConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A parameter that is trained, and what is its own in a step.
 *
 * <p>Weight decay is for what multiplies tokens: matrices and kernels. Biases, norms, layer scales,
 * tokens, position embeddings and the query of attention pooling, a token too, are left alone; as
 * in timm but for the last.
 *
 * <p>Layer decay (ELECTRA, Clark et al. 2020; BEiT) slows the layers near the pixels, whose
 * features fit any task, down: the rate of a layer is {@code decay} to the power of its distance
 * from the head. Layer 0 is everything before the first block, layer {@code i + 1} is block {@code
 * i}, the final norm belongs to the last block as in timm, and whatever comes behind it is one
 * layer more. A norm before the first block is of layer 0; timm's pattern takes it for the final
 * one's.
 *
 * @param name as in checkpoints
 * @param parameter initialised
 * @param weightDecay of this parameter; 0 for what does not decay
 * @param rateScale what the learning rate is multiplied with
 */
record TrainedParameter(String name, Parameter parameter, double weightDecay, double rateScale) {

    private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d+)\\..*");
    private static final Pattern EMBEDDING =
            Pattern.compile("(cls_token|dist_token|reg_token|pos_embed|patch_embed|norm_pre)\\b.*");
    private static final Pattern FINAL_NORM = Pattern.compile("norm\\..*");

    /**
     * The parameters that ask for gradients.
     *
     * @param parameters of a network, by name
     * @param constants weight decay and layer decay
     */
    static List<TrainedParameter> of(
            Map<String, Parameter> parameters, TrainingConfig.Optimizer constants) {
        int depth = depth(parameters);
        List<TrainedParameter> trained = new ArrayList<>();
        parameters.forEach(
                (name, parameter) -> {
                    if (parameter.requiresGradient()) {
                        int axes = parameter.getArray().getShape().dimension();
                        trained.add(
                                new TrainedParameter(
                                        name,
                                        parameter,
                                        decays(name, axes) ? constants.weightDecay() : 0,
                                        Math.pow(
                                                constants.layerDecay(),
                                                depth + 1 - layer(name, depth))));
                    }
                });
        return List.copyOf(trained);
    }

    private static int depth(Map<String, Parameter> parameters) {
        int depth = 0;
        for (String name : parameters.keySet()) {
            Matcher block = BLOCK.matcher(name);
            if (block.matches()) {
                depth = Math.max(depth, 1 + Integer.parseInt(block.group(1)));
            }
        }
        return depth;
    }

    private static int layer(String name, int depth) {
        Matcher block = BLOCK.matcher(name);
        if (block.matches()) {
            return 1 + Integer.parseInt(block.group(1));
        }
        if (EMBEDDING.matcher(name).matches()) {
            return 0;
        }
        return FINAL_NORM.matcher(name).matches() ? depth : depth + 1;
    }

    /** Whether weight decay acts on a parameter of that name and number of axes. */
    private static boolean decays(String name, int axes) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        return axes > 1
                && !last.endsWith("_token")
                && !last.endsWith("pos_embed")
                && !last.equals("latent");
    }

    /** The weights. */
    NDArray array() {
        return parameter.getArray();
    }
}
