package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /**
     * An array for each parameter, of its shape.
     *
     * @param kind what begins their names
     * @param parameters what is trained
     * @param owner the manager of the arrays
     * @return the arrays by name, in the order of the parameters
     */
    default Map<String, NDArray> arrays(
            String kind, List<TrainedParameter> parameters, NDManager owner) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (TrainedParameter parameter : parameters) {
            String name = kind + parameter.name();
            arrays.put(name, array(name, parameter.array().getShape(), owner));
        }
        return arrays;
    }
}
