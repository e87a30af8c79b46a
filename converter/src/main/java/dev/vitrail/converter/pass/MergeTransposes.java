package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphEditor;
import dev.vitrail.converter.graph.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes one {@code Transpose} of two in a row: axis {@code i} of the result is axis {@code
 * first[second[i]]} of the operand. If the first has other readers, it stays for them.
 */
final class MergeTransposes implements Pass {
    @Override
    public Graph apply(Graph graph) {
        GraphEditor editor = new GraphEditor(graph);
        for (Node second : graph.nodes()) {
            Optional<Node> first =
                    second.is("Transpose")
                            ? editor.index()
                                    .producer(second.input(0))
                                    .filter(n -> n.is("Transpose"))
                            : Optional.empty();
            first.ifPresent(f -> editor.rewrite(second, merged(f, second)));
        }
        return editor.apply();
    }

    private static Node merged(Node first, Node second) {
        List<Long> inner = order(first);
        List<Long> order = order(second).stream().map(i -> inner.get(i.intValue())).toList();
        return new Node(
                        "Transpose",
                        second.name(),
                        first.inputs(),
                        second.outputs(),
                        Map.of("perm", new Attribute.Ints(order)))
                .withDocumentation(second.documentation());
    }

    /** The axes in their new order; without the attribute they are reversed. */
    private static List<Long> order(Node transpose) {
        if (transpose.attributes().get("perm") instanceof Attribute.Ints perm) {
            return perm.values();
        }
        int rank = transpose.input(0).type().rank();
        return IntStream.range(0, rank).mapToObj(i -> (long) (rank - 1 - i)).toList();
    }
}
