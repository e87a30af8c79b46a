package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Constant;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphEditor;
import dev.vitrail.converter.graph.GraphIndex;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Removes nodes that give what they are given: {@code Identity}; {@code Dropout} at inference;
 * {@code Cast} to the type that is there; {@code Reshape}, {@code Flatten} and {@code Expand} to
 * the shape that is there; {@code Transpose} that keeps the order; {@code Concat} of one; {@code
 * Slice} of everything; addition of zero and multiplication by one.
 *
 * <p>Zero and one count only where the result has the shape of the other operand, and adding zero
 * may turn a negative zero into a positive one, which compares equal.
 */
final class RemoveIdentities implements Pass {
    @Override
    public Graph apply(Graph graph) {
        GraphEditor editor = new GraphEditor(graph);
        for (Node node : graph.nodes()) {
            if (node.domain().isEmpty() && onlyFirstOutputIsRead(node, editor.index())) {
                same(node, editor.index())
                        .filter(value -> value.type().equals(node.output().type()))
                        .filter(value -> editor.replace(node.output(), value))
                        .ifPresent(value -> editor.rewrite(node));
            }
        }
        return editor.apply();
    }

    private static boolean onlyFirstOutputIsRead(Node node, GraphIndex index) {
        return node.outputs().stream()
                .skip(1)
                .allMatch(v -> v.isAbsent() || index.consumers(v).isEmpty() && !index.isOutput(v));
    }

    /** The input that the node's output surely equals. */
    private static Optional<Value> same(Node node, GraphIndex index) {
        Value first = node.input(0);
        boolean unchanged =
                switch (node.operator()) {
                    case "Identity", "Cast" -> true;
                    case "Reshape", "Flatten", "Expand" -> keepsShape(node);
                    case "Dropout" -> !trains(node, index);
                    case "Transpose" -> keepsOrder(node);
                    case "Concat" -> node.inputs().size() == 1;
                    case "Slice" -> keepsShape(node) && stepsForward(node, index);
                    case "Add" -> isAll(node.input(1), 0, index);
                    case "Sub" -> isAll(node.input(1), 0, index);
                    case "Mul", "Div", "Pow" -> isAll(node.input(1), 1, index);
                    default -> false;
                };
        if (unchanged) {
            return Optional.of(first);
        }
        boolean second =
                node.is("Add") && isAll(first, 0, index)
                        || node.is("Mul") && isAll(first, 1, index);
        return second ? Optional.of(node.input(1)) : Optional.empty();
    }

    private static boolean keepsShape(Node node) {
        return node.input(0).type().sameShape(node.output().type());
    }

    private static boolean trains(Node node, GraphIndex index) {
        Value training = node.input(2);
        return !training.isAbsent() && !isAll(training, 0, index);
    }

    private static boolean keepsOrder(Node node) {
        if (!(node.attributes().get("perm") instanceof Attribute.Ints perm)) {
            return node.input(0).type().rank() < 2;
        }
        for (int i = 0; i < perm.values().size(); i++) {
            if (perm.values().get(i) != i) {
                return false;
            }
        }
        return true;
    }

    private static boolean stepsForward(Node node, GraphIndex index) {
        return node.input(4).isAbsent() || isAll(node.input(4), 1, index);
    }

    private static boolean isAll(Value value, long number, GraphIndex index) {
        Optional<Constant> constant = index.constant(value);
        if (constant.isEmpty() || constant.get().data().byteSize() == 0) {
            return false;
        }
        if (constant.get().isFloating()) {
            return Arrays.stream(constant.get().doubles()).allMatch(x -> x == number);
        }
        boolean halfFloats =
                List.of("float16", "bfloat16").contains(value.type().elementType().text());
        return Arrays.stream(constant.get().longs())
                .allMatch(x -> x == number && !(halfFloats && number != 0));
    }
}
