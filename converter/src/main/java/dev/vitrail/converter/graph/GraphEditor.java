package dev.vitrail.converter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The changes that a pass wants, collected while it looks at the unchanged graph and applied at
 * once.
 *
 * <p>The graph's inputs and outputs keep their names and types whatever is replaced: they are what
 * users rely on.
 */
public final class GraphEditor {
    private final Graph graph;
    private final GraphIndex index;
    private final Map<String, Value> replaced = new HashMap<>();
    private final Map<Node, List<Node>> rewritten = new IdentityHashMap<>();
    private final List<Initializer> added = new ArrayList<>();
    private final Map<String, Initializer> swapped = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    /**
     * Starts without changes.
     *
     * @param graph the graph to be changed
     */
    public GraphEditor(Graph graph) {
        this.graph = graph;
        index = new GraphIndex(graph);
        graph.inputs().forEach(input -> names.add(input.name()));
        graph.initializers().forEach(weight -> names.add(weight.name()));
        for (Node node : graph.nodes()) {
            names.add(node.name());
            node.outputs().forEach(output -> names.add(output.name()));
        }
    }

    /**
     * Who gives and who uses what in the unchanged graph.
     *
     * @return the index
     */
    public GraphIndex index() {
        return index;
    }

    /**
     * The value that will stand where a value stood, after all replacements so far.
     *
     * @param value a value of the unchanged graph
     * @return the value itself if it is not replaced
     */
    public Value current(Value value) {
        Value now = value;
        while (replaced.containsKey(now.name())) {
            now = replaced.get(now.name());
        }
        return now;
    }

    /**
     * Lets every reader of a value read another one.
     *
     * @param old what is read now; the result of a node
     * @param other what shall be read; given before every reader of {@code old}
     * @return false, with nothing changed, if the graph hands out {@code old} and cannot hand out
     *     {@code other} under its name: when that is an input, an initializer, handed out too, or
     *     of another type
     */
    public boolean replace(Value old, Value other) {
        Value target = current(other);
        if (target.name().equals(old.name())) {
            return false;
        }
        if (index.isOutput(old) && !canCarryNameOf(old, target)) {
            return false;
        }
        replaced.put(old.name(), target);
        return true;
    }

    private boolean canCarryNameOf(Value output, Value other) {
        boolean promised =
                graph.outputs().stream()
                        .anyMatch(o -> !o.equals(output) && current(o).name().equals(other.name()));
        return !promised
                && !index.isOutput(other)
                && index.producer(other).isPresent()
                && output.type().equals(other.type());
    }

    /**
     * Puts other nodes where a node stands.
     *
     * @param node a node of the unchanged graph
     * @param others what stands there instead, in order; none removes the node
     */
    public void rewrite(Node node, Node... others) {
        rewritten.put(node, List.of(others));
    }

    /**
     * Puts a constant where a node stands, under the name of what the node gave.
     *
     * @param node a node of the unchanged graph with one output, which the graph does not hand out
     * @param constant what it gave
     */
    public void fold(Node node, Constant constant) {
        Value result = node.output();
        if (!result.type().equals(constant.type())) {
            throw new IllegalArgumentException(
                    node.name()
                            + " gives "
                            + result.type().text()
                            + ", not "
                            + constant.type().text());
        }
        added.add(new Initializer(result.name(), constant.type(), constant.data()));
        rewrite(node);
    }

    /**
     * Adds a constant.
     *
     * @param hint its name, made unique if it is taken
     * @param constant what it holds
     * @return the value
     */
    public Value add(String hint, Constant constant) {
        return add(hint, constant.type(), constant.data());
    }

    /**
     * Adds a weight or constant.
     *
     * @param hint its name, made unique if it is taken
     * @param type its type
     * @param data its elements
     * @return the value
     */
    public Value add(String hint, TensorType type, TensorData data) {
        Initializer initializer = new Initializer(unique(hint), type, data);
        added.add(initializer);
        return initializer.value();
    }

    /**
     * Puts another tensor where an initializer stands, under the same name. The caller rewrites
     * whoever reads it.
     *
     * @param old an initializer of the unchanged graph
     * @param type the other tensor's type
     * @param data its elements
     * @return the value to read from now on
     */
    public Value swap(Initializer old, TensorType type, TensorData data) {
        Initializer other = new Initializer(old.name(), type, data);
        swapped.put(old.name(), other);
        return other.value();
    }

    /**
     * Whether somebody has put another tensor in an initializer's place already.
     *
     * @param initializer an initializer of the unchanged graph
     * @return true after {@link #swap}
     */
    public boolean isSwapped(Initializer initializer) {
        return swapped.containsKey(initializer.name());
    }

    /**
     * A name that neither a value nor a node has.
     *
     * @param hint taken as it is if it is free, otherwise with a number behind it
     * @return the name, which is taken from now on
     */
    public String unique(String hint) {
        String free = hint;
        for (int i = 2; !names.add(free); i++) {
            free = hint + "_" + i;
        }
        return free;
    }

    /**
     * The graph with all changes, or the same graph if there are none.
     *
     * @return the graph
     */
    public Graph apply() {
        if (replaced.isEmpty() && rewritten.isEmpty() && added.isEmpty() && swapped.isEmpty()) {
            return graph;
        }
        Map<String, Value> renamed = new HashMap<>();
        for (Value output : graph.outputs()) {
            Value now = current(output);
            if (!now.equals(output)) {
                renamed.put(now.name(), output);
            }
        }
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            for (Node now : rewritten.getOrDefault(node, List.of(node))) {
                nodes.add(reconnect(now, renamed));
            }
        }
        List<Initializer> initializers = new ArrayList<>();
        graph.initializers().forEach(w -> initializers.add(swapped.getOrDefault(w.name(), w)));
        initializers.addAll(added);
        return graph.with(initializers, nodes);
    }

    /** Inputs follow replacements; what takes an output's name gets it where it is given, too. */
    private Node reconnect(Node node, Map<String, Value> renamed) {
        List<Value> inputs =
                node.inputs().stream()
                        .map(input -> input.isAbsent() ? input : current(input))
                        .map(input -> renamed.getOrDefault(input.name(), input))
                        .toList();
        List<Value> outputs =
                node.outputs().stream().map(output -> nameOf(output, renamed)).toList();
        return new Node(
                node.domain(),
                node.operator(),
                node.name(),
                inputs,
                outputs,
                node.attributes(),
                node.documentation());
    }

    /** A replaced value that is still given must not keep the name that another has taken over. */
    private Value nameOf(Value output, Map<String, Value> renamed) {
        boolean takenOver =
                renamed.values().stream().anyMatch(taken -> taken.name().equals(output.name()));
        return takenOver
                ? new Value(unique(output.name()), output.type())
                : renamed.getOrDefault(output.name(), output);
    }
}
