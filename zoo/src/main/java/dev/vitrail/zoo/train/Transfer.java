package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.block.ImageNetwork;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.weights.Weights;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Weights of one training as the start of another. What comes behind the encoder may be missing, or
 * be of other classes: it is then drawn anew.
 *
 * @param fresh parameters that were drawn
 * @param unused tensors of the weights that have no place in the network
 */
record Transfer(List<String> fresh, List<String> unused) {

    private static final Pattern HEAD = Pattern.compile("head(_dist)?\\..*");
    private static final Pattern BEHIND_ENCODER =
            Pattern.compile(
                    "(head|head_dist|fc_norm|norm|pre_logits|attn_pool|decoder_\\w+)\\..*"
                            + "|mask_token|decoder_pos_embed");

    Transfer {
        fresh = List.copyOf(fresh);
        unused = List.copyOf(unused);
    }

    /**
     * Fills a network: at random, then with what the weights have.
     *
     * @param block without weights
     * @param manager owner of the arrays
     * @param weights of a network like it
     * @param keepHead whether the head of the weights is wanted
     * @param seed of what is drawn
     * @return what did not come from the weights
     * @throws ZooException naming tensors that are missing or of another shape
     */
    static Transfer fill(
            ImageNetwork block, NDManager manager, Weights weights, boolean keepHead, long seed) {
        block.initialize(manager, seed);
        Map<String, Parameter> parameters = ParameterNames.of(block).parameters();
        Map<String, Shape> stored = weights.shapes();
        List<String> fresh = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        parameters.forEach(
                (name, parameter) -> {
                    Shape shape = parameter.getArray().getShape();
                    boolean isWanted = keepHead || !HEAD.matcher(name).matches();
                    if (isWanted && shape.equals(stored.get(name))) {
                        fill(parameter, weights, name);
                    } else if (BEHIND_ENCODER.matcher(name).matches()) {
                        fresh.add(name);
                    } else {
                        problems.add(problem(name, shape, stored.get(name)));
                    }
                });
        if (!problems.isEmpty()) {
            throw new ZooException(
                    weights.origin()
                            + ": is of another network ("
                            + String.join("; ", problems.subList(0, Math.min(3, problems.size())))
                            + (problems.size() > 3 ? "; " + (problems.size() - 3) + " more" : "")
                            + ")");
        }
        Set<String> unused = new LinkedHashSet<>(stored.keySet());
        unused.removeAll(parameters.keySet());
        fresh.stream().filter(stored::containsKey).forEach(unused::add);
        return new Transfer(fresh, List.copyOf(unused));
    }

    private static String problem(String name, Shape wanted, Shape found) {
        return found == null
                ? "no tensor \"" + name + "\""
                : "\"" + name + "\" is " + found + ", must be " + wanted;
    }

    private static void fill(Parameter parameter, Weights weights, String name) {
        NDArray array = parameter.getArray();
        array.setRequiresGradient(false);
        try (NDArray view =
                array.getManager()
                        .create(weights.floats(name), array.getShape(), DataType.FLOAT32)) {
            array.muli(0).addi(view);
        }
        array.setRequiresGradient(parameter.requiresGradient());
    }
}
