package dev.vitrail.converter.graph;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * One operation of a graph.
 *
 * @param domain whose operator it is; empty for ONNX's own
 * @param operator for example {@code MatMul}
 * @param name unique within the graph; the path of the block that it comes from
 * @param inputs in the operator's order, {@link Value#ABSENT} where an optional one is left out
 * @param outputs in the operator's order
 * @param attributes by name, sorted
 * @param documentation what a reader of the graph should know; may be empty
 */
public record Node(
        String domain,
        String operator,
        String name,
        List<Value> inputs,
        List<Value> outputs,
        SortedMap<String, Attribute> attributes,
        String documentation) {

    /**
     * Checks that the parts fit.
     *
     * @param domain as the component
     * @param operator as the component
     * @param name as the component
     * @param inputs as the component
     * @param outputs as the component
     * @param attributes as the component
     * @param documentation as the component
     */
    public Node {
        if (operator.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException(
                    "a node needs an operator and a name, not \""
                            + operator
                            + "\", \""
                            + name
                            + "\"");
        }
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /**
     * A node of ONNX's own domain without documentation.
     *
     * @param operator for example {@code MatMul}
     * @param name unique within the graph
     * @param inputs in the operator's order
     * @param outputs in the operator's order
     * @param attributes by name
     */
    public Node(
            String operator,
            String name,
            List<Value> inputs,
            List<Value> outputs,
            Map<String, Attribute> attributes) {
        this("", operator, name, inputs, outputs, new TreeMap<>(attributes), "");
    }

    /**
     * Whether this is a certain operator of ONNX's own domain.
     *
     * @param candidate for example {@code MatMul}
     * @return true if domain and operator agree
     */
    public boolean is(String candidate) {
        return domain.isEmpty() && operator.equals(candidate);
    }

    /**
     * An input.
     *
     * @param index its place in the operator's order
     * @return the value, {@link Value#ABSENT} if it is left out or beyond the end
     */
    public Value input(int index) {
        return index < inputs.size() ? inputs.get(index) : Value.ABSENT;
    }

    /**
     * The first output, for most operators the only one.
     *
     * @return the value
     */
    public Value output() {
        return outputs.get(0);
    }

    /**
     * A whole-number attribute.
     *
     * @param attribute its name
     * @param absent what holds if the node does not state it: the operator's default
     * @return its value
     */
    public long intAttribute(String attribute, long absent) {
        return attributes.get(attribute) instanceof Attribute.Int value ? value.value() : absent;
    }

    /**
     * A float attribute.
     *
     * @param attribute its name
     * @param absent what holds if the node does not state it: the operator's default
     * @return its value
     */
    public float floatAttribute(String attribute, float absent) {
        return attributes.get(attribute) instanceof Attribute.Float value ? value.value() : absent;
    }

    /**
     * The same node on other inputs.
     *
     * @param others the inputs
     * @return the node
     */
    public Node withInputs(List<Value> others) {
        return new Node(domain, operator, name, others, outputs, attributes, documentation);
    }

    /**
     * The same node with every input and output replaced by what a function gives for it.
     *
     * @param rename from old value to new value; never asked about {@link Value#ABSENT}
     * @return the node, this one if nothing changes
     */
    public Node mapValues(UnaryOperator<Value> rename) {
        List<Value> newInputs = map(inputs, rename);
        List<Value> newOutputs = map(outputs, rename);
        return newInputs.equals(inputs) && newOutputs.equals(outputs)
                ? this
                : new Node(
                        domain, operator, name, newInputs, newOutputs, attributes, documentation);
    }

    /**
     * The same node with a documentation.
     *
     * @param text what a reader of the graph should know
     * @return the node
     */
    public Node withDocumentation(String text) {
        return new Node(domain, operator, name, inputs, outputs, attributes, text);
    }

    private static List<Value> map(List<Value> values, UnaryOperator<Value> rename) {
        return values.stream().map(v -> v.isAbsent() ? v : rename.apply(v)).toList();
    }
}
