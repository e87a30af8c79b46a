package dev.vitrail.converter.trace;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDResource;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.PairList;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where blocks make constants while they are traced. It has no memory to manage: attaching and
 * closing do nothing, sub-managers are itself.
 */
final class SymbolicManager implements NDManager {
    private final Tape tape;

    SymbolicManager(Tape tape) {
        this.tape = tape;
    }

    private SymbolicArray one(String operation, DataType type, Shape shape, Map<String, ?> values) {
        return tape.record(
                        operation,
                        List.of(),
                        values,
                        List.of(ArrayType.of(NumberType.of(type), shape.getShape())))
                .get(0);
    }

    @Override
    public NDArray from(NDArray array) {
        return array == null ? null : tape.own(array, "from");
    }

    @Override
    public NDArray create(Buffer data, Shape shape, DataType dataType) {
        int size = Math.toIntExact(shape.size());
        BaseNDManager.validateBuffer(data, dataType, size);
        ByteBuffer bytes =
                ByteBuffer.allocate(size * dataType.getNumOfBytes()).order(ByteOrder.LITTLE_ENDIAN);
        BaseNDManager.copyBuffer(data.duplicate(), bytes);
        bytes.rewind();
        return one("constant", dataType, shape, Map.of("values", new Argument.Literal(bytes)));
    }

    @Override
    public NDArray create(float data) {
        return one("full", DataType.FLOAT32, new Shape(), Map.of("value", data));
    }

    @Override
    public NDArray create(double data) {
        return one("full", DataType.FLOAT64, new Shape(), Map.of("value", data));
    }

    @Override
    public NDArray create(int data) {
        return one("full", DataType.INT32, new Shape(), Map.of("value", (double) data));
    }

    @Override
    public NDArray create(long data) {
        // Beyond 53 bits a double no longer holds every integer.
        return Math.abs(data) < 1L << 53
                ? one("full", DataType.INT64, new Shape(), Map.of("value", (double) data))
                : create(new long[] {data}, new Shape());
    }

    /**
     * Memory whose content an engine leaves undefined; whoever writes to it later is refused then.
     */
    @Override
    public NDArray create(Shape shape, DataType dataType) {
        return full(shape, 0f, dataType);
    }

    @Override
    public NDArray zeros(Shape shape, DataType dataType) {
        return full(shape, 0f, dataType);
    }

    @Override
    public NDArray ones(Shape shape, DataType dataType) {
        return full(shape, 1f, dataType);
    }

    @Override
    public NDArray full(Shape shape, float value, DataType dataType) {
        return one("full", dataType, shape, Map.of("value", value));
    }

    @Override
    public NDArray arange(float start, float stop, float step, DataType dataType) {
        if (Math.signum(stop - start) != Math.signum(step)) {
            return full(new Shape(0), 0f, dataType);
        }
        long count = (long) Math.ceil(((double) stop - start) / step);
        return one(
                "arange",
                dataType,
                new Shape(count),
                Map.of("start", start, "step", step, "count", count));
    }

    @Override
    public NDArray eye(int rows, int columns, int k, DataType dataType) {
        return one("eye", dataType, new Shape(rows, columns), Map.of("diagonal", k));
    }

    @Override
    public NDArray linspace(float start, float stop, int count, boolean endpoint) {
        float[] values = new float[count];
        double step = count < 2 ? 0 : ((double) stop - start) / (endpoint ? count - 1 : count);
        for (int i = 0; i < count; i++) {
            values[i] = (float) (start + i * step);
        }
        return create(values);
    }

    @Override
    public NDArray randomUniform(float low, float high, Shape shape, DataType dataType) {
        return random("randomUniform", shape, dataType);
    }

    @Override
    public NDArray randomNormal(float loc, float scale, Shape shape, DataType dataType) {
        return random("randomNormal", shape, dataType);
    }

    @Override
    public NDArray truncatedNormal(float loc, float scale, Shape shape, DataType dataType) {
        return random("truncatedNormal", shape, dataType);
    }

    @Override
    public NDArray randomInteger(long low, long high, Shape shape, DataType dataType) {
        return random("randomInteger", shape, dataType);
    }

    @Override
    public NDArray randomPermutation(long n) {
        return random("randomPermutation", new Shape(n), DataType.INT64);
    }

    /**
     * Initialisers draw random numbers, and a plan needs only their shape; a forward pass may not.
     */
    private NDArray random(String operation, Shape shape, DataType dataType) {
        if (tape.isPlan()) {
            return one(operation, dataType, shape, Map.of());
        }
        throw Refusal.random(tape, operation);
    }

    @Override
    public NDArray randomMultinomial(int n, NDArray probabilities) {
        throw Refusal.random(tape, "randomMultinomial");
    }

    @Override
    public NDArray randomMultinomial(int n, NDArray probabilities, Shape shape) {
        throw Refusal.random(tape, "randomMultinomial");
    }

    @Override
    public NDArray sampleNormal(NDArray mu, NDArray sigma) {
        throw Refusal.random(tape, "sampleNormal");
    }

    @Override
    public NDArray sampleNormal(NDArray mu, NDArray sigma, Shape shape) {
        throw Refusal.random(tape, "sampleNormal");
    }

    @Override
    public NDArray samplePoisson(NDArray lambda) {
        throw Refusal.random(tape, "samplePoisson");
    }

    @Override
    public NDArray samplePoisson(NDArray lambda, Shape shape) {
        throw Refusal.random(tape, "samplePoisson");
    }

    @Override
    public NDArray sampleGamma(NDArray alpha, NDArray beta) {
        throw Refusal.random(tape, "sampleGamma");
    }

    @Override
    public NDArray sampleGamma(NDArray alpha, NDArray beta, Shape shape) {
        throw Refusal.random(tape, "sampleGamma");
    }

    @Override
    public NDArray create(String[] data, Charset charset, Shape shape) {
        throw Refusal.unsupported(tape, "create of strings");
    }

    @Override
    public NDArray createCSR(Buffer data, long[] pointers, long[] indices, Shape shape) {
        throw Refusal.unsupported(tape, "createCSR");
    }

    @Override
    public NDArray createRowSparse(Buffer data, Shape dataShape, long[] indices, Shape shape) {
        throw Refusal.unsupported(tape, "createRowSparse");
    }

    @Override
    public NDArray createCoo(Buffer data, long[][] indices, Shape shape) {
        throw Refusal.unsupported(tape, "createCoo");
    }

    @Override
    public NDList load(Path path) {
        throw Refusal.unsupported(tape, "load");
    }

    @Override
    public void invoke(String name, NDArray[] src, NDArray[] dest, PairList<String, ?> params) {
        throw Refusal.unsupported(tape, name);
    }

    @Override
    public NDList invoke(String name, NDList src, PairList<String, ?> params) {
        throw Refusal.unsupported(tape, name);
    }

    @Override
    public ByteBuffer allocateDirect(int capacity) {
        return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public Device defaultDevice() {
        return Device.cpu();
    }

    @Override
    public Device getDevice() {
        return Device.cpu();
    }

    @Override
    public void setName(String name) {}

    @Override
    public String getName() {
        return "tracing";
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void cap() {}

    @Override
    public NDManager getParentManager() {
        return this;
    }

    @Override
    public NDManager newSubManager() {
        return this;
    }

    @Override
    public NDManager newSubManager(Device device) {
        return this;
    }

    @Override
    public List<NDArray> getManagedArrays() {
        return List.of();
    }

    @Override
    public void attachInternal(String resourceId, AutoCloseable... resource) {}

    @Override
    public void attachUncappedInternal(String resourceId, AutoCloseable resource) {}

    @Override
    public void tempAttachInternal(
            NDManager originalManager, String resourceId, NDResource resource) {}

    @Override
    public void detachInternal(String resourceId) {}

    @Override
    public Engine getEngine() {
        throw Refusal.unsupported(tape, "getEngine");
    }

    @Override
    public void close() {}
}
