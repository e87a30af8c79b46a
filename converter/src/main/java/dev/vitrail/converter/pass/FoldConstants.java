package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Constant;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphEditor;
import dev.vitrail.converter.graph.GraphIndex;
import dev.vitrail.converter.graph.Initializer;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Computes ahead what depends on small constants only, and looks at a weight in another shape
 * instead of reshaping it when the model runs.
 *
 * <p>Results have at most 4 096 elements: a table that is cheap to compute is not worth megabytes
 * in the file. Weights are never read; a {@code Reshape} or a {@code Transpose} of a weight that
 * nobody else reads becomes another view of the same memory, under the same name.
 */
final class FoldConstants implements Pass {
    private static final long LARGEST_RESULT = 4096;

    @Override
    public Graph apply(Graph graph) {
        GraphEditor editor = new GraphEditor(graph);
        Map<String, Constant> folded = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node.domain().isEmpty()
                    && node.outputs().size() == 1
                    && !editor.index().isOutput(node.output())) {
                fold(node, editor, folded);
            }
        }
        return editor.apply();
    }

    private static void fold(Node node, GraphEditor editor, Map<String, Constant> folded) {
        Optional<Constant> result =
                compute(node, editor.index(), folded)
                        .filter(constant -> constant.type().equals(node.output().type()));
        if (result.isPresent()) {
            folded.put(node.output().name(), result.get());
            editor.fold(node, result.get());
            return;
        }
        Optional<Initializer> weight =
                editor.index()
                        .initializer(node.input(0))
                        .filter(w -> !w.data().isInline() && !editor.isSwapped(w))
                        .filter(w -> editor.index().hasOneReader(w.value()));
        weight.flatMap(w -> view(node, w))
                .ifPresent(
                        data -> {
                            TensorType type = node.output().type();
                            editor.replace(node.output(), editor.swap(weight.get(), type, data));
                            editor.rewrite(node);
                        });
    }

    private static Optional<Constant> compute(
            Node node, GraphIndex index, Map<String, Constant> folded) {
        TensorType type = node.output().type();
        boolean fixed = type.elementType().byteSize() > 0 && type.isFixed();
        if (!fixed || type.elementCount() > LARGEST_RESULT) {
            return Optional.empty();
        }
        if (node.is("Constant")) {
            return node.attributes().get("value") instanceof Attribute.Tensor tensor
                            && tensor.data().isInline()
                    ? Optional.of(new Constant(tensor.type(), tensor.data()))
                    : Optional.empty();
        }
        List<Constant> operands = new ArrayList<>();
        for (Value input : node.inputs()) {
            Optional<Constant> operand =
                    Optional.ofNullable(folded.get(input.name())).or(() -> index.constant(input));
            if (operand.isEmpty()) {
                return Optional.empty();
            }
            operands.add(operand.get());
        }
        return operands.isEmpty() ? Optional.empty() : Arithmetic.compute(node, operands);
    }

    /** The same memory seen as what the node makes of it. */
    private static Optional<TensorData> view(Node node, Initializer weight) {
        TensorType type = node.output().type();
        boolean fixed = type.elementType().byteSize() > 0 && type.isFixed();
        boolean keepsOrder =
                List.of("Reshape", "Flatten", "Squeeze", "Unsqueeze").contains(node.operator());
        if (fixed && keepsOrder && type.byteSize() == weight.data().byteSize()) {
            return Optional.of(weight.data());
        }
        if (node.is("Transpose") && weight.type().rank() == 2) {
            boolean exchanges =
                    !(node.attributes().get("perm") instanceof Attribute.Ints perm)
                            || perm.values().equals(List.of(1L, 0L));
            long[] sizes = weight.type().sizes();
            return exchanges
                    ? Optional.of(
                            TensorData.transposed(
                                    weight.data(),
                                    sizes[0],
                                    sizes[1],
                                    weight.type().elementType().byteSize()))
                    : Optional.empty();
        }
        return Optional.empty();
    }
}
