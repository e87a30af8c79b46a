package dev.vitrail.converter.trace;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import ai.djl.util.Pair;
import dev.vitrail.converter.error.ExportException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The readable names of a network's parameters, and the blocks that they belong to. A parameter
 * that two blocks share has the name of its first place.
 */
final class ParameterTree {
    private final Map<Parameter, Place> places = new IdentityHashMap<>();
    private final Map<String, Parameter> byName = new LinkedHashMap<>();

    /**
     * Where a parameter is.
     *
     * @param name {@code blocks.0.attn.qkv.weight}
     * @param block {@code blocks.0.attn.qkv}
     */
    record Place(String name, String block) {}

    /**
     * @param network the network
     * @param naming from the path that DJL's {@code getParameters()} gives a parameter to its name,
     *     parts divided by dots; null for names made from the children's names
     * @throws ExportException if two parameters get the same name, or a block runs in an engine
     */
    ParameterTree(Block network, UnaryOperator<String> naming) {
        add(network, "", "", naming);
    }

    private void add(Block block, String path, String djlPath, UnaryOperator<String> naming) {
        if (block instanceof SymbolBlock) {
            throw new ExportException(
                    (path.isEmpty() ? "the network" : "block " + path)
                            + ": is a "
                            + block.getClass().getSimpleName()
                            + ", a model that was exported already and runs inside an engine, out"
                            + " of sight; convert it with the tool that it comes from");
        }
        for (Pair<String, Parameter> direct : block.getDirectParameters()) {
            String name =
                    naming == null
                            ? join(path, direct.getKey())
                            : naming.apply(djlPath + direct.getKey());
            add(direct.getValue(), name);
        }
        Map<String, String> names = childNames(block);
        for (Pair<String, Block> child : block.getChildren()) {
            String name = names.get(child.getKey());
            add(child.getValue(), join(path, name), djlPath + child.getKey() + "_", naming);
        }
    }

    private void add(Parameter parameter, String name) {
        if (places.containsKey(parameter)) {
            return;
        }
        if (name == null || name.isBlank()) {
            throw new ExportException("parameter " + parameter.getName() + ": was given no name");
        }
        int dot = name.lastIndexOf('.');
        places.put(parameter, new Place(name, dot < 0 ? "" : name.substring(0, dot)));
        if (byName.put(name, parameter) != null) {
            throw new ExportException(
                    "parameter " + name + ": two parameters have this name; each needs its own");
        }
    }

    /**
     * DJL numbers the children of a block, {@code 01Linear}. The number goes where the name alone
     * is unique, and behind the name where it is not: {@code Linear1}, {@code Linear3}.
     */
    static Map<String, String> childNames(Block block) {
        List<String> keys = new ArrayList<>(block.getChildren().keys());
        List<String> bare = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            String number = String.format(Locale.ROOT, "%02d", i + 1);
            String key = keys.get(i);
            boolean numbered = key.startsWith(number) && key.length() > number.length();
            bare.add(numbered ? key.substring(number.length()) : key);
        }
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            boolean unique = Collections.frequency(bare, bare.get(i)) == 1;
            names.put(keys.get(i), unique ? bare.get(i) : bare.get(i) + (i + 1));
        }
        return names;
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    Place place(Parameter parameter) {
        Place place = places.get(parameter);
        if (place == null) {
            throw new ExportException(
                    "parameter "
                            + parameter.getName()
                            + ": is used by the forward pass but not listed by getParameters();"
                            + " register it with addParameter or its block with addChildBlock");
        }
        return place;
    }

    Parameter parameter(String name) {
        return byName.get(name);
    }
}
