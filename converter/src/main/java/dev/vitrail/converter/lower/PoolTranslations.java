package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Call;
import dev.vitrail.converter.trace.Extent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Pooling and resizing over the spatial axes. */
final class PoolTranslations {
    private PoolTranslations() {}

    private static Map<String, Attribute> window(Call call) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("kernel_shape", Attribute.ints(call.integers("kernel")));
        attributes.put("strides", Attribute.ints(call.integers("stride")));
        attributes.put(
                "pads", Attribute.ints(LayerTranslations.bothSides(call.integers("padding"))));
        attributes.put("ceil_mode", Attribute.of(call.flag("ceil") ? 1 : 0));
        return attributes;
    }

    static List<Value> maxPool(Emission e) {
        return List.of(e.node("MaxPool", e.call().result(), window(e.call()), e.operand(0)));
    }

    /**
     * Where the size is rounded up and padding counts, a last window counts the padding that is
     * there and nothing beyond; runtimes disagree about that, so the padding becomes numbers.
     */
    static List<Value> avgPool(Emission e) {
        Call call = e.call();
        Map<String, Attribute> attributes = window(call);
        boolean countsPadding = call.flag("countPadding");
        long[] padding = call.integers("padding");
        boolean padded = Arrays.stream(padding).anyMatch(size -> size != 0);
        if (call.flag("ceil") && countsPadding && padded) {
            attributes.put("pads", Attribute.ints(new long[padding.length * 2]));
            Value larger = padded(e, padding);
            return List.of(e.node("AveragePool", call.result(), attributes, larger));
        }
        attributes.put("count_include_pad", Attribute.of(countsPadding ? 1 : 0));
        return List.of(e.node("AveragePool", call.result(), attributes, e.operand(0)));
    }

    private static Value padded(Emission e, long[] padding) {
        ArrayType from = e.type(0);
        List<Extent> shape = new ArrayList<>(from.shape());
        long[] pads = new long[from.rank() * 2];
        for (int i = 0; i < padding.length; i++) {
            pads[i + 2] = padding[i];
            pads[from.rank() + i + 2] = padding[i];
            long size = shape.get(i + 2).fixed() + 2 * padding[i];
            long stride = e.call().integers("stride")[i];
            long steps = -Math.floorDiv(e.call().integers("kernel")[i] - size, stride) + 1;
            if (steps != e.call().result().shape().get(i + 2).fixed()) {
                throw e.call()
                        .problem(
                                "its last window would lie in the padding; choose a padding that"
                                        + " fits the size, or do not round the size up");
            }
            shape.set(i + 2, Extent.of(size));
        }
        return e.node(
                "Pad",
                new ArrayType(from.numbers(), shape),
                e.operand(0),
                e.longs(pads),
                e.number(from.numbers(), 0));
    }

    static List<Value> lpPool(Emission e) {
        Map<String, Attribute> attributes = window(e.call());
        attributes.put("p", Attribute.of(order(e.call())));
        if (e.opset() < 18) {
            if (e.call().flag("ceil")) {
                throw e.call().problem("rounding the size up needs opset 18 or newer");
            }
            attributes.remove("ceil_mode");
        }
        return List.of(e.node("LpPool", e.call().result(), attributes, e.operand(0)));
    }

    private static long order(Call call) {
        double order = call.real("order");
        if (order <= 0 || order % 2 != 0) {
            // Of an odd order PyTorch keeps the sign of negative numbers, ONNX does not.
            throw call.problem("its norm is of order " + order + ", must be an even whole number");
        }
        return (long) order;
    }

    /** ONNX keeps the spatial axes at size 1, DJL's engines drop them. */
    static Translation global(String operator) {
        return e -> {
            ArrayType result = e.call().result();
            List<Extent> kept = new ArrayList<>(result.shape());
            while (kept.size() < e.type(0).rank()) {
                kept.add(Extent.of(1));
            }
            Value pooled =
                    e.node(operator, new ArrayType(result.numbers(), kept), e.operand(0));
            return List.of(e.node("Flatten", result, Map.of("axis", Attribute.of(1)), pooled));
        };
    }

    /** ONNX Runtime has no such pool at newer opsets; it is a norm over the spatial axes. */
    static List<Value> globalLpPool(Emission e) {
        long[] axes = LongStream.range(2, e.type(0).rank()).toArray();
        return List.of(
                ReductionTranslations.norm(e, e.call().result(), order(e.call()), axes, false));
    }

    /** As PyTorch resizes without aligned corners and without smoothing. */
    static List<Value> interpolation(Emission e) {
        String mode = e.call().word("mode");
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("mode", Attribute.of(mode));
        boolean nearest = mode.equals("nearest");
        attributes.put(
                "coordinate_transformation_mode",
                Attribute.of(nearest ? "asymmetric" : "half_pixel"));
        if (nearest) {
            attributes.put("nearest_mode", Attribute.of("floor"));
        }
        attributes.put("cubic_coeff_a", Attribute.of(-0.75f));
        return List.of(
                e.node(
                        "Resize",
                        e.call().result(),
                        attributes,
                        e.operand(0),
                        Value.ABSENT,
                        Value.ABSENT,
                        e.sizes(e.call().result().shape())));
    }
}
