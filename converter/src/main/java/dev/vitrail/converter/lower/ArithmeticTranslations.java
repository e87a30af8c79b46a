package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.Argument;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.NumberType;
import java.util.List;

/** Operations number by number. */
final class ArithmeticTranslations {
    private ArithmeticTranslations() {}

    /** ONNX Runtime computes with these; smaller integers and truth values go through 32 bits. */
    static NumberType computable(NumberType numbers) {
        return switch (numbers) {
            case BOOLEAN, UINT8, INT8, INT16 -> NumberType.INT32;
            case INT32, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> numbers;
        };
    }

    private static NumberType common(Emission e) {
        return e.call().get(Argument.Type.class, "numbers").value();
    }

    /** On truth values, PyTorch's sum is "or" and its product is "and". */
    static Translation arithmetic(String operator, String onTruthValues) {
        return e -> {
            NumberType common = common(e);
            ArrayType result = e.call().result();
            if (common == NumberType.BOOLEAN && onTruthValues != null) {
                return List.of(
                        e.node(onTruthValues, result, e.operand(0, common), e.operand(1, common)));
            }
            NumberType computed = computable(common);
            ArrayType type = new ArrayType(computed, result.shape());
            Value value = e.node(operator, type, e.operand(0, computed), e.operand(1, computed));
            return List.of(e.cast(value, type, result.numbers()));
        };
    }

    /** The remainder has the sign of the divisor; ONNX has that only for integers. */
    static List<Value> mod(Emission e) {
        NumberType computed = computable(common(e));
        ArrayType result = e.call().result();
        ArrayType type = new ArrayType(computed, result.shape());
        Value left = e.operand(0, computed);
        Value right = e.operand(1, computed);
        if (!computed.isFloating()) {
            return List.of(e.cast(e.node("Mod", type, left, right), type, result.numbers()));
        }
        Value quotient = e.node("Floor", type, e.node("Div", type, left, right));
        return List.of(e.node("Sub", type, left, e.node("Mul", type, quotient, right)));
    }

    static Translation comparison(String operator) {
        return e -> List.of(compare(e, operator));
    }

    private static Value compare(Emission e, String operator) {
        NumberType computed = computable(common(e));
        return e.result(operator, e.operand(0, computed), e.operand(1, computed));
    }

    static List<Value> neq(Emission e) {
        return List.of(e.result("Not", compare(e, "Equal")));
    }

    static Translation logical(String operator) {
        return e ->
                List.of(
                        e.has(1)
                                ? e.result(
                                        operator,
                                        e.operand(0, NumberType.BOOLEAN),
                                        e.operand(1, NumberType.BOOLEAN))
                                : e.result(operator, e.operand(0, NumberType.BOOLEAN)));
    }

    static List<Value> where(Emission e) {
        NumberType common = common(e);
        return List.of(
                e.result(
                        "Where",
                        e.operand(0, NumberType.BOOLEAN),
                        e.operand(1, common),
                        e.operand(2, common)));
    }

    static List<Value> cast(Emission e) {
        return List.of(e.operand(0, e.call().result().numbers()));
    }

    static List<Value> clip(Emission e) {
        ArrayType result = e.call().result();
        NumberType computed = computable(result.numbers());
        ArrayType type = new ArrayType(computed, result.shape());
        Value clipped =
                e.node(
                        "Clip",
                        type,
                        e.operand(0, computed),
                        e.number(computed, e.call().real("min")),
                        e.number(computed, e.call().real("max")));
        return List.of(e.cast(clipped, type, result.numbers()));
    }

    static Translation widened(String operator) {
        return e -> {
            ArrayType result = e.call().result();
            NumberType computed = computable(result.numbers());
            ArrayType type = new ArrayType(computed, result.shape());
            Value value = e.node(operator, type, e.operand(0, computed));
            return List.of(e.cast(value, type, result.numbers()));
        };
    }

    /** Integers are round already, and ONNX rounds only floats. */
    static Translation rounding(String operator) {
        return e ->
                List.of(
                        e.call().result().numbers().isFloating()
                                ? e.result(operator, e.operand(0))
                                : e.operand(0));
    }

    static List<Value> trunc(Emission e) {
        if (!e.call().result().numbers().isFloating()) {
            return List.of(e.operand(0));
        }
        Value size = e.result("Floor", e.result("Abs", e.operand(0)));
        return List.of(e.result("Mul", e.result("Sign", e.operand(0)), size));
    }

    static Translation floatTest(String operator) {
        return e ->
                List.of(
                        e.type(0).numbers().isFloating()
                                ? e.result(operator, e.operand(0))
                                : e.result(operator, e.operand(0, NumberType.FLOAT32)));
    }

    static Translation floating(String operator) {
        return e -> List.of(e.result(operator, e.operand(0, e.call().result().numbers())));
    }

    /**
     * The angle of a point: the arc tangent of y / |x|, turned to the left half where x is
     * negative. Two infinities have no quotient and give no number, where PyTorch has a diagonal.
     */
    static List<Value> atan2(Emission e) {
        ArrayType result = e.call().result();
        NumberType numbers = result.numbers();
        ArrayType y = new ArrayType(numbers, e.type(0).shape());
        ArrayType x = new ArrayType(numbers, e.type(1).shape());
        ArrayType truth = new ArrayType(NumberType.BOOLEAN, result.shape());
        ArrayType truthOfY = new ArrayType(NumberType.BOOLEAN, y.shape());
        ArrayType truthOfX = new ArrayType(NumberType.BOOLEAN, x.shape());
        Value up = e.operand(0, numbers);
        Value right = e.operand(1, numbers);
        Value zero = e.number(numbers, 0);
        Value angle = e.result("Atan", e.result("Div", up, e.node("Abs", x, right)));
        Value half =
                e.node(
                        "Where",
                        y,
                        e.node("Less", truthOfY, up, zero),
                        e.number(numbers, -Math.PI),
                        e.number(numbers, Math.PI));
        Value isLeft = e.node("Less", truthOfX, right, zero);
        Value turned = e.result("Where", isLeft, e.result("Sub", half, angle), angle);
        Value isOrigin =
                e.node(
                        "And",
                        truth,
                        e.node("Equal", truthOfY, up, zero),
                        e.node("Equal", truthOfX, right, zero));
        return List.of(e.result("Where", isOrigin, zero, turned));
    }

    static Translation logarithm(double naturalLogarithmOfBase) {
        return e -> {
            NumberType numbers = e.call().result().numbers();
            Value natural = e.result("Log", e.operand(0, numbers));
            return List.of(e.result("Div", natural, e.number(numbers, naturalLogarithmOfBase)));
        };
    }
}
