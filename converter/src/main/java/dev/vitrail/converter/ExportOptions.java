package dev.vitrail.converter;

import dev.vitrail.converter.lower.Lowering;
import dev.vitrail.converter.lower.Translation;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.verify.VerificationOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a network is exported.
 *
 * @param opset version of ONNX's operators
 * @param graphName what viewers call the graph
 * @param outputNames names of the outputs; empty for {@code output}, or {@code output0} and so on
 * @param metadata key-value pairs for the file
 * @param producerName the program that the file says it was made by
 * @param producerVersion its version
 * @param externalData whether the weights go into a file of their own
 * @param verification what to compare; empty to compare nothing
 * @param translations additions to the table of operations, or replacements in it
 */
public record ExportOptions(
        int opset,
        String graphName,
        List<String> outputNames,
        SortedMap<String, String> metadata,
        String producerName,
        String producerVersion,
        ExternalDataPolicy externalData,
        Optional<VerificationOptions> verification,
        Map<String, Translation> translations) {

    /**
     * Copies the collections.
     *
     * @param opset version of ONNX's operators
     * @param graphName what viewers call the graph
     * @param outputNames names of the outputs; empty for {@code output}, or {@code output0} and so
     *     on
     * @param metadata key-value pairs for the file
     * @param producerName the program that the file says it was made by
     * @param producerVersion its version
     * @param externalData whether the weights go into a file of their own
     * @param verification what to compare; empty to compare nothing
     * @param translations additions to the table of operations, or replacements in it
     */
    public ExportOptions {
        outputNames = List.copyOf(outputNames);
        metadata = new TreeMap<>(metadata);
        translations = Map.copyOf(translations);
    }

    /**
     * Returns the usual options: opset 17, verified.
     *
     * @return the options
     */
    public static ExportOptions defaults() {
        return new ExportOptions(
                Lowering.FIRST_OPSET,
                "network",
                List.of(),
                new TreeMap<>(),
                "vitrail",
                "0.1.0",
                ExternalDataPolicy.AUTO,
                Optional.of(VerificationOptions.defaults()),
                Map.of());
    }
}
