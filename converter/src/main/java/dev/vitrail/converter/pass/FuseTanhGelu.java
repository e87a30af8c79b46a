package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Constant;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphEditor;
import dev.vitrail.converter.graph.GraphIndex;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From opset 20 on, writes the tanh form of GELU as ONNX's own {@code Gelu}. Since {@code (1 +
 * tanh(u)) / 2 = σ(2u)},
 *
 * <pre>
 * x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))  =  x σ(x (c + 0.044715 c x²)),  c = 2 √(2/π)
 * </pre>
 *
 * and the right side is what networks trace as when they keep to few operations. It does not apply
 * if a constant differs by more than a float's rounding, or if anything else reads a value in
 * between.
 */
final class FuseTanhGelu implements Pass {
    private static final int FIRST_OPSET = 20;
    private static final double LINEAR = 2 * Math.sqrt(2 / Math.PI);
    private static final double CUBIC = 0.044715 * LINEAR;

    /** The constants may have been rounded to floats, twice. */
    private static final double ROUNDING = 1e-6;

    @Override
    public Graph apply(Graph graph) {
        if (graph.opset() < FIRST_OPSET) {
            return graph;
        }
        GraphEditor editor = new GraphEditor(graph);
        for (Node node : graph.nodes()) {
            for (int gate = 0; gate < 2 && node.is("Mul"); gate++) {
                Value x = node.input(1 - gate);
                if (isGate(node.input(gate), x, editor.index())) {
                    fuse(node, x, editor);
                    break;
                }
            }
        }
        return editor.apply();
    }

    private static void fuse(Node product, Value x, GraphEditor editor) {
        int slash = product.name().lastIndexOf('/');
        String name =
                slash < 0
                        ? product.name()
                        : editor.unique(product.name().substring(0, slash + 1) + "Gelu");
        editor.rewrite(
                product,
                new Node(
                                "Gelu",
                                name,
                                List.of(x),
                                product.outputs(),
                                Map.of("approximate", new Attribute.Text("tanh")))
                        .withDocumentation(product.documentation()));
    }

    /** Whether a value is {@code σ(x (c + 0.044715 c x²))}. */
    private static boolean isGate(Value gate, Value x, GraphIndex index) {
        return index.soleProducer(gate, "Sigmoid")
                .flatMap(sigmoid -> index.soleProducer(sigmoid.input(0), "Mul"))
                .flatMap(cubic -> other(cubic, x))
                .flatMap(sum -> index.soleProducer(sum, "Add"))
                .flatMap(sum -> withoutNumber(sum, LINEAR, index))
                .flatMap(term -> index.soleProducer(term, "Mul"))
                .flatMap(term -> withoutNumber(term, CUBIC, index))
                .flatMap(square -> index.soleProducer(square, "Mul"))
                .filter(square -> square.input(0).equals(x) && square.input(1).equals(x))
                .isPresent();
    }

    /** The operand beside a given one. */
    private static Optional<Value> other(Node node, Value given) {
        if (node.input(0).equals(given)) {
            return Optional.of(node.input(1));
        }
        return node.input(1).equals(given) ? Optional.of(node.input(0)) : Optional.empty();
    }

    /** The operand beside a constant number that leaves its shape as it is. */
    private static Optional<Value> withoutNumber(Node node, double number, GraphIndex index) {
        for (int i = 0; i < 2; i++) {
            Value other = node.input(1 - i);
            boolean matches =
                    index.constant(node.input(i))
                            .filter(Constant::isFloating)
                            .map(Constant::doubles)
                            .filter(values -> values.length == 1)
                            .filter(values -> Math.abs(values[0] / number - 1) < ROUNDING)
                            .isPresent();
            if (matches && other.type().equals(node.output().type())) {
                return Optional.of(other);
            }
        }
        return Optional.empty();
    }
}
