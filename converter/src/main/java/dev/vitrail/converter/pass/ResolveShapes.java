package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Constant;
import dev.vitrail.converter.graph.Dim;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphEditor;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Replaces arithmetic on shapes by what the types say already.
 *
 * <ul>
 *   <li>{@code Shape} of a fixed shape, {@code Size} of one, and a single fixed extent picked out
 *       of a {@code Shape} become constants;
 *   <li>a {@code Reshape} whose result has at most one extent that is not fixed gets a constant
 *       target, with −1 for that extent: the chain that computed the target is dead then. An extent
 *       that the operand has at the same axis becomes 0 if that leaves −1 for another.
 * </ul>
 *
 * A {@code Reshape} with two extents that are computed, or an empty result, is left alone.
 */
final class ResolveShapes implements Pass {
    @Override
    public Graph apply(Graph graph) {
        GraphEditor editor = new GraphEditor(graph);
        for (Node node : graph.nodes()) {
            Optional<Constant> known =
                    switch (node.operator()) {
                        case "Shape" -> shape(node);
                        case "Size" -> size(node);
                        case "Gather" -> extent(node, editor);
                        default -> Optional.empty();
                    };
            if (node.domain().isEmpty()
                    && isInner(node, editor)
                    && known.filter(k -> k.type().equals(node.output().type())).isPresent()) {
                editor.fold(node, known.get());
            }
            if (node.is("Reshape") && editor.index().constant(node.input(1)).isEmpty()) {
                target(node)
                        .map(target -> editor.add(node.name() + "/shape", target))
                        .ifPresent(
                                target ->
                                        editor.rewrite(
                                                node,
                                                node.withInputs(List.of(node.input(0), target))));
            }
        }
        return editor.apply();
    }

    private static boolean isInner(Node node, GraphEditor editor) {
        return !editor.index().isOutput(node.output());
    }

    private static Optional<Constant> shape(Node node) {
        TensorType type = node.input(0).type();
        int rank = type.rank();
        int from = clamp(node.intAttribute("start", 0), rank);
        int to = clamp(node.intAttribute("end", rank), rank);
        if (!isStated(type)
                || from > to
                || !type.dims().subList(from, to).stream().allMatch(Dim::isFixed)) {
            return Optional.empty();
        }
        TensorType part = new TensorType(ElementType.INT64, type.dims().subList(from, to));
        return Optional.of(
                Constant.ofLongs(TensorType.of(ElementType.INT64, to - from), part.sizes()));
    }

    private static Optional<Constant> size(Node node) {
        TensorType type = node.input(0).type();
        return isStated(type) && type.isFixed()
                ? Optional.of(
                        Constant.ofLongs(TensorType.of(ElementType.INT64), type.elementCount()))
                : Optional.empty();
    }

    /** One extent, or several, gathered from a shape. */
    private static Optional<Constant> extent(Node node, GraphEditor editor) {
        Optional<Node> shape =
                editor.index().producer(node.input(0)).filter(producer -> producer.is("Shape"));
        Optional<Constant> indices = editor.index().constant(node.input(1));
        if (shape.isEmpty() || indices.isEmpty() || node.intAttribute("axis", 0) != 0) {
            return Optional.empty();
        }
        TensorType type = shape.get().input(0).type();
        long start = shape.get().intAttribute("start", 0);
        boolean whole = start == 0 && !shape.get().attributes().containsKey("end");
        if (!isStated(type) || !whole) {
            return Optional.empty();
        }
        long[] extents = indices.get().longs();
        for (int i = 0; i < extents.length; i++) {
            if (!(type.dim((int) extents[i]) instanceof Dim.Fixed fixed)) {
                return Optional.empty();
            }
            extents[i] = fixed.size();
        }
        return Optional.of(Constant.ofLongs(node.output().type(), extents));
    }

    private static Optional<Constant> target(Node node) {
        TensorType from = node.input(0).type();
        TensorType to = node.output().type();
        boolean zeroMeansZero =
                node.attributes().get("allowzero") instanceof Attribute.Int flag
                        && flag.value() != 0;
        if (!isStated(from) || !isStated(to) || zeroMeansZero) {
            return Optional.empty();
        }
        long[] target = new long[to.rank()];
        int unknown = 0;
        for (int axis = 0; axis < target.length; axis++) {
            if (to.dim(axis) instanceof Dim.Fixed fixed) {
                if (fixed.size() == 0) {
                    return Optional.empty();
                }
                target[axis] = fixed.size();
            } else {
                target[axis] = -1;
                unknown++;
            }
        }
        for (int axis = 0; axis < target.length && unknown > 1; axis++) {
            boolean copied = axis < from.rank() && to.dim(axis).surelyEquals(from.dim(axis));
            if (target[axis] == -1 && copied) {
                target[axis] = 0;
                unknown--;
            }
        }
        return unknown > 1
                ? Optional.empty()
                : Optional.of(
                        Constant.ofLongs(TensorType.of(ElementType.INT64, target.length), target));
    }

    private static boolean isStated(TensorType type) {
        return type.elementType() != ElementType.UNDEFINED;
    }

    private static int clamp(long axis, int rank) {
        return (int) Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
    }
}
