package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A vision transformer with weights on a device, ready to run. It owns the block's arrays: closing
 * it frees them.
 */
public final class Network implements AutoCloseable {

    private final VisionTransformer block;
    private final NDManager manager;
    private final ParameterStore store;
    private final Map<String, Parameter> parameters;

    /**
     * Puts weights into a block.
     *
     * @param block without weights
     * @param device where they live
     * @param weights what fills the block, given its manager
     */
    Network(VisionTransformer block, Device device, WeightSource weights) {
        this.block = block;
        this.manager = NDManager.newBaseManager(device);
        try {
            weights.fill(manager);
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
        this.store = new ParameterStore(manager, false);
        this.parameters = ParameterNames.of(block).parameters();
    }

    /** Fills the block with weights. */
    @FunctionalInterface
    interface WeightSource {
        void fill(NDManager manager);
    }

    /**
     * Returns the block, initialised, for exporting.
     *
     * @return the block; it is usable as long as this network is open
     */
    public VisionTransformer block() {
        return block;
    }

    /**
     * Returns the parameters by name.
     *
     * @return an unmodifiable map in the block's order
     */
    public Map<String, Parameter> parameters() {
        return parameters;
    }

    /** The number of values in all parameters. */
    long parameterCount() {
        return parameters.values().stream()
                .mapToLong(parameter -> parameter.getArray().size())
                .sum();
    }

    /** The manager that owns the weights. */
    NDManager manager() {
        return manager;
    }

    /**
     * A forward pass: pixels {@code [batch, 3, height, width]} to logits {@code [batch, classes]}.
     */
    NDArray forward(NDArray pixels, boolean training) {
        return block.forward(store, new NDList(pixels), training).singletonOrThrow();
    }

    /** An array over a batch's memory on the CPU, a copy of it on a GPU. */
    NDArray input(NDManager scope, ByteBuffer pixels, int size) {
        Shape shape = block.inputShape(size);
        if (pixels.remaining() != shape.size() * Float.BYTES) {
            throw new IllegalArgumentException(
                    pixels.remaining() + " bytes of pixels do not make " + shape);
        }
        return scope.create(pixels, shape, DataType.FLOAT32);
    }

    /**
     * Runs the network in inference mode: no dropout, no drop path, no gradients.
     *
     * @param pixels a direct buffer of floats in native order, {@code [size, 3, height, width]}
     * @param size samples in it
     * @return logits, {@code [size, classes]}
     */
    public float[][] logits(ByteBuffer pixels, int size) {
        return unrecorded(
                () -> {
                    try (NDManager scope = manager.newSubManager()) {
                        float[] flat = forward(input(scope, pixels, size), false).toFloatArray();
                        return LogitsFunction.rows(flat, block.classes());
                    }
                });
    }

    /** Does something with the weights that no gradient is wanted of. */
    <T> T unrecorded(Supplier<T> action) {
        setRecording(false);
        try {
            return action.get();
        } finally {
            setRecording(true);
        }
    }

    /**
     * Lets the engine record, or not, what is done with the weights. Whether it records at all is
     * the engine's state of a thread, which DJL can only switch on; without weights that ask for
     * gradients nothing is recorded in any thread.
     */
    private void setRecording(boolean recording) {
        for (Parameter parameter : parameters.values()) {
            if (parameter.requiresGradient()) {
                parameter.getArray().setRequiresGradient(recording);
            }
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
