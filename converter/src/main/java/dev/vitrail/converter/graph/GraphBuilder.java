package dev.vitrail.converter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Collects a graph from the front to the back, for whoever turns something else into ONNX.
 *
 * <p>Names stay readable and depend on nothing but the order of the calls: a name that is free is
 * taken as it is; if it is taken already, the operator is appended ({@code blocks.0.attn/Softmax}),
 * then a number ({@code blocks.0.attn/Softmax_2}). The only output of a node is called like the
 * node.
 */
public final class GraphBuilder {
    private final String name;
    private final TreeMap<String, Integer> opsets = new TreeMap<>();
    private final List<Value> inputs = new ArrayList<>();
    private final Map<String, Value> outputs = new LinkedHashMap<>();
    private final List<Initializer> initializers = new ArrayList<>();
    private final Map<Initializer, Value> constants = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> valueNames = new HashSet<>();
    private final Set<String> nodeNames = new HashSet<>();
    private final Set<String> reserved = new HashSet<>();

    /**
     * Starts an empty graph.
     *
     * @param name what viewers call it
     * @param opset the version of ONNX's own operators
     */
    public GraphBuilder(String name, int opset) {
        this.name = name;
        opsets.put("", opset);
    }

    /**
     * The version of ONNX's own operators that the nodes must mean.
     *
     * @return for example 17
     */
    public int opset() {
        return opsets.get("");
    }

    /**
     * Allows operators of another domain.
     *
     * @param domain for example {@code com.microsoft}
     * @param version its version
     */
    public void importDomain(String domain, int version) {
        opsets.put(domain, version);
    }

    /**
     * Keeps a name for an output of the graph that will be declared later, so that nothing else
     * takes it.
     *
     * @param outputName the name
     */
    public void reserve(String outputName) {
        if (valueNames.contains(outputName) || !reserved.add(outputName)) {
            throw new IllegalArgumentException("the name " + outputName + " is taken");
        }
    }

    /**
     * Declares an input.
     *
     * @param inputName its exact name
     * @param type its type
     * @return the value
     * @throws IllegalArgumentException if the name is taken
     */
    public Value input(String inputName, TensorType type) {
        takeExactly(inputName);
        Value value = new Value(inputName, type);
        inputs.add(value);
        return value;
    }

    /**
     * Adds a weight.
     *
     * @param weightName its exact name: the parameter's
     * @param type its type, with a fixed shape
     * @param data its elements
     * @return the value
     * @throws IllegalArgumentException if the name is taken
     */
    public Value weight(String weightName, TensorType type, TensorData data) {
        takeExactly(weightName);
        return add(new Initializer(weightName, type, data));
    }

    /**
     * Adds a constant. The same constant asked for twice is there once, whatever the second name.
     *
     * @param hint the name, made unique if it is taken
     * @param type its type, with a fixed shape
     * @param data its elements
     * @return the value
     */
    public Value constant(String hint, TensorType type, TensorData data) {
        if (!data.isInline()) {
            return add(new Initializer(takeValueName(hint), type, data));
        }
        Initializer content = new Initializer("constant", type, data);
        Value known = constants.get(content);
        if (known == null) {
            known = add(new Initializer(takeValueName(hint), type, data));
            constants.put(content, known);
        }
        return known;
    }

    /**
     * Adds a vector of 64-bit integers, such as the target of a {@code Reshape}.
     *
     * @param hint the name, made unique if it is taken
     * @param values the elements
     * @return the value
     */
    public Value longs(String hint, long... values) {
        TensorType type = TensorType.of(ElementType.INT64, values.length);
        return constant(hint, type, TensorData.ofLongs(values));
    }

    /**
     * Adds a 32-bit float scalar.
     *
     * @param hint the name, made unique if it is taken
     * @param value the number
     * @return the value
     */
    public Value scalar(String hint, float value) {
        return constant(hint, TensorType.of(ElementType.FLOAT), TensorData.ofFloats(value));
    }

    /**
     * Adds a node of ONNX's own domain with one output and no attributes.
     *
     * @param operator for example {@code MatMul}
     * @param path the block it comes from; becomes its name
     * @param type what it gives
     * @param inputs what it uses
     * @return what it gives
     */
    public Value node(String operator, String path, TensorType type, Value... inputs) {
        return node(operator, path, type, Map.of(), inputs);
    }

    /**
     * Adds a node of ONNX's own domain with one output.
     *
     * @param operator for example {@code Transpose}
     * @param path the block it comes from; becomes its name
     * @param type what it gives
     * @param attributes its attributes
     * @param inputs what it uses
     * @return what it gives
     */
    public Value node(
            String operator,
            String path,
            TensorType type,
            Map<String, Attribute> attributes,
            Value... inputs) {
        return node("", operator, path, List.of(type), attributes, List.of(inputs)).get(0);
    }

    /**
     * Adds a node.
     *
     * @param domain whose operator it is; empty for ONNX's own
     * @param operator for example {@code Split}
     * @param path the block it comes from; becomes its name
     * @param types what it gives; {@link TensorType#UNKNOWN} for an output that is left out
     * @param attributes its attributes
     * @param inputs what it uses, {@link Value#ABSENT} for what is left out
     * @return what it gives, one value a type
     */
    public List<Value> node(
            String domain,
            String operator,
            String path,
            List<TensorType> types,
            Map<String, Attribute> attributes,
            List<Value> inputs) {
        String nodeName = unique(path, operator);
        nodeNames.add(nodeName);
        List<Value> results = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            String hint = types.size() == 1 ? nodeName : nodeName + "/" + i;
            results.add(
                    types.get(i).equals(TensorType.UNKNOWN)
                            ? Value.ABSENT
                            : new Value(takeValueName(hint), types.get(i)));
        }
        nodes.add(
                new Node(
                        domain,
                        operator,
                        nodeName,
                        inputs,
                        results,
                        new TreeMap<>(attributes),
                        ""));
        return results;
    }

    /**
     * Hands a value out of the graph under a name. What is an input, a weight, or handed out
     * already passes through an {@code Identity}.
     *
     * @param outputName the exact name
     * @param value what to hand out
     * @throws IllegalArgumentException if the name is taken
     */
    public void output(String outputName, Value value) {
        reserved.remove(outputName);
        boolean fromNode = nodes.stream().anyMatch(n -> n.outputs().contains(value));
        Value result = value;
        if (!fromNode || outputs.containsValue(value)) {
            result = node("Identity", outputName, value.type(), value);
        }
        if (!result.name().equals(outputName)) {
            takeExactly(outputName);
        }
        outputs.put(outputName, result);
    }

    /**
     * The graph as collected.
     *
     * @return an immutable graph
     */
    public Graph build() {
        Map<Value, Value> renamed = new HashMap<>();
        outputs.forEach((outputName, v) -> renamed.put(v, v.withName(outputName)));
        List<Node> finished =
                nodes.stream().map(n -> n.mapValues(v -> renamed.getOrDefault(v, v))).toList();
        List<Value> results = outputs.values().stream().map(renamed::get).toList();
        return new Graph(name, opsets, inputs, results, initializers, finished);
    }

    private Value add(Initializer initializer) {
        initializers.add(initializer);
        return initializer.value();
    }

    private void takeExactly(String exact) {
        if (exact.isEmpty() || reserved.contains(exact) || !valueNames.add(exact)) {
            throw new IllegalArgumentException("the name \"" + exact + "\" is taken or empty");
        }
    }

    private String takeValueName(String hint) {
        String free = hint;
        for (int i = 2; valueNames.contains(free) || reserved.contains(free); i++) {
            free = hint + "_" + i;
        }
        valueNames.add(free);
        return free;
    }

    /** A name that is free among the nodes and, so that node and value agree, among the values. */
    private String unique(String path, String operator) {
        if (!path.isEmpty() && isFree(path)) {
            return path;
        }
        String stem = path.isEmpty() ? operator : path + "/" + operator;
        String free = path.endsWith("/" + operator) ? path : stem;
        String base = free;
        for (int i = 2; !isFree(free); i++) {
            free = base + "_" + i;
        }
        return free;
    }

    private boolean isFree(String candidate) {
        return !nodeNames.contains(candidate)
                && !valueNames.contains(candidate)
                && !reserved.contains(candidate);
    }
}
