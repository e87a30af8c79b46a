package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operations that pick numbers by their place. */
final class IndexTranslations {
    private IndexTranslations() {}

    static List<Value> slice(Emission e) {
        return List.of(
                e.result(
                        "Slice",
                        e.operand(0),
                        e.longs(e.call().extents("starts")),
                        e.longs(e.call().extents("ends")),
                        e.longs(e.call().integers("axes")),
                        e.longs(e.call().integers("steps"))));
    }

    /** From the last to before the first, in steps of −1. */
    static List<Value> flip(Emission e) {
        long[] axes = e.call().integers("axes");
        return List.of(
                e.result(
                        "Slice",
                        e.operand(0),
                        e.longs(filled(axes.length, -1)),
                        e.longs(filled(axes.length, Long.MIN_VALUE)),
                        e.longs(axes),
                        e.longs(filled(axes.length, -1))));
    }

    private static long[] filled(int length, long value) {
        return LongStream.generate(() -> value).limit(length).toArray();
    }

    static List<Value> select(Emission e) {
        Value place = e.longScalar(e.call().extent("index"));
        return List.of(overAxis(e, "Gather", e.operand(0), place));
    }

    static List<Value> take(Emission e) {
        return List.of(overAxis(e, "Gather", e.operand(0), indices(e, 1)));
    }

    static List<Value> gather(Emission e) {
        return List.of(overAxis(e, "GatherElements", e.operand(0), indices(e, 1)));
    }

    static List<Value> scatter(Emission e) {
        return List.of(overAxis(e, "ScatterElements", e.operand(0), indices(e, 1), e.operand(2)));
    }

    private static Value overAxis(Emission e, String operator, Value... inputs) {
        return e.node(
                operator,
                e.call().result(),
                Map.of("axis", Attribute.of(e.call().integer("axis"))),
                inputs);
    }

    private static Value indices(Emission e, int operand) {
        return e.operand(operand, NumberType.INT64);
    }

    /** The two axes behind the others and folded into one, of which evenly spaced places remain. */
    static List<Value> diagonal(Emission e) {
        ArrayType result = e.call().result();
        ArrayType from = e.type(0);
        int rows = (int) e.call().integer("rows");
        int columns = (int) e.call().integer("columns");
        long offset = e.call().integer("offset");
        long width = e.call().fixed("axis " + columns, from.shape().get(columns));
        int last = result.rank() - 1;
        long length = e.call().fixed("the length of the diagonal", result.shape().get(last));
        List<Integer> order = new ArrayList<>();
        IntStream.range(0, from.rank()).filter(a -> a != rows && a != columns).forEach(order::add);
        order.add(rows);
        order.add(columns);
        ArrayType moved =
                new ArrayType(from.numbers(), order.stream().map(from.shape()::get).toList());
        long[] perm = order.stream().mapToLong(Integer::longValue).toArray();
        Value behind =
                e.node("Transpose", moved, Map.of("perm", Attribute.ints(perm)), e.operand(0));
        List<Extent> folded = new ArrayList<>(result.shape());
        folded.set(last, from.shape().get(rows).times(width));
        Value flat = e.reshape(behind, moved, new ArrayType(from.numbers(), folded));
        long first = Math.max(0, -offset) * width + Math.max(0, offset);
        long[] places = LongStream.range(0, length).map(i -> first + i * (width + 1)).toArray();
        return List.of(
                e.node(
                        "Gather",
                        result,
                        Map.of("axis", Attribute.of(last)),
                        flat,
                        e.longs(places)));
    }

    /** DJL has the coordinates on the first axis of the indices, ONNX on the last. */
    static List<Value> gatherNd(Emission e) {
        List<Extent> shape = new ArrayList<>(e.type(1).shape());
        shape.add(shape.remove(0));
        long[] axes = LongStream.rangeClosed(1, shape.size()).toArray();
        axes[axes.length - 1] = 0;
        Value moved =
                e.node(
                        "Transpose",
                        new ArrayType(NumberType.INT64, shape),
                        Map.of("perm", Attribute.ints(axes)),
                        indices(e, 1));
        return List.of(e.result("GatherND", e.operand(0), moved));
    }

    static List<Value> oneHot(Emission e) {
        ArrayType result = e.call().result();
        NumberType numbers = result.numbers().isFloating() ? NumberType.FLOAT32 : NumberType.INT64;
        Value values =
                e.constant(
                        ArrayType.of(numbers, 2),
                        Constants.pair(numbers, e.call().real("off"), e.call().real("on")));
        ArrayType type = new ArrayType(numbers, result.shape());
        Value hot =
                e.node(
                        "OneHot",
                        type,
                        indices(e, 0),
                        e.longScalar(e.call().integer("depth")),
                        values);
        return List.of(e.cast(hot, type, result.numbers()));
    }
}
