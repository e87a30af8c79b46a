package dev.vitrail.zoo.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import dev.vitrail.zoo.block.ParameterNames;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * Weights into a block: each parameter's initializer is replaced by one that hands out the tensor
 * of its name. A block learns the shapes of its parameters only while it is initialised, so this is
 * where they can be compared, and nothing is drawn at random to be thrown away.
 */
final class Filling {

    enum Memory {
        /** Arrays have memory of their own. */
        OWNED,
        /** Arrays look into the file. */
        MAPPED
    }

    private final Weights weights;
    private final Memory memory;
    private final Fit fit;

    Filling(Weights weights, Memory memory) {
        this.weights = weights;
        this.memory = memory;
        this.fit = new Fit(weights);
    }

    void fill(Block block, NDManager manager, Shape... inputShapes) {
        Map<String, Parameter> parameters = ParameterNames.of(block).parameters();
        fit.checkNames(parameters.keySet());
        parameters.forEach(
                (name, parameter) -> {
                    parameter.close();
                    parameter.setInitializer((owner, shape, type) -> array(name, shape, owner));
                });
        if (memory == Memory.MAPPED) {
            parameters.values().forEach(parameter -> parameter.freeze(true));
        }
        block.initialize(manager, DataType.FLOAT32, inputShapes);
        if (!fit.holds()) {
            parameters.values().forEach(Parameter::close);
            throw fit.refused();
        }
    }

    private NDArray array(String name, Shape shape, NDManager manager) {
        if (!fit.hasShape(name, shape)) {
            return placeholder(manager);
        }
        ByteBuffer bytes = weights.floats(name);
        FloatBuffer values = bytes.asFloatBuffer();
        int notFinite = FiniteSink.firstNotFinite(values);
        if (notFinite >= 0) {
            fit.note(FiniteSink.problem(name, values.get(notFinite), notFinite, shape));
            return placeholder(manager);
        }
        if (memory == Memory.MAPPED) {
            return manager.create(bytes, shape, DataType.FLOAT32);
        }
        // The engine's copy: one that shared the buffer would write into the mapped file's pages.
        // Not toType(type, true), which in DJL 0.36 on PyTorch shares them all the same.
        try (NDArray view = manager.create(bytes, shape, DataType.FLOAT32)) {
            return view.duplicate();
        }
    }

    /** Stands in while the rest of the problems is found. */
    private static NDArray placeholder(NDManager manager) {
        return manager.create(0f);
    }
}
