package dev.vitrail.converter.verify;

import dev.vitrail.converter.error.ExportException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the largest difference of each output over many runs. */
final class Differences {
    private final List<Double> tolerances;
    private final Map<String, OutputDifference> largest = new LinkedHashMap<>();

    /**
     * @param tolerances what is allowed of each output, relative to its largest number
     */
    Differences(List<Double> tolerances) {
        this.tolerances = List.copyOf(tolerances);
    }

    void add(String sample, List<String> names, List<Numbers> expected, List<Numbers> actual) {
        if (expected.size() != actual.size()) {
            throw new ExportException(
                    "the file gives "
                            + actual.size()
                            + " outputs where the network gives "
                            + expected.size());
        }
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            OutputDifference found =
                    compare(name, sample, tolerances.get(i), expected.get(i), actual.get(i));
            largest.merge(name, found, Differences::worse);
        }
    }

    private static OutputDifference worse(OutputDifference a, OutputDifference b) {
        OutputDifference larger = b.largest() > a.largest() ? b : a;
        return new OutputDifference(
                larger.output(),
                larger.largest(),
                Math.max(a.scale(), b.scale()),
                larger.tolerance(),
                larger.sample(),
                larger.place(),
                larger.expected(),
                larger.actual());
    }

    private static OutputDifference compare(
            String name, String sample, double tolerance, Numbers djl, Numbers onnx) {
        if (!djl.type().equals(onnx.type()) || !Arrays.equals(djl.shape(), onnx.shape())) {
            throw new ExportException(
                    "output "
                            + name
                            + " in "
                            + sample
                            + ": DJL gives "
                            + djl.type()
                            + Arrays.toString(djl.shape())
                            + ", ONNX Runtime "
                            + onnx.type()
                            + Arrays.toString(onnx.shape()));
        }
        double worst = 0;
        double scale = 0;
        int place = 0;
        for (int i = 0; i < djl.count(); i++) {
            double expected = djl.get(i);
            double difference = difference(expected, onnx.get(i));
            if (difference > worst) {
                worst = difference;
                place = i;
            }
            scale = Double.isFinite(expected) ? Math.max(scale, Math.abs(expected)) : scale;
        }
        // Integers and truth values have no rounding: a single one that differs is a mistake.
        double allowed = djl.isFloating() ? tolerance : 0;
        boolean empty = djl.count() == 0;
        return new OutputDifference(
                name,
                worst,
                scale,
                allowed,
                sample,
                empty ? new long[0] : djl.place(place),
                empty ? 0 : djl.get(place),
                empty ? 0 : onnx.get(place));
    }

    private static double difference(double expected, double actual) {
        if (Double.compare(expected, actual) == 0) {
            return 0;
        }
        double difference = Math.abs(expected - actual);
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }

    List<OutputDifference> largest() {
        return new ArrayList<>(largest.values());
    }
}
