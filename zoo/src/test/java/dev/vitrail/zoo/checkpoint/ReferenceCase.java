package dev.vitrail.zoo.checkpoint;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.train.Network;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.NpyArray;
import dev.vitrail.zoo.weights.SafetensorsFile;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import dev.vitrail.zoo.weights.StreamedTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A checkpoint with input and logits that its own library computed. */
final class ReferenceCase {

    private static final Path COMMITTED = Path.of("src/test/resources/dev/vitrail/zoo/reference");

    /** Of the networks whose head's input is what is compared. */
    static final int DIM = 24;

    private static final ObjectMapper JSON = new ObjectMapper();

    private ReferenceCase() {}

    /** Where cases lie: here, and beside the repository. */
    static List<Path> folders() {
        Path shared = Path.of(System.getProperty("vitrail.shared"), "reference");
        return Stream.of(COMMITTED, shared).filter(Files::isDirectory).toList();
    }

    /** The folder of a case, which lies here or beside the repository. */
    static Path folder(String name) {
        Path committed = COMMITTED.resolve(name);
        if (Files.isDirectory(committed)) {
            return committed;
        }
        Path shared = Path.of(System.getProperty("vitrail.shared"), "reference", name);
        assumeTrue(Files.isDirectory(shared), "needs ../shared: reference/" + name);
        return shared;
    }

    /**
     * What a case needs to be imported. Where the library writes no config, nothing says that 24
     * channels are 3 heads: it is told as a user would tell it, by a config.
     */
    static ImportOptions options(Path folder) throws IOException {
        if (Files.exists(folder.resolve("config.json"))) {
            return ImportOptions.DEFAULT;
        }
        JsonNode known = JSON.readTree(folder.resolve("case.json").toFile()).get("model_args");
        ObjectNode root = JSON.createObjectNode();
        ObjectNode model = root.putObject("model");
        model.set("image_size", first(known, "img_size", "image_size"));
        model.set("patch_size", known.get("patch_size"));
        model.set("dim", first(known, "embed_dim", "hidden_dim"));
        model.set("depth", first(known, "depth", "num_layers"));
        model.set("heads", known.get("num_heads"));
        model.put("mlp_dim", known.path("mlp_dim").asInt(96));
        if (known.has("representation_size")) {
            model.set("pre_logits", known.get("representation_size"));
        }
        if (known.path("global_pool").asBoolean()) {
            model.put("pool", "mean").put("fc_norm", true);
        }
        if (known.has("conv_stem_configs")) {
            ObjectNode stem = model.putObject("stem").put("type", "convolution");
            known.get("conv_stem_configs")
                    .forEach(
                            layer -> {
                                stem.withArray("channels").add(layer.get("out_channels"));
                                stem.withArray("strides").add(layer.get("stride"));
                            });
        }
        root.putObject("labels").put("count", 10);
        return ImportOptions.DEFAULT.withConfig(
                ConfigReader.parse(root.toString(), folder + " (case.json)", folder));
    }

    private static JsonNode first(JsonNode known, String key, String other) {
        return known.has(key) ? known.get(key) : known.get(other);
    }

    /** Imports a case. */
    static ImportPlan importInto(Path run, Path folder) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            ImportPlan plan = checkpoint.plan(options(folder));
            plan.write(run, false);
            return plan;
        }
    }

    /** The largest difference of a run's logits from those of a case. */
    static float largestDifference(Run run, Path folder) throws IOException {
        NpyArray expected = NpyArray.read(folder.resolve("logits.npy"));
        float[] logits = logits(run, folder);
        if (logits.length != expected.values().length) {
            throw new IOException(folder + ": " + logits.length + " logits");
        }
        float largest = 0;
        for (int i = 0; i < logits.length; i++) {
            largest = Math.max(largest, Math.abs(logits[i] - expected.values()[i]));
        }
        return largest;
    }

    static float[] logits(Run run, Path folder) {
        try (Network network = run.network(Device.cpu())) {
            return logits(network, NpyArray.read(folder.resolve("input.npy")));
        }
    }

    static float[] logits(Network network, NpyArray input) {
        ByteBuffer pixels =
                ByteBuffer.allocateDirect(input.values().length * Float.BYTES)
                        .order(ByteOrder.nativeOrder());
        pixels.asFloatBuffer().put(input.values());
        float[][] rows = network.logits(pixels, (int) input.shape().get(0));
        float[] flat = new float[rows.length * rows[0].length];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, flat, row * rows[0].length, rows[0].length);
        }
        return flat;
    }

    /** A case whose tensors have other names, with all the files that describe it. */
    static void writeRenamed(Path from, Path to, UnaryOperator<String> name) throws IOException {
        copyDocuments(from, to);
        try (SafetensorsFile file = SafetensorsFile.open(from.resolve("model.safetensors"))) {
            SafetensorsWriter.write(to.resolve("model.safetensors"), tensors(file, name), Map.of());
        }
    }

    private static void copyDocuments(Path from, Path to) throws IOException {
        for (String document : List.of("config.json", "case.json", "logits.npy", "input.npy")) {
            if (Files.exists(from.resolve(document))) {
                Files.copy(from.resolve(document), to.resolve(document));
            }
        }
    }

    private static List<StreamedTensor> tensors(
            SafetensorsFile file, UnaryOperator<String> rename) {
        List<StreamedTensor> tensors = new ArrayList<>();
        file.shapes()
                .forEach(
                        (name, shape) ->
                                tensors.add(
                                        StreamedTensor.of(
                                                rename.apply(name),
                                                shape,
                                                sink -> file.copyTo(name, sink))));
        return tensors;
    }

    /** A checkpoint without a head, with one that shows what it would read. */
    static void writeWithIdentity(Path from, Path to, String head) throws IOException {
        copyDocuments(from, to);
        try (SafetensorsFile file = SafetensorsFile.open(from.resolve("model.safetensors"))) {
            List<StreamedTensor> tensors = tensors(file, UnaryOperator.identity());
            float[] identity = new float[DIM * DIM];
            for (int i = 0; i < DIM; i++) {
                identity[i * DIM + i] = 1;
            }
            tensors.add(tensor(head + ".weight", new Shape(DIM, DIM), identity));
            tensors.add(tensor(head + ".bias", new Shape(DIM), new float[DIM]));
            SafetensorsWriter.write(to.resolve("model.safetensors"), tensors, Map.of());
        }
    }

    private static StreamedTensor tensor(String name, Shape shape, float[] values) {
        return StreamedTensor.of(name, shape, sink -> sink.put(FloatBuffer.wrap(values)));
    }
}
