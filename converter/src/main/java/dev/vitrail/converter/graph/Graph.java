package dev.vitrail.converter.graph;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An ONNX graph that never changes: what goes in, what comes out, the weights, and the operations
 * in an order in which they can run.
 *
 * <p>Two graphs are equal if their parts are; big weights count by identity, small constants by
 * content. {@link GraphBuilder} makes graphs, {@link GraphEditor} makes changed copies, {@link
 * GraphCheck} says what is wrong with one, {@link GraphText} prints and parses them.
 *
 * @param name what the graph is called in viewers
 * @param opsets version by domain; the empty domain is ONNX's own and always there
 * @param inputs what is fed, in order
 * @param outputs what is fetched, in order
 * @param initializers weights and constants
 * @param nodes the operations, each after those whose outputs it uses
 */
public record Graph(
        String name,
        SortedMap<String, Integer> opsets,
        List<Value> inputs,
        List<Value> outputs,
        List<Initializer> initializers,
        List<Node> nodes) {

    /**
     * Checks that the parts fit.
     *
     * @param name as the component
     * @param opsets as the component
     * @param inputs as the component
     * @param outputs as the component
     * @param initializers as the component
     * @param nodes as the component
     */
    public Graph {
        if (!opsets.containsKey("")) {
            throw new IllegalArgumentException("graph " + name + " states no opset");
        }
        opsets = Collections.unmodifiableSortedMap(new TreeMap<>(opsets));
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        initializers = List.copyOf(initializers);
        nodes = List.copyOf(nodes);
    }

    /**
     * The version of ONNX's own operators that the nodes mean.
     *
     * @return for example 17
     */
    public int opset() {
        return opsets.get("");
    }

    /**
     * The same graph with other initializers and nodes.
     *
     * @param newInitializers weights and constants
     * @param newNodes the operations in order
     * @return the graph
     */
    public Graph with(List<Initializer> newInitializers, List<Node> newNodes) {
        return new Graph(name, opsets, inputs, outputs, newInitializers, newNodes);
    }

    /**
     * The size of all weights and constants together.
     *
     * @return bytes
     */
    public long weightBytes() {
        long bytes = 0;
        for (Initializer initializer : initializers) {
            bytes = Math.addExact(bytes, initializer.data().byteSize());
        }
        return bytes;
    }
}
