package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.Argument;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Arrays that a forward pass makes itself. */
final class ConstantTranslations {
    /** Up to so many numbers a constant stands in the file; beyond, a node makes it. */
    private static final long INLINE = 1024;

    private ConstantTranslations() {}

    static List<Value> constant(Emission e) {
        ByteBuffer bytes = e.call().get(Argument.Literal.class, "values").bytes().duplicate();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return List.of(e.constant(e.call().result(), TensorData.ofBytes(copy)));
    }

    static List<Value> full(Emission e) {
        ArrayType type = e.call().result();
        if (e.call().arguments().get("value") instanceof Argument.Whole size) {
            // A number that was computed from the size of an axis.
            Value vector = e.sizes(List.of(size.value()));
            Value cast = e.cast(vector, ArrayType.of(NumberType.INT64, 1), type.numbers());
            ArrayType one = ArrayType.of(type.numbers(), 1);
            return List.of(
                    type.rank() == 0
                            ? e.reshape(cast, one, type)
                            : e.node("Expand", type, cast, e.sizes(type.shape())));
        }
        double value = e.call().real("value");
        return List.of(isSmall(type) ? e.filled(type, value) : made(e, type, value));
    }

    private static boolean isSmall(ArrayType type) {
        return type.isFixed() && count(type) <= INLINE;
    }

    private static long count(ArrayType type) {
        long count = 1;
        for (long size : type.fixedShape()) {
            count = Math.multiplyExact(count, size);
        }
        return count;
    }

    private static Value made(Emission e, ArrayType type, double value) {
        Attribute filling =
                new Attribute.Tensor(
                        TensorType.of(Emission.elementType(type.numbers()), 1),
                        Constants.repeated(type.numbers(), value, 1));
        return e.node("ConstantOfShape", type, Map.of("value", filling), e.sizes(type.shape()));
    }

    static List<Value> arange(Emission e) {
        ArrayType type = e.call().result();
        Extent count = e.call().extent("count");
        double start = e.call().real("start");
        double step = e.call().real("step");
        if (count.isFixed()) {
            int fixed = Math.toIntExact(count.fixed());
            ByteBuffer bytes = Constants.buffer(type.numbers(), fixed);
            for (int i = 0; i < fixed; i++) {
                Constants.put(bytes, type.numbers(), start + i * step);
            }
            return List.of(e.constant(type, TensorData.ofBytes(bytes.array())));
        }
        ArrayType scalar = ArrayType.of(NumberType.INT64);
        Value limit = e.reshape(e.sizes(List.of(count)), ArrayType.of(NumberType.INT64, 1), scalar);
        ArrayType places = new ArrayType(NumberType.INT64, type.shape());
        Value range = e.node("Range", places, e.longScalar(0), limit, e.longScalar(1));
        Value cast = e.cast(range, places, type.numbers());
        Value scaled = step == 1 ? cast : e.node("Mul", type, cast, e.number(type.numbers(), step));
        return List.of(
                start == 0 ? scaled : e.node("Add", type, scaled, e.number(type.numbers(), start)));
    }

    static List<Value> eye(Emission e) {
        ArrayType type = e.call().result();
        Map<String, Attribute> attributes =
                Map.of(
                        "k", Attribute.of(e.call().integer("diagonal")),
                        "dtype", Attribute.of(Emission.elementType(type.numbers()).onnxCode()));
        return List.of(e.node("EyeLike", type, attributes, made(e, type, 0)));
    }
}
