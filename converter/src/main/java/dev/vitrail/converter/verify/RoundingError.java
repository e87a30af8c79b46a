package dev.vitrail.converter.verify;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What rounding alone does to a network: its outputs in single precision beside those that DJL
 * computes from the same weights and inputs in double precision. A file that computes the same
 * network rounds in another order and differs by some times as much, while a mistake such as an
 * epsilon of 10⁻⁵ for 10⁻⁶ differs by far more, yet by less than any tolerance that must do for
 * every network.
 */
final class RoundingError {
    /**
     * How many times the rounding error is allowed. On the networks of the tests the largest
     * difference was 5 times; one sample is measured, and ONNX Runtime's kernels differ by machine.
     */
    private static final double MARGIN = 20;

    /** Allowed in any case, relative to the largest output: 80 roundings of it. */
    private static final double LEAST = 5e-6;

    /** Beyond so many numbers in the parameters, twice the time and memory are too much. */
    private static final long LARGEST_NETWORK = 100_000_000;

    /**
     * So many parameters in double precision are there at a time; a block holds some of its own.
     */
    private static final int PARAMETERS_AT_A_TIME = 64;

    private RoundingError() {}

    /**
     * Returns what to allow of each output.
     *
     * @param most what to allow at most, and where rounding cannot be measured
     * @param block the network
     * @param inputs arrays that it was run on
     * @param single what it gave
     */
    static List<Double> tolerances(double most, Block block, NDList inputs, List<Numbers> single) {
        Optional<List<Numbers>> twice = inDoublePrecision(block, inputs);
        List<Double> tolerances = new ArrayList<>();
        for (int i = 0; i < single.size(); i++) {
            double tolerance = most;
            if (twice.isPresent() && twice.get().size() == single.size()) {
                tolerance =
                        measured(single.get(i), twice.get().get(i))
                                .map(error -> Math.min(most, Math.max(LEAST, MARGIN * error)))
                                .orElse(most);
            }
            tolerances.add(tolerance);
        }
        return tolerances;
    }

    private static Optional<Double> measured(Numbers single, Numbers twice) {
        boolean comparable =
                single.type().equals("FLOAT32")
                        && twice.type().equals("FLOAT64")
                        && single.count() == twice.count();
        double error = 0;
        double scale = 0;
        for (int i = 0; comparable && i < single.count(); i++) {
            error = Math.max(error, Math.abs(single.get(i) - twice.get(i)));
            scale = Math.max(scale, Math.abs(twice.get(i)));
        }
        // Not a number compares false: then nothing is known of the rounding.
        return comparable && error < scale ? Optional.of(error / scale) : Optional.empty();
    }

    private static Optional<List<Numbers>> inDoublePrecision(Block block, NDList inputs) {
        long parameters =
                block.getParameters().values().stream()
                        .filter(Parameter::isInitialized)
                        .mapToLong(parameter -> parameter.getArray().getShape().size())
                        .sum();
        if (parameters > LARGEST_NETWORK) {
            return Optional.empty();
        }
        try (NDManager manager = inputs.getManager().newSubManager()) {
            NDList doubles = new NDList();
            for (NDArray input : inputs) {
                NDArray copy = twice(input);
                copy.attach(manager);
                doubles.add(copy);
            }
            NDList outputs = block.forward(new Doubles(manager), doubles, false);
            List<Numbers> numbers = new ArrayList<>();
            for (NDArray output : outputs) {
                numbers.add(Numbers.of(output));
            }
            return Optional.of(numbers);
        } catch (RuntimeException e) {
            // A block that asks for single precision by name cannot be run in double.
            return Optional.empty();
        }
    }

    private static NDArray twice(NDArray array) {
        DataType type = array.getDataType() == DataType.FLOAT32 ? DataType.FLOAT64 : null;
        return type == null ? array.duplicate() : array.toType(type, true);
    }

    /** Hands out copies of the parameters in double precision. */
    private static final class Doubles extends ParameterStore {
        private final NDManager manager;
        private final Deque<NDArray> handedOut = new ArrayDeque<>();

        Doubles(NDManager manager) {
            super(manager, false);
            this.manager = manager;
        }

        @Override
        public NDArray getValue(Parameter parameter, Device device, boolean training) {
            if (parameter == null) {
                return null;
            }
            NDArray copy = twice(super.getValue(parameter, device, training));
            copy.attach(manager);
            handedOut.add(copy);
            if (handedOut.size() > PARAMETERS_AT_A_TIME) {
                handedOut.remove().close();
            }
            return copy;
        }
    }
}
