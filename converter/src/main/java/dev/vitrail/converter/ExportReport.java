package dev.vitrail.converter;

import dev.vitrail.converter.verify.VerificationReport;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an export did.
 *
 * @param file the ONNX file
 * @param dataFile the file with the weights, where they are beside the model
 * @param bytes size of both together
 * @param opset version of ONNX's operators
 * @param operators how many nodes there are of each operator
 * @param parameters how many numbers the network's parameters hold
 * @param weightsSha256 SHA-256 of the weights, in hexadecimal
 * @param traceSeconds time to trace and build the graph
 * @param writeSeconds time to check the weights and write the file
 * @param verifySeconds time to run DJL and ONNX Runtime
 * @param verification how far the file is from the network; empty if nobody looked
 */
public record ExportReport(
        Path file,
        Optional<Path> dataFile,
        long bytes,
        int opset,
        SortedMap<String, Integer> operators,
        long parameters,
        String weightsSha256,
        double traceSeconds,
        double writeSeconds,
        double verifySeconds,
        Optional<VerificationReport> verification) {

    /**
     * Copies the map.
     *
     * @param file the ONNX file
     * @param dataFile the file with the weights, where they are beside the model
     * @param bytes size of both together
     * @param opset version of ONNX's operators
     * @param operators how many nodes there are of each operator
     * @param parameters how many numbers the network's parameters hold
     * @param weightsSha256 SHA-256 of the weights, in hexadecimal
     * @param traceSeconds time to trace and build the graph
     * @param writeSeconds time to check the weights and write the file
     * @param verifySeconds time to run DJL and ONNX Runtime
     * @param verification how far the file is from the network; empty if nobody looked
     */
    public ExportReport {
        operators = Collections.unmodifiableSortedMap(new TreeMap<>(operators));
    }

    /**
     * Returns the number of nodes of the graph.
     *
     * @return the sum over all operators
     */
    public int nodes() {
        return operators.values().stream().mapToInt(Integer::intValue).sum();
    }

    static SortedMap<String, Integer> count(Iterable<String> operators) {
        Map<String, Integer> counts = new TreeMap<>();
        operators.forEach(operator -> counts.merge(operator, 1, Integer::sum));
        return new TreeMap<>(counts);
    }
}
