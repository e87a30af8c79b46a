package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Constant;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;

/**
 * The operators that are computed ahead, on small constants. Only those whose result is the same to
 * the last bit wherever it is computed: arithmetic, square root, and moving elements about.
 */
final class Arithmetic {
    private Arithmetic() {}

    /** The result of a node whose operands are known; empty if it is not among the operators. */
    static Optional<Constant> compute(Node node, List<Constant> operands) {
        TensorType type = node.output().type();
        Constant first = operands.get(0);
        return switch (node.operator()) {
            case "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze" ->
                    Optional.of(new Constant(type, first.data()));
            case "Concat" -> Optional.of(concat(node, type, operands));
            case "Gather" -> gather(node, type, operands);
            case "Slice" -> slice(type, operands);
            case "Expand" -> Optional.of(first.pick(type, i -> broadcast(i, type, first.type())));
            case "Transpose" -> Optional.of(transpose(node, type, first));
            case "Cast" -> cast(type, first);
            case "Add" -> binary(type, operands, (a, b) -> a + b, (a, b) -> a + b);
            case "Sub" -> binary(type, operands, (a, b) -> a - b, (a, b) -> a - b);
            case "Mul" -> binary(type, operands, (a, b) -> a * b, (a, b) -> a * b);
            case "Div" -> divide(type, operands);
            case "Min" -> binary(type, operands, Math::min, Math::min);
            case "Max" -> binary(type, operands, Math::max, Math::max);
            case "Neg" -> binary(type, List.of(first, first), (a, b) -> -a, (a, b) -> -a);
            case "Sqrt" ->
                    first.isFloating()
                            ? binary(
                                    type,
                                    List.of(first, first),
                                    (a, b) -> a,
                                    (a, b) -> Math.sqrt(a))
                            : Optional.empty();
            default -> Optional.empty();
        };
    }

    /**
     * Elementwise with broadcasting. Computing 32-bit floats in 64 bits and rounding once gives the
     * correctly rounded result for these operators.
     */
    private static Optional<Constant> binary(
            TensorType type,
            List<Constant> operands,
            LongBinaryOperator onLongs,
            DoubleBinaryOperator onDoubles) {
        if (operands.size() != 2) {
            return Optional.empty();
        }
        Constant left = operands.get(0);
        Constant right = operands.get(1);
        int count = (int) type.elementCount();
        if (left.isFloating()) {
            double[] a = left.doubles();
            double[] b = right.doubles();
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] =
                        onDoubles.applyAsDouble(
                                a[broadcast(i, type, left.type())],
                                b[broadcast(i, type, right.type())]);
            }
            return Optional.of(Constant.ofDoubles(type, values));
        }
        ElementType element = type.elementType();
        if (element != ElementType.INT64 && element != ElementType.INT32) {
            return Optional.empty();
        }
        long[] a = left.longs();
        long[] b = right.longs();
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] =
                    onLongs.applyAsLong(
                            a[broadcast(i, type, left.type())],
                            b[broadcast(i, type, right.type())]);
        }
        return Optional.of(Constant.ofLongs(type, values));
    }

    /** Whole numbers are cut towards zero; what divides by zero is left for the run to complain. */
    private static Optional<Constant> divide(TensorType type, List<Constant> operands) {
        Constant divisor = operands.get(1);
        boolean byZero =
                !divisor.isFloating()
                        && IntStream.range(0, divisor.longs().length)
                                .anyMatch(i -> divisor.longs()[i] == 0);
        return byZero ? Optional.empty() : binary(type, operands, (a, b) -> a / b, (a, b) -> a / b);
    }

    private static Optional<Constant> cast(TensorType type, Constant operand) {
        boolean halfFloats = isHalf(type.elementType()) || isHalf(operand.type().elementType());
        boolean toFloating =
                type.elementType() == ElementType.FLOAT || type.elementType() == ElementType.DOUBLE;
        if (halfFloats || type.elementType() == ElementType.BOOL) {
            return Optional.empty();
        }
        if (!operand.isFloating()) {
            return operand.type().elementType() == ElementType.UINT64
                    ? Optional.empty()
                    : Optional.of(Constant.ofLongs(type, operand.longs()));
        }
        return toFloating
                ? Optional.of(Constant.ofDoubles(type, operand.doubles()))
                : Optional.empty();
    }

    private static boolean isHalf(ElementType type) {
        return type == ElementType.FLOAT16 || type == ElementType.BFLOAT16;
    }

    private static Constant concat(Node node, TensorType type, List<Constant> operands) {
        int axis = axis(node.intAttribute("axis", 0), type.rank());
        long[] sizes = type.sizes();
        Constant result = Constant.ofLongs(type, new long[(int) type.elementCount()]);
        byte[] bytes = new byte[(int) result.data().byteSize()];
        int inner = type.elementType().byteSize();
        for (int i = axis + 1; i < sizes.length; i++) {
            inner *= (int) sizes[i];
        }
        int before = 0;
        int stride = inner * (int) sizes[axis];
        for (Constant operand : operands) {
            int width = inner * (int) operand.type().sizes()[axis];
            byte[] from = new byte[(int) operand.data().byteSize()];
            operand.data().bytes().get(from);
            for (int block = 0; width > 0 && block < from.length / width; block++) {
                System.arraycopy(from, block * width, bytes, block * stride + before, width);
            }
            before += width;
        }
        return new Constant(type, TensorData.ofBytes(bytes));
    }

    /** Along the first axis, which is what picks extents out of shapes. */
    private static Optional<Constant> gather(Node node, TensorType type, List<Constant> operands) {
        Constant table = operands.get(0);
        if (node.intAttribute("axis", 0) != 0 || table.type().rank() == 0) {
            return Optional.empty();
        }
        long rows = table.type().sizes()[0];
        long[] indices = operands.get(1).longs();
        int width = (int) (rows == 0 ? 0 : table.type().elementCount() / rows);
        for (long index : indices) {
            if (index < -rows || index >= rows) {
                return Optional.empty();
            }
        }
        return Optional.of(
                table.pick(
                        type,
                        i -> {
                            long index = indices[i / width];
                            return (int) (index < 0 ? index + rows : index) * width + i % width;
                        }));
    }

    /** Of a vector, forwards. */
    private static Optional<Constant> slice(TensorType type, List<Constant> operands) {
        Constant vector = operands.get(0);
        boolean oneAxis = vector.type().rank() == 1 && operands.size() >= 3;
        long step = operands.size() > 4 ? operands.get(4).longs()[0] : 1;
        if (!oneAxis || step < 1) {
            return Optional.empty();
        }
        long size = vector.type().sizes()[0];
        long start = operands.get(1).longs()[0];
        long from = Math.max(0, Math.min(size, start < 0 ? start + size : start));
        return Optional.of(vector.pick(type, i -> (int) (from + i * step)));
    }

    private static Constant transpose(Node node, TensorType type, Constant operand) {
        int rank = type.rank();
        int[] order = new int[rank];
        for (int axis = 0; axis < rank; axis++) {
            order[axis] =
                    node.attributes().get("perm") instanceof Attribute.Ints perm
                            ? perm.values().get(axis).intValue()
                            : rank - 1 - axis;
        }
        long[] strides = strides(operand.type());
        return operand.pick(
                type,
                i -> {
                    long rest = i;
                    long source = 0;
                    for (int axis = rank - 1; axis >= 0; axis--) {
                        source += rest % type.sizes()[axis] * strides[order[axis]];
                        rest /= type.sizes()[axis];
                    }
                    return (int) source;
                });
    }

    /** Which element of a smaller operand stands at a place of the broadcast result. */
    private static int broadcast(int place, TensorType result, TensorType operand) {
        if (operand.rank() == 0) {
            return 0;
        }
        long[] sizes = operand.sizes();
        long[] strides = strides(operand);
        long rest = place;
        long source = 0;
        for (int axis = result.rank() - 1, own = sizes.length - 1; own >= 0; axis--, own--) {
            long extent = result.sizes()[axis];
            source += sizes[own] == 1 ? 0 : rest % extent * strides[own];
            rest /= extent;
        }
        return (int) source;
    }

    private static long[] strides(TensorType type) {
        long[] sizes = type.sizes();
        long[] strides = new long[sizes.length];
        long stride = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= sizes[axis];
        }
        return strides;
    }

    private static int axis(long axis, int rank) {
        return (int) (axis < 0 ? axis + rank : axis);
    }
}
