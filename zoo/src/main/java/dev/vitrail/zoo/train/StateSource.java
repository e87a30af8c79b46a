package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Where an optimiser's state comes from. */
@FunctionalInterface
interface StateSource {

    /** Before the first step. */
    StateSource ZEROS = (name, shape, owner) -> owner.zeros(shape);

    /**
     * An array to go on from.
     *
     * @param name of the state
     * @param shape of its array
     * @param owner the manager of the array
     */
    NDArray array(String name, Shape shape, NDManager owner);
}
