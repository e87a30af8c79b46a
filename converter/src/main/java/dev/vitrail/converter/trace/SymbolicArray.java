package dev.vitrail.converter.trace;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrayAdapter;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import dev.vitrail.converter.error.ExportException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An array that holds no numbers: it knows its type and records what is done with it. A method that
 * is not written here goes by {@link NDArrayAdapter} to {@link ForeignOperations}, which refuses
 * what nobody registered: DJL may grow new operations and none of them will be exported wrongly.
 *
 * <p>Shapes and types follow the PyTorch engine, which the tests hold them against.
 */
final class SymbolicArray extends NDArrayAdapter {
    private final Tape tape;
    private Operand operand;
    private final Storage storage;
    private int seenChanges;

    SymbolicArray(Tape tape, Operand operand, ArrayType type, Storage storage) {
        super(
                tape.manager(),
                tape.foreignManager(),
                new Shape(type.fixedShape()),
                type.numbers().dataType(),
                "traced");
        this.tape = tape;
        this.operand = operand;
        this.storage = storage;
        this.seenChanges = storage.changes();
    }

    Tape tape() {
        return tape;
    }

    Operand operand() {
        return operand;
    }

    NumberType numbers() {
        return NumberType.of(dataType);
    }

    private int rank() {
        return shape.dimension();
    }

    /** The operand, where its memory was not changed through another view meanwhile. */
    Operand read() {
        if (seenChanges != storage.changes()) {
            throw Refusal.inPlace(
                    tape,
                    "in-place operation",
                    "and another view of the same memory is read afterwards; use the form that"
                            + " returns a new array");
        }
        return operand;
    }

    // ---- recording

    SymbolicArray one(
            String operation,
            NumberType numbers,
            Shape result,
            Map<String, ?> arguments,
            NDArray... operands) {
        return tape.record(
                        operation,
                        Arrays.asList(operands),
                        arguments,
                        List.of(ArrayType.of(numbers, result.getShape())))
                .get(0);
    }

    private SymbolicArray same(String operation) {
        return one(operation, numbers(), shape, Map.of(), this);
    }

    private SymbolicArray floating(String operation) {
        return one(operation, numbers().floating(), shape, Map.of(), this);
    }

    /** An operation whose result an engine lets share the memory of this array. */
    private SymbolicArray viewed(String operation, Shape result, Map<String, ?> arguments) {
        return one(operation, numbers(), result, arguments, this).sharing(storage);
    }

    private SymbolicArray sharing(Storage shared) {
        return new SymbolicArray(tape, operand, type(), shared);
    }

    SymbolicArray view() {
        return sharing(storage);
    }

    /** DJL's adapter keeps the other array and would fill it with numbers at the next call. */
    void forgetOther() {
        alternativeArray = null;
    }

    ArrayType type() {
        return ArrayType.of(numbers(), shape.getShape());
    }

    private NDArray scalar(Number number) {
        return tape.manager().create(number);
    }

    private SymbolicArray binary(String operation, NDArray other) {
        return binary(operation, other, null);
    }

    private SymbolicArray binary(String operation, NDArray other, NumberType result) {
        SymbolicArray right = tape.own(other, operation);
        NumberType common = NumberType.promote(numbers(), rank(), right.numbers(), right.rank());
        return one(
                operation,
                result == null ? common : result,
                Shapes.broadcast(shape, right.shape),
                Map.of("numbers", common),
                this,
                right);
    }

    private SymbolicArray inFloats(String operation, NDArray other) {
        SymbolicArray right = tape.own(other, operation);
        NumberType common =
                NumberType.promote(numbers(), rank(), right.numbers(), right.rank()).floating();
        return one(
                operation,
                common,
                Shapes.broadcast(shape, right.shape),
                Map.of("numbers", common),
                this,
                right);
    }

    private SymbolicArray inPlace(String operation, SymbolicArray result) {
        if (!storage.isWritable()) {
            throw Refusal.inPlace(
                    tape,
                    operation,
                    "which belongs to an input or a parameter; use the form that returns a new"
                            + " array");
        }
        read();
        if (!result.shape.equals(shape)) {
            throw Refusal.inPlace(tape, operation, "which would change its shape");
        }
        operand = ((SymbolicArray) result.toType(dataType, false)).read();
        seenChanges = storage.change();
        return this;
    }

    // ---- arithmetic

    @Override
    public NDArray add(Number n) {
        return add(scalar(n));
    }

    @Override
    public NDArray add(NDArray other) {
        return binary("add", other);
    }

    @Override
    public NDArray sub(Number n) {
        return sub(scalar(n));
    }

    @Override
    public NDArray sub(NDArray other) {
        return binary("sub", other);
    }

    @Override
    public NDArray mul(Number n) {
        return mul(scalar(n));
    }

    @Override
    public NDArray mul(NDArray other) {
        return binary("mul", other);
    }

    @Override
    public NDArray div(Number n) {
        return div(scalar(n));
    }

    @Override
    public NDArray div(NDArray other) {
        return inFloats("div", other);
    }

    @Override
    public NDArray mod(Number n) {
        return mod(scalar(n));
    }

    @Override
    public NDArray mod(NDArray other) {
        return binary("mod", other);
    }

    @Override
    public NDArray pow(Number n) {
        return pow(scalar(n));
    }

    @Override
    public NDArray pow(NDArray other) {
        return binary("pow", other);
    }

    @Override
    public NDArray maximum(Number n) {
        return maximum(scalar(n));
    }

    @Override
    public NDArray maximum(NDArray other) {
        return binary("maximum", other);
    }

    @Override
    public NDArray minimum(Number n) {
        return minimum(scalar(n));
    }

    @Override
    public NDArray minimum(NDArray other) {
        return binary("minimum", other);
    }

    @Override
    public NDArray addi(Number n) {
        return inPlace("addi", (SymbolicArray) add(n));
    }

    @Override
    public NDArray addi(NDArray other) {
        return inPlace("addi", (SymbolicArray) add(other));
    }

    @Override
    public NDArray subi(Number n) {
        return inPlace("subi", (SymbolicArray) sub(n));
    }

    @Override
    public NDArray subi(NDArray other) {
        return inPlace("subi", (SymbolicArray) sub(other));
    }

    @Override
    public NDArray muli(Number n) {
        return inPlace("muli", (SymbolicArray) mul(n));
    }

    @Override
    public NDArray muli(NDArray other) {
        return inPlace("muli", (SymbolicArray) mul(other));
    }

    @Override
    public NDArray divi(Number n) {
        return inPlace("divi", (SymbolicArray) div(n));
    }

    @Override
    public NDArray divi(NDArray other) {
        return inPlace("divi", (SymbolicArray) div(other));
    }

    @Override
    public NDArray modi(Number n) {
        return inPlace("modi", (SymbolicArray) mod(n));
    }

    @Override
    public NDArray modi(NDArray other) {
        return inPlace("modi", (SymbolicArray) mod(other));
    }

    @Override
    public NDArray powi(Number n) {
        return inPlace("powi", (SymbolicArray) pow(n));
    }

    @Override
    public NDArray powi(NDArray other) {
        return inPlace("powi", (SymbolicArray) pow(other));
    }

    @Override
    public NDArray negi() {
        return inPlace("negi", (SymbolicArray) neg());
    }

    @Override
    public NDArray signi() {
        return inPlace("signi", (SymbolicArray) sign());
    }

    @Override
    public NDArray neg() {
        return same("neg");
    }

    @Override
    public NDArray abs() {
        return same("abs");
    }

    @Override
    public NDArray sign() {
        return same("sign");
    }

    @Override
    public NDArray square() {
        return mul(this);
    }

    @Override
    public NDArray sqrt() {
        return floating("sqrt");
    }

    @Override
    public NDArray cbrt() {
        return pow(1.0 / 3);
    }

    @Override
    public NDArray floor() {
        return same("floor");
    }

    @Override
    public NDArray ceil() {
        return same("ceil");
    }

    @Override
    public NDArray round() {
        return same("round");
    }

    @Override
    public NDArray trunc() {
        return same("trunc");
    }

    @Override
    public NDArray exp() {
        return floating("exp");
    }

    @Override
    public NDArray log() {
        return floating("log");
    }

    @Override
    public NDArray log10() {
        return floating("log10");
    }

    @Override
    public NDArray log2() {
        return floating("log2");
    }

    @Override
    public NDArray sin() {
        return floating("sin");
    }

    @Override
    public NDArray cos() {
        return floating("cos");
    }

    @Override
    public NDArray tan() {
        return floating("tan");
    }

    @Override
    public NDArray asin() {
        return floating("asin");
    }

    @Override
    public NDArray acos() {
        return floating("acos");
    }

    @Override
    public NDArray atan() {
        return floating("atan");
    }

    @Override
    public NDArray atan2(NDArray other) {
        return inFloats("atan2", other);
    }

    @Override
    public NDArray sinh() {
        return floating("sinh");
    }

    @Override
    public NDArray cosh() {
        return floating("cosh");
    }

    @Override
    public NDArray tanh() {
        return floating("tanh");
    }

    @Override
    public NDArray asinh() {
        return floating("asinh");
    }

    @Override
    public NDArray acosh() {
        return floating("acosh");
    }

    @Override
    public NDArray atanh() {
        return floating("atanh");
    }

    @Override
    public NDArray erf() {
        return floating("erf");
    }

    @Override
    public NDArray xlogy(NDArray other) {
        return Compositions.xlogy(this, tape.own(other, "xlogy"));
    }

    @Override
    public NDArray toDegrees() {
        return mul(180.0).div(Math.PI);
    }

    @Override
    public NDArray toRadians() {
        return mul(Math.PI).div(180.0);
    }

    @Override
    public NDArray clip(Number min, Number max) {
        NumberType bounds =
                min instanceof Float || min instanceof Double
                        ? NumberType.FLOAT32
                        : NumberType.INT64;
        return one(
                "clip",
                NumberType.promote(numbers(), 1, bounds, 0),
                shape,
                Map.of("min", min.doubleValue(), "max", max.doubleValue()),
                this);
    }

    // ---- comparison and logic

    private NDArray compare(String operation, NDArray other) {
        return binary(operation, other, NumberType.BOOLEAN);
    }

    @Override
    public NDArray eq(Number n) {
        return eq(scalar(n));
    }

    @Override
    public NDArray eq(NDArray other) {
        return compare("eq", other);
    }

    @Override
    public NDArray neq(Number n) {
        return neq(scalar(n));
    }

    @Override
    public NDArray neq(NDArray other) {
        return compare("neq", other);
    }

    @Override
    public NDArray gt(Number n) {
        return gt(scalar(n));
    }

    @Override
    public NDArray gt(NDArray other) {
        return compare("gt", other);
    }

    @Override
    public NDArray gte(Number n) {
        return gte(scalar(n));
    }

    @Override
    public NDArray gte(NDArray other) {
        return compare("gte", other);
    }

    @Override
    public NDArray lt(Number n) {
        return lt(scalar(n));
    }

    @Override
    public NDArray lt(NDArray other) {
        return compare("lt", other);
    }

    @Override
    public NDArray lte(Number n) {
        return lte(scalar(n));
    }

    @Override
    public NDArray lte(NDArray other) {
        return compare("lte", other);
    }

    @Override
    public NDArray logicalAnd(NDArray other) {
        return compare("logicalAnd", other);
    }

    @Override
    public NDArray logicalOr(NDArray other) {
        return compare("logicalOr", other);
    }

    @Override
    public NDArray logicalXor(NDArray other) {
        return compare("logicalXor", other);
    }

    @Override
    public NDArray logicalNot() {
        return one("logicalNot", NumberType.BOOLEAN, shape, Map.of(), this);
    }

    @Override
    public NDArray isNaN() {
        return one("isNaN", NumberType.BOOLEAN, shape, Map.of(), this);
    }

    @Override
    public NDArray isInfinite() {
        return one("isInfinite", NumberType.BOOLEAN, shape, Map.of(), this);
    }

    // ---- reductions

    private NDArray reduce(String operation, NumberType numbers, int[] axes, boolean keepDims) {
        int[] sorted = Shapes.axes(axes, rank());
        return one(
                operation,
                numbers,
                Shapes.reduce(shape, sorted, keepDims),
                Map.of("axes", sorted, "keepDims", keepDims),
                this);
    }

    private int[] allAxes() {
        return IntStream.range(0, rank()).toArray();
    }

    @Override
    public NDArray max() {
        return max(allAxes(), false);
    }

    @Override
    public NDArray max(int[] axes, boolean keepDims) {
        return reduce("max", numbers(), axes, keepDims);
    }

    @Override
    public NDArray min() {
        return min(allAxes(), false);
    }

    @Override
    public NDArray min(int[] axes, boolean keepDims) {
        return reduce("min", numbers(), axes, keepDims);
    }

    @Override
    public NDArray sum() {
        return sum(allAxes(), false);
    }

    @Override
    public NDArray sum(int[] axes, boolean keepDims) {
        return reduce("sum", numbers().summed(), axes, keepDims);
    }

    @Override
    public NDArray prod() {
        return prod(allAxes(), false);
    }

    @Override
    public NDArray prod(int[] axes, boolean keepDims) {
        return reduce("prod", numbers().summed(), axes, keepDims);
    }

    @Override
    public NDArray mean() {
        return mean(allAxes(), false);
    }

    @Override
    public NDArray mean(int[] axes, boolean keepDims) {
        return reduce("mean", numbers().floating(), axes, keepDims);
    }

    @Override
    public NDArray norm(boolean keepDims) {
        return norm(2, allAxes(), keepDims);
    }

    @Override
    public NDArray norm(int order, int[] axes, boolean keepDims) {
        int[] sorted = axes.length == 0 ? allAxes() : Shapes.axes(axes, rank());
        return one(
                "norm",
                numbers().floating(),
                Shapes.reduce(shape, sorted, keepDims),
                Map.of("order", order, "axes", sorted, "keepDims", keepDims),
                this);
    }

    @Override
    public NDArray normalize(double exponent, long dim, double eps) {
        return one(
                "normalize",
                numbers(),
                shape,
                Map.of("exponent", exponent, "axis", Shapes.axis(dim, rank()), "eps", eps),
                this);
    }

    @Override
    public NDArray cumSum() {
        return rank() == 0 ? reshape(1) : cumSum(0);
    }

    @Override
    public NDArray cumSum(int axis) {
        return one(
                "cumSum",
                numbers().summed(),
                shape,
                Map.of("axis", Shapes.axis(axis, rank())),
                this);
    }

    @Override
    public NDArray cumProd(int axis) {
        return cumProd(axis, numbers().summed());
    }

    @Override
    public NDArray cumProd(int axis, DataType type) {
        return cumProd(axis, NumberType.of(type));
    }

    private NDArray cumProd(int axis, NumberType numbers) {
        return one("cumProd", numbers, shape, Map.of("axis", Shapes.axis(axis, rank())), this);
    }

    @Override
    public NDArray median() {
        return median(new int[] {-1});
    }

    @Override
    public NDArray median(int[] axes) {
        return Compositions.median(this, onlyAxis("median", axes));
    }

    @Override
    public NDArray percentile(Number percentile) {
        return percentile(percentile, new int[] {-1});
    }

    @Override
    public NDArray percentile(Number percentile, int[] axes) {
        return Compositions.percentile(this, percentile.floatValue(), onlyAxis("percentile", axes));
    }

    private int onlyAxis(String operation, int[] axes) {
        if (axes.length != 1) {
            throw Refusal.of(
                    tape, operation, "it is over " + axes.length + " axes, must be over one");
        }
        return Shapes.axis(axes[0], rank());
    }

    @Override
    public NDArray argMax() {
        return ((SymbolicArray) flatten()).argMax(0);
    }

    @Override
    public NDArray argMax(int axis) {
        return arg("argMax", axis);
    }

    @Override
    public NDArray argMin() {
        return ((SymbolicArray) flatten()).argMin(0);
    }

    @Override
    public NDArray argMin(int axis) {
        return arg("argMin", axis);
    }

    private NDArray arg(String operation, int axis) {
        int resolved = Shapes.axis(axis, rank());
        return one(
                operation,
                NumberType.INT64,
                Shapes.reduce(shape, new int[] {resolved}, false),
                Map.of("axis", resolved),
                this);
    }

    @Override
    public NDList topK(int k, int axis, boolean largest, boolean sorted) {
        return sorted(Shapes.axis(axis, rank()), k, largest);
    }

    @Override
    public NDArray sort() {
        return sort(-1);
    }

    @Override
    public NDArray sort(int axis) {
        int resolved = Shapes.axis(axis, rank());
        return sorted(resolved, shape.get(resolved), false).get(0);
    }

    @Override
    public NDArray argSort(int axis, boolean ascending) {
        int resolved = Shapes.axis(axis, rank());
        return sorted(resolved, shape.get(resolved), !ascending).get(1);
    }

    private NDList sorted(int axis, long k, boolean largest) {
        Shape result = Shapes.with(shape, axis, k);
        return new NDList(
                tape.record(
                                "topK",
                                List.of(this),
                                Map.of("k", k, "axis", axis, "largest", largest),
                                List.of(
                                        ArrayType.of(numbers(), result.getShape()),
                                        ArrayType.of(NumberType.INT64, result.getShape())))
                        .toArray(NDArray[]::new));
    }

    @Override
    public NDArray softmax(int axis) {
        return one("softmax", numbers(), shape, Map.of("axis", Shapes.axis(axis, rank())), this);
    }

    @Override
    public NDArray logSoftmax(int axis) {
        return one("logSoftmax", numbers(), shape, Map.of("axis", Shapes.axis(axis, rank())), this);
    }

    // ---- shapes

    @Override
    public NDArray reshape(Shape target) {
        Shape result = Shapes.reshape(shape, target);
        return viewed("reshape", result, Map.of("shape", result));
    }

    @Override
    public NDArray flatten() {
        return reshape(-1);
    }

    @Override
    public NDArray flatten(int startDim, int endDim) {
        int start = Shapes.axis(startDim, rank());
        int end = Shapes.axis(endDim, rank());
        Shape result =
                shape.slice(0, start)
                        .add(shape.slice(start, end + 1).size())
                        .addAll(shape.slice(end + 1));
        return reshape(result);
    }

    @Override
    public NDArray expandDims(int axis) {
        int place = axis < 0 ? axis + rank() + 1 : axis;
        Shape result = shape.slice(0, place).add(1).addAll(shape.slice(place));
        return viewed("expandDims", result, Map.of("axis", place));
    }

    /**
     * All axes of size 1, as DJL means it: the tracer's trial at size 1 finds where that is unsafe.
     */
    @Override
    public NDArray squeeze() {
        return squeeze(allAxesOfSizeOne());
    }

    @Override
    public NDArray squeeze(int axis) {
        int resolved = Shapes.axis(axis, rank());
        return shape.get(resolved) == 1 ? squeeze(new int[] {resolved}) : view();
    }

    private int[] allAxesOfSizeOne() {
        return IntStream.range(0, rank()).filter(i -> shape.get(i) == 1).toArray();
    }

    @Override
    public NDArray squeeze(int[] axes) {
        int[] sorted = Shapes.axes(axes, rank());
        for (int axis : sorted) {
            if (shape.get(axis) != 1) {
                throw new IllegalArgumentException(
                        "axis " + axis + " of " + shape + " cannot be squeezed, it is not 1");
            }
        }
        return sorted.length == 0
                ? view()
                : viewed("squeeze", Shapes.reduce(shape, sorted, false), Map.of("axes", sorted));
    }

    @Override
    public NDArray transpose() {
        return transpose(IntStream.range(0, rank()).map(i -> rank() - 1 - i).toArray());
    }

    @Override
    public NDArray transpose(int... axes) {
        int[] resolved = Arrays.stream(axes).map(axis -> Shapes.axis(axis, rank())).toArray();
        if (Arrays.stream(resolved).distinct().count() != rank()) {
            throw new IllegalArgumentException(
                    "axes " + Arrays.toString(axes) + " of an array of rank " + rank());
        }
        return viewed("transpose", Shapes.permute(shape, resolved), Map.of("axes", resolved));
    }

    @Override
    public NDArray swapAxes(int axis1, int axis2) {
        int[] axes = allAxes();
        axes[Shapes.axis(axis1, rank())] = Shapes.axis(axis2, rank());
        axes[Shapes.axis(axis2, rank())] = Shapes.axis(axis1, rank());
        return transpose(axes);
    }

    @Override
    public NDArray broadcast(Shape target) {
        long[] sizes = target.getShape().clone();
        int added = sizes.length - rank();
        for (int i = added; i < sizes.length; i++) {
            sizes[i] = sizes[i] == -1 ? shape.get(i - added) : sizes[i];
        }
        Shape result = new Shape(sizes);
        if (!Shapes.broadcast(shape, result).equals(result)) {
            throw new IllegalArgumentException(
                    "shape " + shape + " does not broadcast to " + target);
        }
        return viewed("broadcast", result, Map.of("shape", result));
    }

    @Override
    public NDArray tile(long repeats) {
        long[] all = new long[Math.max(1, rank())];
        Arrays.fill(all, repeats);
        return tile(all);
    }

    @Override
    public NDArray tile(int axis, long repeats) {
        long[] all = new long[rank()];
        Arrays.fill(all, 1);
        all[Shapes.axis(axis, rank())] = repeats;
        return tile(all);
    }

    @Override
    public NDArray tile(long[] repeats) {
        int added = repeats.length - rank();
        if (added < 0) {
            throw new IllegalArgumentException(
                    repeats.length + " repeats for an array of rank " + rank());
        }
        SymbolicArray source = this;
        for (int i = 0; i < added; i++) {
            source = (SymbolicArray) source.expandDims(0);
        }
        long[] sizes = source.shape.getShape().clone();
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] *= repeats[i];
        }
        return one("tile", numbers(), new Shape(sizes), Map.of("repeats", repeats), source);
    }

    @Override
    public NDArray repeat(long repeats) {
        SymbolicArray result = (SymbolicArray) (rank() == 0 ? reshape(1) : this);
        for (int axis = 0; axis < result.rank(); axis++) {
            result = (SymbolicArray) result.repeat(axis, repeats);
        }
        return result;
    }

    @Override
    public NDArray repeat(int axis, long repeats) {
        int resolved = Shapes.axis(axis, rank());
        return one(
                "repeat",
                numbers(),
                Shapes.with(shape, resolved, shape.get(resolved) * repeats),
                Map.of("axis", resolved, "repeats", repeats),
                this);
    }

    @Override
    public NDArray repeat(long[] repeats) {
        NDArray result = this;
        for (int axis = 0; axis < repeats.length; axis++) {
            result = result.repeat(axis, repeats[axis]);
        }
        return result;
    }

    @Override
    public NDArray repeat(Shape desired) {
        long[] repeats = new long[rank()];
        int leading = rank() - desired.dimension();
        for (int i = 0; i < repeats.length; i++) {
            repeats[i] = i < leading ? 1 : desired.get(i - leading) / shape.get(i);
        }
        return repeat(repeats);
    }

    @Override
    public NDArray flip(int... axes) {
        return one("flip", numbers(), shape, Map.of("axes", Shapes.axes(axes, rank())), this);
    }

    @Override
    public NDArray rotate90(int times, int[] axes) {
        if (axes.length != 2) {
            throw new IllegalArgumentException(axes.length + " axes to rotate in, must be 2");
        }
        return Compositions.rotate90(
                this, times, Shapes.axis(axes[0], rank()), Shapes.axis(axes[1], rank()));
    }

    @Override
    public NDArray diagonal() {
        return diagonal(0);
    }

    @Override
    public NDArray diagonal(int offset) {
        return diagonal(offset, 0, 1);
    }

    @Override
    public NDArray diagonal(int offset, int axis1, int axis2) {
        int rows = Shapes.axis(axis1, rank());
        int columns = Shapes.axis(axis2, rank());
        return viewed(
                "diagonal",
                Shapes.diagonal(shape, offset, rows, columns),
                Map.of("offset", offset, "rows", rows, "columns", columns));
    }

    @Override
    public NDArray trace(int offset, int axis1, int axis2) {
        return diagonal(offset, axis1, axis2).sum(new int[] {-1});
    }

    @Override
    public NDList split(long sections, int axis) {
        int resolved = Shapes.axis(axis, rank());
        long total = shape.get(resolved);
        // As the PyTorch engine has it: equal parts, and a smaller one for what is left.
        long size = total / sections;
        List<Long> sizes = new ArrayList<>();
        for (long start = 0; start < total; start += size) {
            sizes.add(Math.min(size, total - start));
        }
        return split(sizes, resolved);
    }

    @Override
    public NDList split(long[] indices, int axis) {
        int resolved = Shapes.axis(axis, rank());
        if (indices.length == 0) {
            return new NDList(this);
        }
        List<Long> sizes = new ArrayList<>();
        long start = 0;
        for (long index : indices) {
            sizes.add(index - start);
            start = index;
        }
        sizes.add(shape.get(resolved) - start);
        return split(sizes, resolved);
    }

    private NDList split(List<Long> sizes, int axis) {
        List<SymbolicArray> parts =
                tape.record(
                        "split",
                        List.of(this),
                        Map.of(
                                "sizes",
                                sizes.stream().mapToLong(Long::longValue).toArray(),
                                "axis",
                                axis),
                        sizes.stream()
                                .map(size -> Shapes.with(shape, axis, size))
                                .map(part -> ArrayType.of(numbers(), part.getShape()))
                                .collect(Collectors.toList()));
        return new NDList(
                parts.stream().map(part -> part.sharing(storage)).toArray(NDArray[]::new));
    }

    @Override
    public NDArray pad(Shape padding, double value) {
        long[] sizes = shape.getShape().clone();
        for (int i = 0; i < padding.dimension(); i += 2) {
            sizes[rank() - 1 - i / 2] += padding.get(i) + padding.get(i + 1);
        }
        return one(
                "pad",
                numbers(),
                new Shape(sizes),
                Map.of("padding", padding, "value", value),
                this);
    }

    @Override
    public NDArray diff(int n, int dim) {
        int axis = Shapes.axis(dim, rank());
        SymbolicArray result = this;
        for (int i = 0; i < n; i++) {
            long size = result.shape.get(axis);
            SliceBounds later = new SliceBounds();
            later.add(axis, 1, Long.MAX_VALUE, 1, size);
            SliceBounds earlier = new SliceBounds();
            earlier.add(axis, 0, -1, 1, size);
            result = (SymbolicArray) result.slice(later).sub(result.slice(earlier));
        }
        return result;
    }

    // ---- indexing

    SymbolicArray slice(SliceBounds bounds) {
        return viewed("slice", new Shape(bounds.resultShape(shape.getShape())), bounds.arguments());
    }

    SymbolicArray select(int axis, long index) {
        if (index < -shape.get(axis) || index >= shape.get(axis)) {
            throw new IllegalArgumentException(
                    "place " + index + " of axis " + axis + " of an array " + shape);
        }
        return viewed(
                "select",
                Shapes.reduce(shape, new int[] {axis}, false),
                Map.of("axis", axis, "index", index));
    }

    SymbolicArray takeAxis(NDArray indices, int axis) {
        Shape result =
                shape.slice(0, axis).addAll(indices.getShape()).addAll(shape.slice(axis + 1));
        return one("take", numbers(), result, Map.of("axis", axis), this, indices);
    }

    @Override
    public NDArray get(NDIndex index) {
        return get(manager, index);
    }

    @Override
    public NDArray get(NDManager ignored, NDIndex index) {
        return new SymbolicIndexer(tape).get(this, index);
    }

    @Override
    public NDArray take(NDManager ignored, NDArray index) {
        return ((SymbolicArray) flatten()).takeAxis(index, 0);
    }

    @Override
    public NDArray gather(NDArray index, int axis) {
        return one(
                "gather",
                numbers(),
                index.getShape(),
                Map.of("axis", Shapes.axis(axis, rank())),
                this,
                index);
    }

    /** DJL's meaning: the index's first axis holds the coordinates, ONNX wants them last. */
    @Override
    public NDArray gatherNd(NDArray index) {
        Shape indexShape = index.getShape();
        int depth = Math.toIntExact(indexShape.get(0));
        if (depth == 1) {
            return takeAxis(tape.own(index, "gatherNd").select(0, 0), 0);
        }
        return one(
                "gatherNd",
                numbers(),
                indexShape.slice(1).addAll(shape.slice(depth)),
                Map.of(),
                this,
                index);
    }

    @Override
    public NDArray scatter(NDArray index, NDArray value, int axis) {
        return one(
                "scatter",
                numbers(),
                shape,
                Map.of("axis", Shapes.axis(axis, rank())),
                this,
                index,
                value);
    }

    @Override
    public NDArray put(NDArray index, NDArray value) {
        return Compositions.put(this, tape.own(index, "put"), value);
    }

    @Override
    public NDArray sequenceMask(NDArray sequenceLength) {
        return sequenceMask(sequenceLength, 0);
    }

    @Override
    public NDArray sequenceMask(NDArray sequenceLength, float value) {
        return Compositions.sequenceMask(this, tape.own(sequenceLength, "sequenceMask"), value);
    }

    @Override
    public NDArray oneHot(int depth, float onValue, float offValue, DataType type) {
        return one(
                "oneHot",
                NumberType.of(type),
                shape.add(depth),
                Map.of("depth", depth, "on", onValue, "off", offValue),
                this);
    }

    // ---- products

    @Override
    public NDArray matMul(NDArray other) {
        SymbolicArray right = tape.own(other, "matMul");
        return one("matMul", numbers(), Shapes.matMul(shape, right.shape), Map.of(), this, right);
    }

    @Override
    public NDArray batchMatMul(NDArray other) {
        return matMul(other);
    }

    @Override
    public NDArray batchDot(NDArray other) {
        return matMul(other);
    }

    @Override
    public NDArray dot(NDArray other) {
        return matMul(other);
    }

    @Override
    public NDArrayEx getNDArrayInternal() {
        return new SymbolicOps(this);
    }

    // ---- copies and types

    @Override
    public NDArray toType(DataType target, boolean copy) {
        if (target == dataType) {
            return copy ? duplicate() : this;
        }
        NumberType numbers = NumberType.of(target);
        return one("cast", numbers, shape, Map.of("to", numbers), this);
    }

    @Override
    public NDArray toDevice(Device device, boolean copy) {
        return copy ? duplicate() : this;
    }

    @Override
    public NDArray duplicate() {
        read();
        return sharing(new Storage(true));
    }

    @Override
    public NDArray stopGradient() {
        return this;
    }

    @Override
    public void setRequiresGradient(boolean requiresGradient) {}

    @Override
    public SparseFormat getSparseFormat() {
        return SparseFormat.DENSE;
    }

    @Override
    public Device getDevice() {
        return Device.cpu();
    }

    @Override
    public NDArray toDense() {
        return this;
    }

    // ---- what cannot be: values read in Java, memory written

    @Override
    public ByteBuffer toByteBuffer(boolean tryDirect) {
        throw ValueReading.refuse(tape, this);
    }

    @Override
    public String[] toStringArray(Charset charset) {
        throw ValueReading.refuse(tape, this);
    }

    @Override
    public boolean contentEquals(Number number) {
        throw ValueReading.refuse(tape, this);
    }

    @Override
    public boolean contentEquals(NDArray other) {
        throw ValueReading.refuse(tape, this);
    }

    static ExportException refuseSet(Tape tape) {
        return Refusal.inPlace(
                tape, "set", "part by part; build the array with concat, where or scatter");
    }

    @Override
    public void intern(NDArray replaced) {
        throw Refusal.inPlace(tape, "intern", "by taking another's memory");
    }

    /** All numbers at once, as DJL copies a constant of its own into a new array. */
    @Override
    public void set(Buffer buffer) {
        inPlace("set", (SymbolicArray) tape.manager().create(buffer, shape, dataType));
    }

    @Override
    public void set(NDIndex index, NDArray value) {
        throw refuseSet(tape);
    }

    @Override
    public void set(NDIndex index, Number value) {
        throw refuseSet(tape);
    }

    @Override
    public void set(NDIndex index, Function<NDArray, NDArray> function) {
        throw refuseSet(tape);
    }

    @Override
    public void set(NDArray index, Number value) {
        throw refuseSet(tape);
    }

    @Override
    public void setScalar(NDIndex index, Number value) {
        throw refuseSet(tape);
    }

    // ---- life cycle: there is nothing to manage

    @Override
    public void attach(NDManager other) {}

    @Override
    public void tempAttach(NDManager other) {}

    @Override
    public void returnResource(NDManager other) {}

    @Override
    public void detach() {}

    @Override
    public void close() {}

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toDebugString() {
        return operand + " " + type();
    }

    @Override
    public String toDebugString(boolean withContent) {
        return toDebugString();
    }

    @Override
    public String toDebugString(
            int maxSize, int maxDepth, int maxRows, int maxColumns, boolean withContent) {
        return toDebugString();
    }

    @Override
    public String toString() {
        return toDebugString();
    }
}
