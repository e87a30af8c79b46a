package dev.vitrail.zoo.block;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The names of a block's parameters as checkpoints write them: {@code blocks.0.attn.qkv.weight}.
 *
 * <p>Nothing lists them. A name is the path of the names that blocks gave their children, then the
 * parameter's own; DJL's two-digit ordinals are taken off, a child without a name adds nothing, and
 * the scale and shift of a norm are its {@code weight} and {@code bias}, the statistics of a batch
 * norm its {@code running_mean} and {@code running_var}, as PyTorch has it. A new block is covered
 * when its children are named as the field names them.
 */
public final class ParameterNames {

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, String> nameByPath = new LinkedHashMap<>();
    private final Map<String, String> nameById = new LinkedHashMap<>();

    private ParameterNames() {}

    /**
     * Names the parameters of a block and of all its descendants.
     *
     * @param block any DJL block
     * @return its names
     */
    public static ParameterNames of(Block block) {
        ParameterNames names = new ParameterNames();
        names.visit(block, "", "");
        return names;
    }

    /**
     * The parameters by name, in the order of the blocks.
     *
     * @return an unmodifiable map
     */
    public Map<String, Parameter> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /**
     * The name of a parameter.
     *
     * @param parameter one of the block's
     * @return its name
     */
    public String nameOf(Parameter parameter) {
        return known(nameById.get(parameter.getId()), parameter.getName());
    }

    /**
     * The name that belongs to a path of DJL's {@code Block.getParameters()}.
     *
     * @param path such as {@code 03blocks_010_02attn_01qkv_weight}
     * @return such as {@code blocks.0.attn.qkv.weight}
     */
    public String nameOfPath(String path) {
        return known(nameByPath.get(path), path);
    }

    private static String known(String name, String asked) {
        if (name == null) {
            throw new IllegalArgumentException("no parameter \"" + asked + "\" in this block");
        }
        return name;
    }

    private void visit(Block block, String prefix, String pathPrefix) {
        for (Pair<String, Parameter> entry : block.getDirectParameters()) {
            Parameter parameter = entry.getValue();
            String name = prefix + ownName(parameter);
            if (parameters.put(name, parameter) != null) {
                throw new IllegalArgumentException("two parameters are named " + name);
            }
            nameByPath.put(pathPrefix + entry.getKey(), name);
            nameById.putIfAbsent(parameter.getId(), name);
        }
        int ordinal = 0;
        for (Pair<String, Block> child : block.getChildren()) {
            ordinal++;
            String given = withoutOrdinal(child.getKey(), ordinal);
            visit(
                    child.getValue(),
                    given.isEmpty() ? prefix : prefix + given + ".",
                    pathPrefix + child.getKey() + "_");
        }
    }

    /** The key of child {@code n} is the number in two digits or more, then the given name. */
    private static String withoutOrdinal(String key, int ordinal) {
        String digits = String.format(Locale.ROOT, "%02d", ordinal);
        return key.startsWith(digits) ? key.substring(digits.length()) : key;
    }

    private static String ownName(Parameter parameter) {
        return switch (parameter.getType()) {
            case GAMMA -> "weight";
            case BETA -> "bias";
            case RUNNING_MEAN -> "running_mean";
            case RUNNING_VAR -> "running_var";
            case WEIGHT, BIAS, OTHER -> parameter.getName();
        };
    }
}
