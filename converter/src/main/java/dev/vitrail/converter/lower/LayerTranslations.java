package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Call;
import dev.vitrail.converter.trace.Extent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Layers with weights, and matrix products. */
final class LayerTranslations {
    private LayerTranslations() {}

    /**
     * A matrix of rows is one {@code Gemm}. Anything else is {@code MatMul} with the weight turned
     * around, and {@code Add}.
     */
    static List<Value> linear(Emission e) {
        ArrayType result = e.call().result();
        if (result.rank() == 2) {
            Map<String, Attribute> attributes = Map.of("transB", Attribute.of(1));
            return List.of(
                    e.has(2)
                            ? e.node(
                                    "Gemm",
                                    result,
                                    attributes,
                                    e.operand(0),
                                    e.operand(1),
                                    e.operand(2))
                            : e.node("Gemm", result, attributes, e.operand(0), e.operand(1)));
        }
        Value product = e.result("MatMul", e.operand(0), e.transposedOperand(1));
        return List.of(e.has(2) ? e.result("Add", product, e.operand(2)) : product);
    }

    static List<Value> matMul(Emission e) {
        return List.of(e.result("MatMul", e.operand(0), e.operand(1)));
    }

    static List<Value> convolution(Emission e) {
        return convolution(e, "Conv", windowed(e));
    }

    static List<Value> deconvolution(Emission e) {
        Map<String, Attribute> attributes = windowed(e);
        attributes.put("output_padding", Attribute.ints(e.call().integers("outPadding")));
        return convolution(e, "ConvTranspose", attributes);
    }

    private static Map<String, Attribute> windowed(Emission e) {
        Call call = e.call();
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("kernel_shape", Attribute.ints(spatial(e.type(1))));
        attributes.put("strides", Attribute.ints(call.integers("stride")));
        attributes.put("pads", Attribute.ints(bothSides(call.integers("padding"))));
        attributes.put("dilations", Attribute.ints(call.integers("dilation")));
        attributes.put("group", Attribute.of(call.integer("groups")));
        return attributes;
    }

    private static long[] spatial(ArrayType weight) {
        return weight.shape().stream().skip(2).mapToLong(Extent::fixed).toArray();
    }

    /** DJL pads both sides alike; ONNX lists all starts, then all ends. */
    static long[] bothSides(long[] padding) {
        long[] pads = new long[padding.length * 2];
        System.arraycopy(padding, 0, pads, 0, padding.length);
        System.arraycopy(padding, 0, pads, padding.length, padding.length);
        return pads;
    }

    private static List<Value> convolution(
            Emission e, String operator, Map<String, Attribute> attributes) {
        ArrayType result = e.call().result();
        return List.of(
                e.has(2)
                        ? e.node(
                                operator,
                                result,
                                attributes,
                                e.operand(0),
                                e.operand(1),
                                e.operand(2))
                        : e.node(operator, result, attributes, e.operand(0), e.operand(1)));
    }

    static List<Value> layerNorm(Emission e) {
        ArrayType result = e.call().result();
        long axes = e.call().integer("axes");
        Map<String, Attribute> attributes =
                Map.of(
                        "axis", Attribute.of(-axes),
                        "epsilon", Attribute.of((float) e.call().real("eps")));
        Value scale = e.has(1) ? e.operand(1) : ones(e, result, (int) axes);
        return List.of(
                e.has(2)
                        ? e.node(
                                "LayerNormalization",
                                result,
                                attributes,
                                e.operand(0),
                                scale,
                                e.operand(2))
                        : e.node("LayerNormalization", result, attributes, e.operand(0), scale));
    }

    private static Value ones(Emission e, ArrayType result, int axes) {
        List<Extent> shape = result.shape().subList(result.rank() - axes, result.rank());
        return e.filled(new ArrayType(result.numbers(), shape), 1);
    }

    static List<Value> batchNorm(Emission e) {
        ArrayType result = e.call().result();
        ArrayType channels = new ArrayType(result.numbers(), result.shape().subList(1, 2));
        return List.of(
                e.node(
                        "BatchNormalization",
                        result,
                        Map.of("epsilon", Attribute.of((float) e.call().real("eps"))),
                        e.operand(0),
                        e.has(1) ? e.operand(1) : e.filled(channels, 1),
                        e.has(2) ? e.operand(2) : e.filled(channels, 0),
                        e.operand(3),
                        e.operand(4)));
    }
}
