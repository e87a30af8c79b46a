package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Call;
import dev.vitrail.converter.trace.Extent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    static List<Value> avgPool(Emission e) {
        Map<String, Attribute> attributes = window(e.call());
        attributes.put("count_include_pad", Attribute.of(e.call().flag("countPadding") ? 1 : 0));
        return List.of(e.node("AveragePool", e.call().result(), attributes, e.operand(0)));
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
        if (order != Math.rint(order)) {
            throw call.problem("its norm is of order " + order + ", must be a whole number");
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
            Map<String, Attribute> attributes =
                    operator.equals("GlobalLpPool")
                            ? Map.of("p", Attribute.of(order(e.call())))
                            : Map.of();
            Value pooled =
                    e.node(
                            operator,
                            new ArrayType(result.numbers(), kept),
                            attributes,
                            e.operand(0));
            return List.of(e.node("Flatten", result, Map.of("axis", Attribute.of(1)), pooled));
        };
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
