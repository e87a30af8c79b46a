package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
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
}
