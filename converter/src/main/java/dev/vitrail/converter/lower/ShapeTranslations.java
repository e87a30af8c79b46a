package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.Argument;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Operations that move numbers and compute none. */
final class ShapeTranslations {
    private ShapeTranslations() {}

    static List<Value> reshape(Emission e) {
        return List.of(e.reshape(e.operand(0), e.type(0), e.call().result()));
    }

    static List<Value> expandDims(Emission e) {
        return List.of(e.result("Unsqueeze", e.operand(0), e.longs(e.call().integer("axis"))));
    }

    static List<Value> squeeze(Emission e) {
        return List.of(e.result("Squeeze", e.operand(0), e.longs(e.call().integers("axes"))));
    }

    static List<Value> transpose(Emission e) {
        long[] axes = e.call().integers("axes");
        boolean unchanged = IntStream.range(0, axes.length).allMatch(i -> axes[i] == i);
        return List.of(
                unchanged
                        ? e.operand(0)
                        : e.node(
                                "Transpose",
                                e.call().result(),
                                Map.of("perm", Attribute.ints(axes)),
                                e.operand(0)));
    }

    static List<Value> broadcast(Emission e) {
        return List.of(expand(e, e.operand(0), e.type(0), e.call().result()));
    }

    /** Only the axes that grow need a size; the others may be 1, which is never unknown. */
    private static Value expand(Emission e, Value value, ArrayType from, ArrayType to) {
        if (from.equals(to)) {
            return value;
        }
        int added = to.rank() - from.rank();
        List<Extent> target = new ArrayList<>();
        for (int i = 0; i < to.rank(); i++) {
            boolean kept = i >= added && from.shape().get(i - added).equals(to.shape().get(i));
            target.add(kept ? Extent.of(1) : to.shape().get(i));
        }
        return e.node("Expand", to, value, e.sizes(target));
    }

    static List<Value> tile(Emission e) {
        return List.of(e.result("Tile", e.operand(0), e.sizes(e.call().extents("repeats"))));
    }

    /** Each number several times in a row: a new axis behind, widened, and folded in. */
    static List<Value> repeat(Emission e) {
        ArrayType from = e.type(0);
        ArrayType result = e.call().result();
        int axis = (int) e.call().integer("axis");
        if (from.shape().get(axis).equals(Extent.of(1))) {
            return List.of(expand(e, e.operand(0), from, result));
        }
        List<Extent> shape = new ArrayList<>(from.shape());
        shape.add(axis + 1, Extent.of(1));
        ArrayType opened = new ArrayType(from.numbers(), shape);
        Value value = e.node("Unsqueeze", opened, e.operand(0), e.longs(axis + 1));
        shape.set(axis + 1, e.call().extent("repeats"));
        ArrayType widened = new ArrayType(from.numbers(), shape);
        return List.of(e.reshape(expand(e, value, opened, widened), widened, result));
    }

    static List<Value> concat(Emission e) {
        NumberType common = e.call().get(Argument.Type.class, "numbers").value();
        Value[] parts =
                IntStream.range(0, e.call().operands().size())
                        .mapToObj(i -> e.operand(i, common))
                        .toArray(Value[]::new);
        return List.of(
                parts.length == 1
                        ? parts[0]
                        : e.node(
                                "Concat",
                                e.call().result(),
                                Map.of("axis", Attribute.of(e.call().integer("axis"))),
                                parts));
    }

    static List<Value> split(Emission e) {
        if (e.call().results().size() == 1) {
            return List.of(e.operand(0));
        }
        return e.nodes(
                "Split",
                e.call().results(),
                Map.of("axis", Attribute.of(e.call().integer("axis"))),
                e.operand(0),
                e.sizes(e.call().extents("sizes")));
    }

    /** DJL lists pairs from the last axis on, ONNX all starts and then all ends from the first. */
    static List<Value> pad(Emission e) {
        long[] pairs = e.call().integers("padding");
        int rank = e.type(0).rank();
        long[] pads = new long[rank * 2];
        for (int i = 0; i < pairs.length; i += 2) {
            pads[rank - 1 - i / 2] = pairs[i];
            pads[2 * rank - 1 - i / 2] = pairs[i + 1];
        }
        Value filling = e.number(e.call().result().numbers(), e.call().real("value"));
        return List.of(e.result("Pad", e.operand(0), e.longs(pads), filling));
    }
}
