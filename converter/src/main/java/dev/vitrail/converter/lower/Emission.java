package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Dim;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.GraphBuilder;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Call;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import dev.vitrail.converter.trace.Operand;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One call on its way into the graph: what it reads, and ways to add nodes with readable names. */
public final class Emission {
    private final Lowering lowering;
    private final Call call;

    Emission(Lowering lowering, Call call) {
        this.lowering = lowering;
        this.call = call;
    }

    // ---- the call

    /**
     * Returns the call.
     *
     * @return the call, in DJL's words
     */
    public Call call() {
        return call;
    }

    /**
     * Returns the version of ONNX's operators to use.
     *
     * @return such as 17
     */
    public int opset() {
        return builder().opset();
    }

    /**
     * Returns whether an optional operand was given.
     *
     * @param index which operand, from 0
     * @return whether it is there
     */
    public boolean has(int index) {
        return index < call.operands().size()
                && !(call.operands().get(index) instanceof Operand.Absent);
    }

    /**
     * Returns the number type and shape of an operand.
     *
     * @param index which operand, from 0
     * @return its type
     */
    public ArrayType type(int index) {
        return lowering.trace().type(call.operands().get(index));
    }

    /**
     * Returns an operand.
     *
     * @param index which operand, from 0
     * @return its value in the graph, {@link Value#ABSENT} if it was not given
     */
    public Value operand(int index) {
        return has(index) ? lowering.value(call.operands().get(index)) : Value.ABSENT;
    }

    /**
     * Returns an operand, cast where it has another number type.
     *
     * @param index which operand, from 0
     * @param numbers the type wanted
     * @return its value in the graph
     */
    public Value operand(int index, NumberType numbers) {
        ArrayType type = type(index);
        return cast(operand(index), type, numbers);
    }

    /**
     * Returns a matrix operand with rows and columns exchanged. A parameter is exchanged while it
     * is written, anything else by a node.
     *
     * @param index which operand, from 0
     * @return its value in the graph
     */
    public Value transposedOperand(int index) {
        if (call.operands().get(index) instanceof Operand.Weight weight) {
            return lowering.transposedWeight(weight);
        }
        ArrayType type = type(index);
        ArrayType result =
                new ArrayType(type.numbers(), List.of(type.shape().get(1), type.shape().get(0)));
        return node("Transpose", result, Map.of("perm", Attribute.ints(1, 0)), operand(index));
    }

    // ---- nodes

    /**
     * Adds a node of ONNX's own domain without attributes.
     *
     * @param operator its operator
     * @param type type of its result
     * @param inputs what it reads
     * @return its result
     */
    public Value node(String operator, ArrayType type, Value... inputs) {
        return node(operator, type, Map.of(), inputs);
    }

    /**
     * Adds a node of ONNX's own domain.
     *
     * @param operator its operator
     * @param type type of its result
     * @param attributes its attributes
     * @param inputs what it reads
     * @return its result
     */
    public Value node(
            String operator, ArrayType type, Map<String, Attribute> attributes, Value... inputs) {
        return nodes(operator, List.of(type), attributes, inputs).get(0);
    }

    /**
     * Adds a node of ONNX's own domain with several results.
     *
     * @param operator its operator
     * @param types types of its results; null for one that is left out
     * @param attributes its attributes
     * @param inputs what it reads
     * @return its results
     */
    public List<Value> nodes(
            String operator,
            List<ArrayType> types,
            Map<String, Attribute> attributes,
            Value... inputs) {
        List<TensorType> results = types.stream().map(Emission::tensorType).toList();
        return builder().node("", operator, path(operator), results, attributes, List.of(inputs));
    }

    /**
     * Adds a node of ONNX's own domain without attributes whose result is the call's.
     *
     * @param operator its operator
     * @param inputs what it reads
     * @return its result
     */
    public Value result(String operator, Value... inputs) {
        return node(operator, call.result(), inputs);
    }

    /** The first node of a call with weights is called like the block that they belong to. */
    private String path(String operator) {
        boolean weighted = call.operands().stream().anyMatch(Operand.Weight.class::isInstance);
        if (call.block().isEmpty()) {
            return "";
        }
        return weighted ? call.block() : call.block() + "/" + operator;
    }

    /**
     * Casts a value where needed.
     *
     * @param value the value
     * @param type its type
     * @param numbers the number type wanted
     * @return the value itself, or a cast of it
     */
    public Value cast(Value value, ArrayType type, NumberType numbers) {
        if (type.numbers() == numbers) {
            return value;
        }
        return node(
                "Cast",
                new ArrayType(numbers, type.shape()),
                Map.of("to", Attribute.of(elementType(numbers).onnxCode())),
                value);
    }

    /**
     * Adds a reshape. A size that changes with a symbolic axis becomes the one that ONNX works out,
     * or is kept from the same place of the input; only where that does not do is it computed.
     *
     * @param value the value
     * @param from its type
     * @param to its type afterwards
     * @return the result
     */
    public Value reshape(Value value, ArrayType from, ArrayType to) {
        return node("Reshape", to, value, reshapeTarget(from.shape(), to.shape()));
    }

    private Value reshapeTarget(List<Extent> from, List<Extent> to) {
        long symbolic = to.stream().filter(extent -> !extent.isFixed()).count();
        long[] target = new long[to.size()];
        int open = 0;
        for (int i = 0; i < target.length; i++) {
            Extent extent = to.get(i);
            boolean kept = symbolic > 1 && i < from.size() && from.get(i).equals(extent);
            target[i] = extent.isFixed() ? extent.fixed() : kept ? 0 : -1;
            open += target[i] == -1 ? 1 : 0;
        }
        return open > 1 ? sizes(to) : builder().longs("shape", target);
    }

    // ---- constants

    /**
     * Returns a vector of sizes as 64-bit integers, computed at run time where it must be.
     *
     * @param extents the sizes
     * @return a constant, or the result of nodes
     */
    public Value sizes(List<Extent> extents) {
        return lowering.sizes().vector(extents);
    }

    /**
     * Returns a constant vector of 64-bit integers.
     *
     * @param values the integers
     * @return the constant
     */
    public Value longs(long... values) {
        return builder().longs("integers", values);
    }

    /**
     * Returns a vector of 64-bit integers that mostly are known.
     *
     * @param values the integers
     * @return a constant where all are known, otherwise the result of nodes
     */
    public Value longs(List<Extent> values) {
        return values.stream().allMatch(Extent::isFixed)
                ? longs(values.stream().mapToLong(Extent::fixed).toArray())
                : sizes(values);
    }

    /**
     * Returns a 64-bit integer that mostly is known.
     *
     * @param value the integer
     * @return a constant where it is known, otherwise the result of nodes; a scalar
     */
    public Value longScalar(Extent value) {
        if (value.isFixed()) {
            return longScalar(value.fixed());
        }
        ArrayType vector = ArrayType.of(NumberType.INT64, 1);
        return reshape(sizes(List.of(value)), vector, ArrayType.of(NumberType.INT64));
    }

    /**
     * Returns a constant 64-bit integer.
     *
     * @param value the integer
     * @return the constant, a scalar
     */
    public Value longScalar(long value) {
        return builder()
                .constant("integer", TensorType.of(ElementType.INT64), TensorData.ofLongs(value));
    }

    /**
     * Returns a constant number.
     *
     * @param numbers its type
     * @param value the number
     * @return the constant, a scalar
     */
    public Value number(NumberType numbers, double value) {
        return builder()
                .constant(
                        "number",
                        TensorType.of(elementType(numbers)),
                        Constants.repeated(numbers, value, 1));
    }

    /**
     * Returns a constant array of one number.
     *
     * @param type its type, with known sizes
     * @param value the number
     * @return the constant
     */
    public Value filled(ArrayType type, double value) {
        int count =
                Math.toIntExact(Arrays.stream(type.fixedShape()).reduce(1, Math::multiplyExact));
        return constant(type, Constants.repeated(type.numbers(), value, count));
    }

    /**
     * Returns a constant array.
     *
     * @param type its type, with known sizes
     * @param data its numbers
     * @return the constant
     */
    public Value constant(ArrayType type, TensorData data) {
        return builder().constant("constant", tensorType(type), data);
    }

    // ---- types

    static TensorType tensorType(ArrayType type) {
        return type == null
                ? TensorType.UNKNOWN
                : new TensorType(
                        elementType(type.numbers()),
                        type.shape().stream().map(Emission::dim).toList());
    }

    private static Dim dim(Extent extent) {
        return extent.isFixed()
                ? Dim.fixed(extent.fixed())
                : new Dim.Symbol(extent.product(), extent.factor());
    }

    static ElementType elementType(NumberType numbers) {
        return switch (numbers) {
            case BOOLEAN -> ElementType.BOOL;
            case UINT8 -> ElementType.UINT8;
            case INT8 -> ElementType.INT8;
            case INT16 -> ElementType.INT16;
            case INT32 -> ElementType.INT32;
            case INT64 -> ElementType.INT64;
            case FLOAT16 -> ElementType.FLOAT16;
            case BFLOAT16 -> ElementType.BFLOAT16;
            case FLOAT32 -> ElementType.FLOAT;
            case FLOAT64 -> ElementType.DOUBLE;
        };
    }

    private GraphBuilder builder() {
        return lowering.builder();
    }
}
