package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;

/**
 * What one forward pass knows besides its arrays.
 *
 * @param store the only source of weights, so that a recording store can stand in for it
 * @param training whether dropout and drop path act
 */
record ForwardPass(ParameterStore store, boolean training) {

    /** Runs {@code x} through a block of one input and one output. */
    NDArray through(Block block, NDArray x) {
        return block.forward(store, new NDList(x), training).singletonOrThrow();
    }

    /**
     * A parameter's array on the device of {@code x}.
     *
     * <p>It belongs to the store's manager, and so does everything computed with it as the first
     * operand: attach such a result to the manager of {@code x}, or it outlives the pass.
     */
    NDArray weight(Parameter parameter, NDArray x) {
        return store.getValue(parameter, x.getDevice(), training);
    }

    /**
     * A parameter's array in another shape of as many values, owned by the manager of {@code x}.
     */
    NDArray weight(Parameter parameter, NDArray x, long... shape) {
        NDArray reshaped = weight(parameter, x).reshape(shape);
        reshaped.attach(x.getManager());
        return reshaped;
    }

    /** A token {@code [1, n, dim]} for each sample of {@code x}, owned by the manager of x. */
    NDArray tokens(Parameter parameter, NDArray x) {
        Shape one = parameter.getShape();
        NDArray tokens =
                weight(parameter, x)
                        .broadcast(new Shape(x.getShape().get(0), one.get(1), one.get(2)));
        // A result belongs to its first operand's manager. Left with the parameters', a class
        // token would take every later array of the pass with it, and none would ever be freed.
        tokens.attach(x.getManager());
        return tokens;
    }
}
