package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.block.ImageNetwork;
import dev.vitrail.zoo.block.ParameterNames;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A block with weights on a device, ready to run. It owns the block's arrays: closing it frees
 * them.
 *
 * @param <B> what kind of network it is
 */
abstract class LoadedBlock<B extends ImageNetwork> implements AutoCloseable {

    private final B block;
    private final NDManager manager;
    private final ParameterStore store;
    private final Map<String, Parameter> parameters;

    /**
     * Puts weights into a block.
     *
     * @param block without weights
     * @param device where they live
     * @param weights what fills the block
     */
    LoadedBlock(B block, Device device, WeightSource weights) {
        this.block = block;
        this.manager = NDManager.newBaseManager(device);
        try {
            weights.fill(block, manager);
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
        this.store = new ParameterStore(manager, false);
        this.parameters = ParameterNames.of(block).parameters();
    }

    /** Fills a block with weights that belong to the manager. */
    @FunctionalInterface
    interface WeightSource {
        void fill(ImageNetwork block, NDManager manager);
    }

    /**
     * Returns the block, initialised, for exporting.
     *
     * @return the block; it is usable as long as this network is open
     */
    public B block() {
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

    /** What a run keeps as its weights: what others are to start from. */
    Map<String, Parameter> kept() {
        return parameters;
    }

    /** The number of values in all parameters that are trained. */
    long trainedValues() {
        return parameters.values().stream()
                .filter(Parameter::requiresGradient)
                .mapToLong(parameter -> parameter.getArray().size())
                .sum();
    }

    /** The manager that owns the weights. */
    NDManager manager() {
        return manager;
    }

    /** Where a forward pass takes the weights from. */
    ParameterStore store() {
        return store;
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
