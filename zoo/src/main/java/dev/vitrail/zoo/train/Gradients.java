package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The gradients of one step by parameter name. They are handles that the engine makes on every
 * request and attaches to the parameters' manager, which outlives the step: closing this gives them
 * back.
 */
final class Gradients implements AutoCloseable {

    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private final Map<String, Double> norms = new LinkedHashMap<>();

    private Gradients() {}

    /** The gradients of all parameters that are trained, after a backward pass. */
    static Gradients of(Map<String, Parameter> parameters) {
        Gradients gradients = new Gradients();
        parameters.forEach(
                (name, parameter) -> {
                    if (parameter.requiresGradient()) {
                        gradients.arrays.put(name, parameter.getArray().getGradient());
                    }
                });
        gradients.measure();
        return gradients;
    }

    private void measure() {
        if (arrays.isEmpty()) {
            return;
        }
        NDManager parent = arrays.values().iterator().next().getManager();
        try (NDManager scope = parent.newSubManager()) {
            NDList squares = new NDList(arrays.size());
            for (NDArray gradient : arrays.values()) {
                NDArray square = gradient.square();
                square.attach(scope);
                squares.add(square.sum().reshape(new Shape(1)));
            }
            // One read for all: on a GPU every read waits for the device.
            float[] sums = NDArrays.concat(squares).toFloatArray();
            int i = 0;
            for (String name : arrays.keySet()) {
                norms.put(name, Math.sqrt(sums[i++]));
            }
        }
    }

    NDArray get(String name) {
        return arrays.get(name);
    }

    /** The Euclidean norm over all values of all gradients; not finite if any value is not. */
    double norm() {
        double sum = 0;
        for (double norm : norms.values()) {
            sum += norm * norm;
        }
        return Math.sqrt(sum);
    }

    /** The parameter with the largest gradient; one that is not finite counts as largest. */
    String largest() {
        String largest = "";
        double most = -1;
        for (Map.Entry<String, Double> entry : norms.entrySet()) {
            double norm = entry.getValue();
            if (!Double.isFinite(norm)) {
                return entry.getKey();
            }
            if (norm > most) {
                most = norm;
                largest = entry.getKey();
            }
        }
        return largest;
    }

    @Override
    public void close() {
        arrays.values().forEach(NDArray::close);
        arrays.clear();
    }
}
