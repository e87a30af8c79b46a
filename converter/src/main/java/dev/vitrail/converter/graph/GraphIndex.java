package dev.vitrail.converter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who gives and who uses each value of one graph. Made once by whoever needs to ask, usually a
 * pass; the graph itself stays plain data.
 */
public final class GraphIndex {
    private final Map<String, Node> producers = new HashMap<>();
    private final Map<String, List<Node>> consumers = new HashMap<>();
    private final Map<String, Initializer> initializers = new HashMap<>();
    private final Set<String> outputs = new HashSet<>();

    /**
     * Reads a graph once.
     *
     * @param graph the graph
     */
    public GraphIndex(Graph graph) {
        for (Initializer initializer : graph.initializers()) {
            initializers.put(initializer.name(), initializer);
        }
        for (Value output : graph.outputs()) {
            outputs.add(output.name());
        }
        for (Node node : graph.nodes()) {
            for (Value output : node.outputs()) {
                producers.put(output.name(), node);
            }
            for (Value input : Set.copyOf(node.inputs())) {
                if (!input.isAbsent()) {
                    consumers.computeIfAbsent(input.name(), k -> new ArrayList<>()).add(node);
                }
            }
        }
    }

    /**
     * The node that gives a value.
     *
     * @param value the value
     * @return the node; empty for inputs and initializers
     */
    public Optional<Node> producer(Value value) {
        return value.isAbsent()
                ? Optional.empty()
                : Optional.ofNullable(producers.get(value.name()));
    }

    /**
     * The nodes that use a value, each once, in graph order.
     *
     * @param value the value
     * @return the nodes; being an output of the graph is not among them, see {@link #isOutput}
     */
    public List<Node> consumers(Value value) {
        return List.copyOf(consumers.getOrDefault(value.name(), List.of()));
    }

    /**
     * Whether the graph hands a value out.
     *
     * @param value the value
     * @return true if it is among the graph's outputs
     */
    public boolean isOutput(Value value) {
        return outputs.contains(value.name());
    }

    /**
     * The initializer behind a value.
     *
     * @param value the value
     * @return the initializer; empty for inputs and results of nodes
     */
    public Optional<Initializer> initializer(Value value) {
        return value.isAbsent()
                ? Optional.empty()
                : Optional.ofNullable(initializers.get(value.name()));
    }

    /**
     * The numbers behind a value that is an initializer whose bytes are at hand.
     *
     * @param value the value
     * @return the constant; empty for weights, inputs and results of nodes
     */
    public Optional<Constant> constant(Value value) {
        return initializer(value)
                .filter(found -> found.data().isInline())
                .map(found -> new Constant(found.type(), found.data()));
    }

    /**
     * Whether exactly one node uses a value and the graph does not hand it out, so that whoever
     * changes that node may change the value too.
     *
     * @param value the value
     * @return true if so
     */
    public boolean hasOneReader(Value value) {
        return !isOutput(value) && consumers.getOrDefault(value.name(), List.of()).size() == 1;
    }

    /**
     * The node that gives a value to nobody but one other node.
     *
     * @param value the value
     * @param operator what the node must be
     * @return the node; empty if it is another, or the value {@linkplain #hasOneReader has other
     *     readers}
     */
    public Optional<Node> soleProducer(Value value, String operator) {
        return producer(value)
                .filter(node -> node.is(operator))
                .filter(node -> hasOneReader(value));
    }
}
