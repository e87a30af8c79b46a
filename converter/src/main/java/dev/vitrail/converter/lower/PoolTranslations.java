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

    private static Map<String, Attribute> window(Call call, long[] pads) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("kernel_shape", Attribute.ints(call.integers("kernel")));
        attributes.put("strides", Attribute.ints(call.integers("stride")));
        attributes.put("pads", Attribute.ints(pads));
        return attributes;
    }

    /**
     * The padding that gives the recorded sizes. ONNX's own way of rounding a size up differs from
     * PyTorch's in the last window, so a size that is rounded up gets more padding at its end.
     */
    private static long[] pads(Call call, ArrayType input, long[] padding) {
        long[] pads = LayerTranslations.bothSides(padding);
        if (!call.flag("ceil")) {
            return pads;
        }
        for (int i = 0; i < padding.length; i++) {
            long steps = fixed(call, call.result(), i);
            long end =
                    (steps - 1) * call.integers("stride")[i]
                            + call.integers("kernel")[i]
                            - fixed(call, input, i)
                            - padding[i];
            pads[padding.length + i] = Math.max(padding[i], end);
        }
        return pads;
    }

    /** Where a size is rounded up, the padding that does it depends on the size. */
    private static long fixed(Call call, ArrayType type, int spatialAxis) {
        return call.fixed(
                "a spatial axis of a pool that rounds up", type.shape().get(spatialAxis + 2));
    }

    static List<Value> maxPool(Emission e) {
        long[] pads = pads(e.call(), e.type(0), e.call().integers("padding"));
        return List.of(e.node("MaxPool", e.call().result(), window(e.call(), pads), e.operand(0)));
    }

    /**
     * Padding counts in the mean, but not what a size that is rounded up adds behind it; where both
     * occur, the padding becomes numbers.
     */
    static List<Value> avgPool(Emission e) {
        Call call = e.call();
        long[] padding = call.integers("padding");
        boolean padded = Arrays.stream(padding).anyMatch(size -> size != 0);
        if (!call.flag("ceil")) {
            Map<String, Attribute> attributes = window(call, pads(call, e.type(0), padding));
            attributes.put("count_include_pad", Attribute.of(1));
            return List.of(e.node("AveragePool", call.result(), attributes, e.operand(0)));
        }
        ArrayType larger = padded ? padded(call, e.type(0), padding) : e.type(0);
        Value input = padded ? pad(e, larger, padding) : e.operand(0);
        long[] pads = pads(call, larger, new long[padding.length]);
        return List.of(e.node("AveragePool", call.result(), window(call, pads), input));
    }

    private static ArrayType padded(Call call, ArrayType type, long[] padding) {
        List<Extent> shape = new ArrayList<>(type.shape());
        for (int i = 0; i < padding.length; i++) {
            shape.set(i + 2, Extent.of(fixed(call, type, i) + 2 * padding[i]));
        }
        return new ArrayType(type.numbers(), shape);
    }

    private static Value pad(Emission e, ArrayType larger, long[] padding) {
        long[] pads = new long[larger.rank() * 2];
        for (int i = 0; i < padding.length; i++) {
            pads[i + 2] = padding[i];
            pads[larger.rank() + i + 2] = padding[i];
        }
        Value zero = e.number(larger.numbers(), 0);
        return e.node("Pad", larger, e.operand(0), e.longs(pads), zero);
    }

    static List<Value> lpPool(Emission e) {
        long[] pads = pads(e.call(), e.type(0), e.call().integers("padding"));
        Map<String, Attribute> attributes = window(e.call(), pads);
        attributes.put("p", Attribute.of(order(e.call())));
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
            Value pooled = e.node(operator, new ArrayType(result.numbers(), kept), e.operand(0));
            return List.of(e.node("Flatten", result, Map.of("axis", Attribute.of(1)), pooled));
        };
    }

    /** ONNX Runtime has no such pool at newer opsets; it is a norm over the spatial axes. */
    static List<Value> globalLpPool(Emission e) {
        long[] axes = LongStream.range(2, e.type(0).rank()).toArray();
        return List.of(
                ReductionTranslations.norm(e, e.call().result(), order(e.call()), axes, false));
    }

    /**
     * As DJL's PyTorch engine resizes: corners not aligned, and linear and cubic smoothed when they
     * shrink, which ONNX has since opset 18. The smoothed cubic is the one with a of −½.
     */
    static List<Value> interpolation(Emission e) {
        String mode = e.call().word("mode");
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("mode", Attribute.of(mode));
        if (mode.equals("nearest")) {
            attributes.put("coordinate_transformation_mode", Attribute.of("asymmetric"));
            attributes.put("nearest_mode", Attribute.of("floor"));
        } else {
            if (e.opset() < 18) {
                throw e.call().problem("smoothed resizing needs opset 18 or newer");
            }
            attributes.put("coordinate_transformation_mode", Attribute.of("half_pixel"));
            attributes.put("antialias", Attribute.of(1));
            attributes.put("cubic_coeff_a", Attribute.of(-0.5f));
            attributes.put("exclude_outside", Attribute.of(1));
        }
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
