package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Constant;
import dev.vitrail.converter.graph.Dim;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphEditor;
import dev.vitrail.converter.graph.GraphIndex;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes one {@code Reshape} of two in a row: only the last shape counts. A target of the second
 * that copies an axis of its operand (0) keeps its meaning only where the first operand has the
 * same extent at that axis. If the first has other readers, it stays for them.
 */
final class MergeReshapes implements Pass {
    @Override
    public Graph apply(Graph graph) {
        GraphEditor editor = new GraphEditor(graph);
        for (Node second : graph.nodes()) {
            Optional<Node> first =
                    second.is("Reshape")
                            ? editor.index().producer(second.input(0)).filter(MergeReshapes::moves)
                            : Optional.empty();
            first.filter(f -> meansTheSame(f.input(0), second, editor.index()))
                    .ifPresent(
                            f ->
                                    editor.rewrite(
                                            second,
                                            second.withInputs(
                                                    List.of(f.input(0), second.input(1)))));
        }
        return editor.apply();
    }

    /** Operators that only change the shape. */
    private static boolean moves(Node node) {
        return node.is("Reshape")
                || node.is("Flatten")
                || node.is("Squeeze")
                || node.is("Unsqueeze");
    }

    private static boolean meansTheSame(Value operand, Node second, GraphIndex index) {
        Optional<Constant> target = index.constant(second.input(1));
        if (target.isEmpty() || second.intAttribute("allowzero", 0) != 0) {
            return false;
        }
        long[] extents = target.get().longs();
        if (Arrays.stream(extents).noneMatch(extent -> extent == 0)) {
            return true;
        }
        for (int axis = 0; axis < extents.length; axis++) {
            if (extents[axis] == 0) {
                Dim copied = second.input(0).type().dim(axis);
                boolean there = axis < operand.type().rank();
                if (!there || !operand.type().dim(axis).surelyEquals(copied)) {
                    return false;
                }
            }
        }
        return true;
    }
}
