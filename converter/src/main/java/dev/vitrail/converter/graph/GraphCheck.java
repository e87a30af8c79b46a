package dev.vitrail.converter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must hold of every graph, apart from what each operator means: every value is given once and
 * before it is used, names are unique, types are stated and agree, operators exist.
 *
 * <p>The rules are those of the ONNX checker that can be told without the operators' schemas.
 */
public final class GraphCheck {
    private final Graph graph;
    private final Map<String, TensorType> defined = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    private GraphCheck(Graph graph) {
        this.graph = graph;
    }

    /**
     * Looks for everything that is wrong.
     *
     * @param graph the graph
     * @return one sentence a problem, in the graph's order; empty if all is well
     */
    public static List<String> problems(Graph graph) {
        GraphCheck check = new GraphCheck(graph);
        check.run();
        return List.copyOf(check.problems);
    }

    /**
     * Passes a graph through if nothing is wrong with it.
     *
     * @param graph the graph
     * @return the same graph
     * @throws IllegalStateException with every problem; whoever made the graph has a bug
     */
    public static Graph require(Graph graph) {
        List<String> problems = problems(graph);
        if (!problems.isEmpty()) {
            throw new IllegalStateException(
                    "graph " + graph.name() + " is broken: " + String.join("; ", problems));
        }
        return graph;
    }

    private void run() {
        if (graph.outputs().isEmpty()) {
            problems.add("the graph has no outputs");
        }
        graph.inputs().forEach(input -> define(input, "the inputs"));
        graph.initializers().forEach(weight -> define(weight.value(), "the initializers"));
        Set<String> nodeNames = new HashSet<>();
        for (Node node : graph.nodes()) {
            if (!nodeNames.add(node.name())) {
                problems.add("two nodes are called " + node.name());
            }
            checkOperator(node);
            node.inputs().forEach(input -> use(input, "node " + node.name()));
            boolean gives = false;
            for (Value output : node.outputs()) {
                if (!output.isAbsent()) {
                    gives = true;
                    define(output, "node " + node.name());
                }
            }
            if (!gives) {
                problems.add("node " + node.name() + " gives nothing");
            }
        }
        Set<String> outputNames = new HashSet<>();
        for (Value output : graph.outputs()) {
            use(output, "the outputs");
            if (!outputNames.add(output.name())) {
                problems.add(output.name() + " is an output twice");
            }
        }
    }

    private void checkOperator(Node node) {
        if (!graph.opsets().containsKey(node.domain())) {
            problems.add(
                    "node "
                            + node.name()
                            + " is of the domain "
                            + node.domain()
                            + ", whose opset is"
                            + " not stated");
        } else if (node.domain().isEmpty()
                && !KnownOperators.contains(node.operator(), graph.opset())) {
            problems.add(
                    "node "
                            + node.name()
                            + " is a "
                            + node.operator()
                            + ", which opset "
                            + graph.opset()
                            + " does not have");
        }
    }

    private void define(Value value, String where) {
        if (value.isAbsent()) {
            problems.add("a value without a name is among " + where);
            return;
        }
        if (value.type().elementType() == ElementType.UNDEFINED) {
            problems.add(value.name() + " has no type");
        }
        if (defined.put(value.name(), value.type()) != null) {
            problems.add(value.name() + " is given twice, the second time by " + where);
        }
    }

    private void use(Value value, String where) {
        if (value.isAbsent()) {
            return;
        }
        TensorType type = defined.get(value.name());
        if (type == null) {
            problems.add(where + " uses " + value.name() + ", which nothing before it gives");
        } else if (!type.equals(value.type())) {
            problems.add(
                    where
                            + " uses "
                            + value.name()
                            + " as "
                            + value.type().text()
                            + ", but it is "
                            + type.text());
        }
    }
}
