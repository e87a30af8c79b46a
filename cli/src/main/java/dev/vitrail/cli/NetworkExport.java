package dev.vitrail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.converter.ExportOptions;
import dev.vitrail.converter.ExportReport;
import dev.vitrail.converter.Exporter;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.SymbolicAxis;
import dev.vitrail.converter.trace.Tracer;
import dev.vitrail.converter.verify.Sample;
import dev.vitrail.converter.verify.Verification;
import dev.vitrail.converter.verify.VerificationOptions;
import dev.vitrail.converter.verify.VerificationReport;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.Weights;
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

    /** How the file is to be written. */
    record Settings(
            Path out, int opset, ExternalDataPolicy externalData, Optional<String> provenance) {

        /** For weights that were made here. */
        Settings(Path out, int opset, ExternalDataPolicy externalData) {
            this(out, opset, externalData, Optional.empty());
        }
    }

    /**
     * Exports an initialised network and verifies the file.
     *
     * @param samples real images to verify with, besides random ones
     */
    static ExportReport verified(
            ModelConfig config, VisionTransformer block, Settings settings, List<Sample> samples) {
        VerificationOptions verification = VerificationOptions.defaults().withSamples(samples);
        return exporter(config, block, settings, Optional.of(verification)).export(settings.out());
    }

    /** Exports an initialised network as it is. */
    static ExportReport unverified(ModelConfig config, VisionTransformer block, Settings settings) {
        return exporter(config, block, settings, Optional.empty()).export(settings.out());
    }

    /**
     * Exports the best weights of a run as they are: from file to file, through a network that has
     * shapes and no memory.
     */
    static ExportReport unverified(Run run, Settings settings) {
        ModelConfig config = run.config();
        VisionTransformer block = run.block();
        Tracer.plan(block, List.of(input(config.model())));
        try (Weights weights = run.weights()) {
            weights.requireFit(block);
            return exporter(config, block, settings, Optional.empty())
                    .weights(name -> tensor(weights, name))
                    .export(settings.out());
        }
    }

    private static TensorData tensor(Weights weights, String name) {
        long bytes = weights.shapes().get(name).size() * Float.BYTES;
        return TensorData.ofBuffers(bytes, () -> List.of(weights.floats(name)));
    }

    private static Exporter exporter(
            ModelConfig config,
            VisionTransformer block,
            Settings settings,
            Optional<VerificationOptions> verification) {
        ExportOptions options =
                new ExportOptions(
                        settings.opset(),
                        config.name(),
                        List.of(OUTPUT),
                        metadata(config, settings.provenance()),
                        "vitrail",
                        Version.current(),
                        settings.externalData(),
                        verification,
                        ExportOptions.defaults().translations());
        return new Exporter(block, options)
                .input(input(config.model()))
                .naming(ParameterNames.of(block).parameters());
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

    private static SortedMap<String, String> metadata(
            ModelConfig config, Optional<String> provenance) {
        SortedMap<String, String> metadata = new TreeMap<>();
        try {
            metadata.put("vitrail.config", JSON.readTree(config.toJson()).toString());
            metadata.put("vitrail.preprocessing", JSON.writeValueAsString(config.preprocessing()));
            metadata.put("vitrail.labels", JSON.writeValueAsString(config.labels().names()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a config that was read cannot be written", e);
        }
        metadata.put("vitrail.precision", "fp32");
        provenance.ifPresent(json -> metadata.put("vitrail.provenance", json));
        return metadata;
    }
}
