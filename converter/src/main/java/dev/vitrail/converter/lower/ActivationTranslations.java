package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.NumberType;
import java.util.List;
import java.util.Map;

/** Activation functions and softmax. */
final class ActivationTranslations {
    private ActivationTranslations() {}

    static Translation plain(String operator) {
        return e -> List.of(e.result(operator, e.operand(0)));
    }

    static Translation withAlpha(String operator) {
        return e ->
                List.of(
                        e.node(
                                operator,
                                e.call().result(),
                                Map.of("alpha", Attribute.of((float) e.call().real("alpha"))),
                                e.operand(0)));
    }

    static Translation overAxis(String operator) {
        return e ->
                List.of(
                        e.node(
                                operator,
                                e.call().result(),
                                Map.of("axis", Attribute.of(e.call().integer("axis"))),
                                e.operand(0)));
    }

    static List<Value> prelu(Emission e) {
        return List.of(e.result("PRelu", e.operand(0), e.operand(1)));
    }

    /**
     * The exact form, x · ½ · (1 + erf(x / √2)); ONNX has had it as one operator since opset 20.
     */
    static List<Value> gelu(Emission e) {
        Value x = e.operand(0);
        if (e.opset() >= 20) {
            return List.of(e.result("Gelu", x));
        }
        NumberType numbers = e.call().result().numbers();
        Value erf = e.result("Erf", e.result("Div", x, e.number(numbers, Math.sqrt(2))));
        Value product = e.result("Mul", x, e.result("Add", erf, e.number(numbers, 1)));
        return List.of(e.result("Mul", product, e.number(numbers, 0.5)));
    }
}
