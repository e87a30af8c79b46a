package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import java.util.Map;

/**
 * The weight of a network that is furthest from zero; NaN is further than every number.
 *
 * @param parameter that it is in
 * @param size its absolute value
 */
record LargestWeight(String parameter, float size) {

    /** Looks at every weight of a network. */
    static LargestWeight of(LoadedBlock<?> network) {
        LargestWeight largest = new LargestWeight("", -1);
        for (Map.Entry<String, Parameter> parameter : network.parameters().entrySet()) {
            float size = size(parameter.getValue().getArray());
            if (Float.compare(size, largest.size) > 0) {
                largest = new LargestWeight(parameter.getKey(), size);
            }
        }
        return largest;
    }

    private static float size(NDArray weights) {
        try (NDArray sizes = weights.abs();
                NDArray largest = sizes.max()) {
            return largest.getFloat();
        }
    }
}
