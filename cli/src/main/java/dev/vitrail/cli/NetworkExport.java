package dev.vitrail.cli;

import ai.djl.nn.Block;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.converter.ExportOptions;
import dev.vitrail.converter.ExportReport;
import dev.vitrail.converter.Exporter;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.onnx.OnnxModel;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import dev.vitrail.converter.trace.SymbolicAxis;
import dev.vitrail.converter.trace.Tracer;
import dev.vitrail.converter.verify.Sample;
import dev.vitrail.converter.verify.Verification;
import dev.vitrail.converter.verify.VerificationOptions;
import dev.vitrail.converter.verify.VerificationReport;
import dev.vitrail.runtime.AttentionOutputs;
import dev.vitrail.runtime.ModelCard;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.PreprocessedTransformer;
import dev.vitrail.zoo.block.Preprocessor;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Where the zoo meets the converter: a vision transformer's input, output, names and metadata, as
 * the runtime and others expect them in the file.
 */
final class NetworkExport {
    static final String INPUT = "pixel_values";

    /** The input of a file with its preprocessing in the graph: one image's bytes. */
    static final String IMAGE = "image";

    static final String OUTPUT = "logits";
    static final String EMBEDDINGS = "embeddings";

    /** The path of the linear layer that gives the logits. */
    private static final String HEAD = "head";

    /** Sizes to verify at, as steps above one pixel, where images of any size are read. */
    private static final List<Integer> IMAGE_STEPS = List.of(0, 4, 58, 301);

    /** Where a network's attention weights are: the softmax in these blocks. */
    private static final Pattern ATTENTION = Pattern.compile("blocks\\.(\\d+)\\.attn|attn_pool");

    private static final ObjectMapper JSON = new ObjectMapper();

    private NetworkExport() {}

    /**
     * How the file is to be written.
     *
     * @param embeddings whether what the classifier head reads is an output besides
     */
    record Settings(
            Path out,
            int opset,
            ExternalDataPolicy externalData,
            Optional<String> provenance,
            Additions additions) {

        /** For weights that were made here. */
        Settings(Path out, int opset, ExternalDataPolicy externalData) {
            this(out, opset, externalData, Optional.empty(), Additions.NONE);
        }
    }

    /**
     * What the graph has besides the network.
     *
     * @param preprocessing resize, crop and normalisation before it, so that it reads the bytes of
     *     one image
     * @param attention the attention weights of every layer as further outputs
     * @param embeddings what the classifier head reads as a further output
     */
    record Additions(boolean preprocessing, boolean attention, boolean embeddings) {
        static final Additions NONE = new Additions(false, false, false);

        /** What a file's metadata says that it has; of embeddings it says nothing. */
        static Additions of(OnnxModel model) {
            Map<String, String> metadata = model.metadata().properties();
            return new Additions(
                    ModelCard.RGB_BYTES.equals(metadata.get(ModelCard.INPUT)),
                    metadata.containsKey(AttentionOutputs.METADATA),
                    false);
        }
    }

    /**
     * Exports an initialised network and verifies the file.
     *
     * @param samples real images to verify with, besides random ones
     */
    static ExportReport verified(
            ModelConfig config, VisionTransformer block, Settings settings, List<Sample> samples) {
        VerificationOptions verification = verification(settings.additions(), samples);
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
                        outputs(settings.additions()),
                        metadata(config, settings),
                        "vitrail",
                        Version.current(),
                        settings.externalData(),
                        verification,
                        ExportOptions.defaults().translations());
        Additions additions = settings.additions();
        Exporter exporter =
                new Exporter(whole(config, block, additions), options)
                        .input(input(config, additions))
                        .naming(ParameterNames.of(block).parameters());
        if (additions.attention()) {
            exporter.observe("softmax", NetworkExport::attentionOutput);
        }
        if (additions.embeddings()) {
            observeEmbeddings(config, exporter);
        }
        return exporter;
    }

    /** The head's input: tokens after pooling, and norm and hidden layer where there are any. */
    private static void observeEmbeddings(ModelConfig config, Exporter exporter) {
        if (config.model().distillationToken()) {
            throw new InputException(
                    "--with-embeddings: model.distillation_token is true, so two heads read two"
                            + " vectors; there is no one embedding to hand out");
        }
        exporter.observeInput(
                "linear", block -> block.equals(HEAD) ? Optional.of(EMBEDDINGS) : Optional.empty());
    }

    /** The network, behind its preprocessing where that is asked for. */
    private static Block whole(ModelConfig config, VisionTransformer network, Additions additions) {
        if (!additions.preprocessing()) {
            return network;
        }
        if (config.model().channels() != 3) {
            throw new InputException(
                    "--with-preprocessing: model.channels is "
                            + config.model().channels()
                            + ", must be 3 for images of red, green and blue");
        }
        return new PreprocessedTransformer(new Preprocessor(config.preprocessing()), network);
    }

    /** What the network returns, in its order. */
    private static List<String> outputs(Additions additions) {
        return additions.preprocessing() ? List.of(OUTPUT, ModelCard.PIXELS) : List.of(OUTPUT);
    }

    private static ArrayInput input(ModelConfig config, Additions additions) {
        return additions.preprocessing()
                ? new ArrayInput(
                        IMAGE,
                        new ArrayType(
                                NumberType.UINT8,
                                List.of(Extent.axis("height"), Extent.axis("width"), Extent.of(3))))
                : input(config.model());
    }

    private static VerificationOptions verification(Additions additions, List<Sample> samples) {
        VerificationOptions options = VerificationOptions.defaults().withSamples(samples);
        return additions.preprocessing()
                ? options.withSteps(IMAGE_STEPS.toArray(Integer[]::new))
                        .withIntegerBounds(Map.of(IMAGE, 256L))
                : options;
    }

    private static Optional<String> attentionOutput(String block) {
        Matcher matcher = ATTENTION.matcher(block);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(
                matcher.group(1) == null
                        ? AttentionOutputs.POOL
                        : AttentionOutputs.LAYER + matcher.group(1));
    }

    /**
     * Compares a file with the network that it should be.
     *
     * @param additions what the file has besides it
     */
    static VerificationReport verify(
            ModelConfig config, VisionTransformer block, Path file, Additions additions) {
        ArrayInput input = input(config, additions);
        List<String> axes =
                additions.preprocessing() ? List.of("height", "width") : List.of("batch");
        return new Verification(
                        whole(config, block, additions),
                        List.of(input),
                        axes.stream().map(SymbolicAxis::of).toList(),
                        verification(additions, List.of()))
                .outputs(outputs(additions))
                .run(file);
    }

    private static ArrayInput input(Architecture model) {
        return ArrayInput.batchOf(INPUT, model.channels(), model.imageHeight(), model.imageWidth());
    }

    private static SortedMap<String, String> metadata(ModelConfig config, Settings settings) {
        SortedMap<String, String> metadata = new TreeMap<>();
        try {
            metadata.put("vitrail.config", JSON.readTree(config.toJson()).toString());
            metadata.put("vitrail.preprocessing", JSON.writeValueAsString(config.preprocessing()));
            metadata.put("vitrail.labels", JSON.writeValueAsString(config.labels().names()));
            if (settings.additions().attention()) {
                metadata.put(
                        AttentionOutputs.METADATA,
                        JSON.writeValueAsString(attention(config.model())));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a config that was read cannot be written", e);
        }
        metadata.put("vitrail.precision", "fp32");
        settings.provenance().ifPresent(json -> metadata.put("vitrail.provenance", json));
        if (settings.additions().preprocessing()) {
            metadata.put(ModelCard.INPUT, ModelCard.RGB_BYTES);
        }
        return metadata;
    }

    /** Where the attention weights are, and which of their rows the head reads. */
    private static AttentionOutputs attention(Architecture model) {
        List<String> layers =
                IntStream.range(0, model.depth())
                        .mapToObj(layer -> AttentionOutputs.LAYER + layer)
                        .toList();
        AttentionOutputs.Reads reads =
                switch (model.pooling()) {
                    case TOKEN ->
                            model.distillationToken()
                                    ? AttentionOutputs.Reads.TOKEN_AND_DISTILLATION
                                    : AttentionOutputs.Reads.TOKEN;
                    case MEAN -> AttentionOutputs.Reads.MEAN;
                    case TOKEN_AND_MEAN -> AttentionOutputs.Reads.TOKEN_AND_MEAN;
                    case ATTENTION -> AttentionOutputs.Reads.POOL;
                };
        return new AttentionOutputs(
                layers,
                model.imageHeight() / model.patchSize(),
                model.imageWidth() / model.patchSize(),
                model.prefixTokens(),
                reads);
    }
}
