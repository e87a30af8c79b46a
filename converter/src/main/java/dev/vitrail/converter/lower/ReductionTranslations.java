package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Operations that gather an axis into a number, or order it. */
final class ReductionTranslations {
    private ReductionTranslations() {}

    static Translation reduction(String operator) {
        return e -> {
            ArrayType result = e.call().result();
            NumberType computed =
                    result.numbers() == NumberType.BOOLEAN ? NumberType.INT32 : result.numbers();
            long[] axes = e.call().integers("axes");
            Value input = e.operand(0, computed);
            ArrayType type = new ArrayType(computed, result.shape());
            Value reduced =
                    axes.length == 0
                            ? input
                            : reduce(e, operator, type, input, axes, e.call().flag("keepDims"));
            return List.of(e.cast(reduced, type, result.numbers()));
        };
    }

    /** The axes are an input since opset 18, of the sum since 13. */
    private static Value reduce(
            Emission e, String operator, ArrayType type, Value input, long[] axes, boolean keep) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("keepdims", Attribute.of(keep ? 1 : 0));
        if (e.opset() >= 18 || operator.equals("ReduceSum")) {
            return e.node(operator, type, attributes, input, e.longs(axes));
        }
        attributes.put("axes", Attribute.ints(axes));
        return e.node(operator, type, attributes, input);
    }

    static List<Value> norm(Emission e) {
        return List.of(
                norm(
                        e,
                        e.call().result(),
                        e.call().integer("order"),
                        e.call().integers("axes"),
                        e.call().flag("keepDims")));
    }

    static Value norm(Emission e, ArrayType type, double order, long[] axes, boolean keep) {
        Value input = e.operand(0, type.numbers());
        if (order == 1 || order == 2) {
            return reduce(e, order == 1 ? "ReduceL1" : "ReduceL2", type, input, axes, keep);
        } else if (order <= 0) {
            throw e.call().problem("the norm of order " + order + " has no translation");
        }
        ArrayType whole = new ArrayType(type.numbers(), e.type(0).shape());
        Value powers =
                e.node("Pow", whole, e.node("Abs", whole, input), e.number(type.numbers(), order));
        Value sum = reduce(e, "ReduceSum", type, powers, axes, keep);
        return e.node("Pow", type, sum, e.number(type.numbers(), 1 / order));
    }

    static List<Value> normalize(Emission e) {
        ArrayType result = e.call().result();
        int axis = (int) e.call().integer("axis");
        List<Extent> kept = new ArrayList<>(result.shape());
        kept.set(axis, Extent.of(1));
        ArrayType type = new ArrayType(result.numbers(), kept);
        Value norm = norm(e, type, e.call().real("exponent"), new long[] {axis}, true);
        Value bounded = e.node("Max", type, norm, e.number(type.numbers(), e.call().real("eps")));
        return List.of(e.result("Div", e.operand(0), bounded));
    }

    static List<Value> cumSum(Emission e) {
        Value input = e.operand(0, e.call().result().numbers());
        return List.of(e.result("CumSum", input, e.longScalar(e.call().integer("axis"))));
    }

    /**
     * ONNX has no running product. Each step multiplies every number by the product that ends one,
     * two, four… places before it, so an axis of n takes log n steps.
     */
    static List<Value> cumProd(Emission e) {
        ArrayType result = e.call().result();
        int axis = (int) e.call().integer("axis");
        long size = e.call().fixed("axis " + axis, result.shape().get(axis));
        NumberType computed = ArithmeticTranslations.computable(result.numbers());
        ArrayType type = new ArrayType(computed, result.shape());
        Value one = e.number(computed, 1);
        Value product = e.operand(0, computed);
        for (long step = 1; step < size; step *= 2) {
            List<Extent> shorter = new ArrayList<>(type.shape());
            shorter.set(axis, Extent.of(size - step));
            Value earlier =
                    e.node(
                            "Slice",
                            new ArrayType(computed, shorter),
                            product,
                            e.longs(0),
                            e.longs(-step),
                            e.longs(axis));
            long[] pads = new long[type.rank() * 2];
            pads[axis] = step;
            Value moved = e.node("Pad", type, earlier, e.longs(pads), one);
            product = e.node("Mul", type, product, moved);
        }
        return List.of(e.cast(product, type, result.numbers()));
    }

    static Translation place(String operator) {
        return e ->
                List.of(
                        e.node(
                                operator,
                                e.call().result(),
                                Map.of(
                                        "axis", Attribute.of(e.call().integer("axis")),
                                        "keepdims", Attribute.of(0)),
                                e.operand(0)));
    }

    static List<Value> topK(Emission e) {
        return e.nodes(
                "TopK",
                e.call().results(),
                Map.of(
                        "axis", Attribute.of(e.call().integer("axis")),
                        "largest", Attribute.of(e.call().flag("largest") ? 1 : 0),
                        "sorted", Attribute.of(1)),
                e.operand(0),
                e.sizes(List.of(e.call().extent("k"))));
    }
}
