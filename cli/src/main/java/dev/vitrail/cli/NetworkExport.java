package dev.vitrail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.converter.ExportOptions;
import dev.vitrail.converter.ExportReport;
import dev.vitrail.converter.Exporter;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.SymbolicAxis;
import dev.vitrail.converter.verify.Sample;
import dev.vitrail.converter.verify.Verification;
import dev.vitrail.converter.verify.VerificationOptions;
import dev.vitrail.converter.verify.VerificationReport;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ModelConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the zoo meets the converter: a vision transformer's input, output, names and metadata, as
 * the runtime and others expect them in the file.
 */
final class NetworkExport {
    static final String INPUT = "pixel_values";
    static final String OUTPUT = "logits";

    private static final ObjectMapper JSON = new ObjectMapper();

    private NetworkExport() {}

    /**
     * Exports an initialised network.
     *
     * @param samples real images to verify with, besides random ones
     * @param verify whether to verify at all
     */
    static ExportReport export(
            ModelConfig config,
            VisionTransformer block,
            Path out,
            int opset,
            ExternalDataPolicy externalData,
            boolean verify,
            List<Sample> samples) {
        ExportOptions options =
                new ExportOptions(
                        opset,
                        config.name(),
                        List.of(OUTPUT),
                        metadata(config),
                        "vitrail",
                        Version.current(),
                        externalData,
                        verify
                                ? Optional.of(VerificationOptions.defaults().withSamples(samples))
                                : Optional.empty(),
                        ExportOptions.defaults().translations());
        return new Exporter(block, options)
                .input(input(config.model()))
                .naming(ParameterNames.of(block).parameters())
                .export(out);
    }

    /** Compares a file with the network that it should be. */
    static VerificationReport verify(
            ModelConfig config, VisionTransformer block, Path file, List<Sample> samples) {
        return new Verification(
                        block,
                        List.of(input(config.model())),
                        List.of(SymbolicAxis.of("batch")),
                        VerificationOptions.defaults().withSamples(samples))
                .run(file);
    }

    private static ArrayInput input(Architecture model) {
        return ArrayInput.batchOf(INPUT, model.channels(), model.imageHeight(), model.imageWidth());
    }

    private static SortedMap<String, String> metadata(ModelConfig config) {
        SortedMap<String, String> metadata = new TreeMap<>();
        try {
            metadata.put("vitrail.config", JSON.readTree(config.toJson()).toString());
            metadata.put("vitrail.preprocessing", JSON.writeValueAsString(config.preprocessing()));
            metadata.put("vitrail.labels", JSON.writeValueAsString(config.labels().names()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a config that was read cannot be written", e);
        }
        metadata.put("vitrail.precision", "fp32");
        return metadata;
    }
}
