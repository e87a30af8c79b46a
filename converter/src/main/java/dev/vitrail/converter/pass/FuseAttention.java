package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Constant;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphEditor;
import dev.vitrail.converter.graph.GraphIndex;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From opset 23 on, writes scaled dot-product attention as ONNX's own {@code Attention}. With query
 * {@code [batch, heads, tokens, h]}, key {@code [batch, heads, others, h]} and value {@code [batch,
 * heads, others, v]}:
 *
 * <pre>
 * Softmax((scale · query) × keyᵀ) × value  =  Attention(query, key, value) {scale}
 * </pre>
 *
 * The scale may stand at the query, at the scores, at both or nowhere; the operator multiplies
 * query and key by its root each (ONNX specification, Attention-23), which is why it must be
 * positive, and an absent attribute would mean {@code 1/√h}, which is why it is always stated.
 *
 * <p>It does not apply if anything stands in between (a mask that is added, dropout in training),
 * if the softmax runs over another axis, if scores or weights have other readers, or if the
 * operands agree only by broadcasting, which the operator reads as grouped heads.
 */
final class FuseAttention implements Pass {
    private static final int FIRST_OPSET = 23;
    private static final List<Long> LAST_TWO_EXCHANGED = List.of(0L, 1L, 3L, 2L);

    /** A value and the positive number that it is multiplied by. */
    private record Scaled(Value value, double factor) {}

    @Override
    public Graph apply(Graph graph) {
        if (graph.opset() < FIRST_OPSET) {
            return graph;
        }
        GraphEditor editor = new GraphEditor(graph);
        for (Node node : graph.nodes()) {
            if (node.is("MatMul")) {
                softmax(node.input(0), editor.index())
                        .ifPresent(softmax -> fuse(softmax, node, editor));
            }
        }
        return editor.apply();
    }

    /** The softmax over the last axis that gives the weights, if nobody else reads them. */
    private static Optional<Node> softmax(Value weights, GraphIndex index) {
        return index.soleProducer(weights, "Softmax")
                .filter(node -> node.output().type().rank() == 4)
                .filter(node -> List.of(-1L, 3L).contains(node.intAttribute("axis", -1)));
    }

    private static void fuse(Node softmax, Node mixing, GraphEditor editor) {
        GraphIndex index = editor.index();
        Scaled scores = scaled(softmax.input(0), index);
        boolean scoresAreReadOnce =
                scores.value().equals(softmax.input(0)) || index.hasOneReader(softmax.input(0));
        Optional<Node> product = index.soleProducer(scores.value(), "MatMul");
        Optional<Value> key = product.flatMap(node -> transposed(node.input(1), index));
        if (!scoresAreReadOnce || key.isEmpty()) {
            return;
        }
        Scaled query = scaled(product.get().input(0), index);
        Value value = mixing.input(1);
        float scale = (float) (query.factor() * scores.factor());
        if (!fit(query.value().type(), key.get().type(), value.type())
                || !(scale > 0 && scale < Float.POSITIVE_INFINITY)) {
            return;
        }
        editor.rewrite(
                mixing,
                new Node(
                                "Attention",
                                name(softmax, mixing, editor),
                                List.of(query.value(), key.get(), value),
                                mixing.outputs(),
                                Map.of("scale", new Attribute.Float(scale)))
                        .withDocumentation(mixing.documentation()));
    }

    /** Looks through a multiplication by, or a division by, one positive number. */
    private static Scaled scaled(Value value, GraphIndex index) {
        Optional<Node> node = index.producer(value);
        if (node.isPresent() && (node.get().is("Mul") || node.get().is("Div"))) {
            boolean divides = node.get().is("Div");
            for (int i = divides ? 1 : 0; i < 2; i++) {
                Value other = node.get().input(1 - i);
                Optional<Double> number = number(node.get().input(i), index);
                if (number.isPresent() && other.type().equals(value.type())) {
                    return new Scaled(other, divides ? 1 / number.get() : number.get());
                }
            }
        }
        return new Scaled(value, 1);
    }

    private static Optional<Double> number(Value value, GraphIndex index) {
        return index.constant(value)
                .filter(Constant::isFloating)
                .map(Constant::doubles)
                .filter(numbers -> numbers.length == 1 && numbers[0] > 0)
                .map(numbers -> numbers[0]);
    }

    private static Optional<Value> transposed(Value value, GraphIndex index) {
        return index.producer(value)
                .filter(node -> node.is("Transpose"))
                .filter(
                        node ->
                                node.attributes().get("perm") instanceof Attribute.Ints perm
                                        && perm.values().equals(LAST_TWO_EXCHANGED))
                .map(node -> node.input(0));
    }

    private static boolean fit(TensorType query, TensorType key, TensorType value) {
        for (TensorType type : List.of(query, key, value)) {
            if (type.rank() != 4
                    || type.elementType() != ElementType.FLOAT
                    || !type.dim(0).surelyEquals(query.dim(0))
                    || !type.dim(1).surelyEquals(query.dim(1))) {
                return false;
            }
        }
        return query.dim(3).surelyEquals(key.dim(3)) && key.dim(2).surelyEquals(value.dim(2));
    }

    /** The block's path, as other operators of the block have it. */
    private static String name(Node softmax, Node mixing, GraphEditor editor) {
        int slash = softmax.name().lastIndexOf('/');
        return slash < 0
                ? mixing.name()
                : editor.unique(softmax.name().substring(0, slash + 1) + "Attention");
    }
}
