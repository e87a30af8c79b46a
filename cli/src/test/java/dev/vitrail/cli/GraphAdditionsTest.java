package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.runtime.Classifier;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with more in their graph than the network: its preprocessing, its attention weights. */
class GraphAdditionsTest {
    private static final Path TEST_IMAGES =
            Path.of(System.getProperty("vitrail.root"), "test-images");

    @TempDir static Path folder;

    private static Path run;
    private static Path plain;
    private static Path bytes;

    @BeforeAll
    static void trainAndExport() {
        System.setProperty("vitrail.home", System.getProperty("vitrail.root"));
        Path images = folder.resolve("images");
        run = folder.resolve("run");
        plain = folder.resolve("plain.onnx");
        bytes = folder.resolve("bytes.onnx");
        done(Command.run("draw", "--out", images, "--per-class", 2, "--size", 40));
        done(
                Command.run(
                        "train",
                        "--config",
                        "vit-pico-patch8-32",
                        "--data",
                        images,
                        "--out",
                        run,
                        "--epochs",
                        1));
        done(Command.run("export", "--model", run, "--out", plain, "--no-verify"));
        Command export =
                done(
                        Command.run(
                                "export",
                                "--model",
                                run,
                                "--out",
                                bytes,
                                "--with-preprocessing",
                                "--with-attention",
                                "--data",
                                TEST_IMAGES.resolve("heart")));
        assertThat(export.out()).contains("0000.png", "pixel_values: largest difference 0.00");
    }

    private static Command done(Command command) {
        assertThat(command.exitCode()).as(command.err()).isZero();
        return command;
    }

    @Test
    void theFileSaysWhatItIsFedAndHandsOut() throws IOException {
        JsonNode file = new ObjectMapper().readTree(Command.run("inspect", bytes, "--json").out());
        assertThat(file.get("inputs").toString())
                .contains("\"image\"", "uint8", "[\"height\",\"width\",\"3\"]");
        assertThat(file.get("outputs"))
                .extracting(output -> output.get("name").asText())
                .containsExactly("logits", "pixel_values", "attentions.0", "attentions.1");
        assertThat(file.get("metadata").get("vitrail.input").asText()).isEqualTo("rgb_bytes");
        assertThat(file.get("metadata").get("vitrail.attention").toString())
                .isEqualTo(
                        "{\"layers\":[\"attentions.0\",\"attentions.1\"],\"grid_height\":4,"
                                + "\"grid_width\":4,\"prefix_tokens\":1,\"reads\":\"token\"}");
    }

    @Test
    void bytesAreClassifiedAsPreparedImagesAre() throws IOException {
        List<JsonNode> expected = rows(plain);
        List<JsonNode> found = rows(bytes);
        assertThat(found).hasSize(80).hasSameSizeAs(expected);
        for (int row = 0; row < found.size(); row++) {
            assertThat(found.get(row).get("path")).isEqualTo(expected.get(row).get("path"));
            JsonNode best = found.get(row).get("predictions").get(0);
            JsonNode ours = expected.get(row).get("predictions").get(0);
            assertThat(best.get("label")).isEqualTo(ours.get("label"));
            // The same pixels; ONNX Runtime fuses less where attention is handed out.
            assertThat(best.get("probability").asDouble())
                    .isCloseTo(ours.get("probability").asDouble(), within(2e-6));
        }
    }

    private static List<JsonNode> rows(Path model) throws IOException {
        Path rows = folder.resolve(model.getFileName() + ".jsonl");
        done(Command.run("classify", "--model", model, TEST_IMAGES, "--out", rows));
        List<JsonNode> parsed = new ArrayList<>();
        for (String line : Files.readAllLines(rows)) {
            parsed.add(new ObjectMapper().readTree(line));
        }
        return parsed;
    }

    @Test
    void thePixelsOfRealPhotosAreOursToTheByte() throws IOException, ImageException {
        Path photos =
                Path.of(System.getProperty("vitrail.shared", "")).resolve("reference/preprocess");
        assumeThat(photos).as("needs ../shared: reference/preprocess").isDirectory();
        try (Classifier classifier = Classifier.open(bytes);
                Stream<Path> files = Files.list(photos)) {
            Preprocessing preprocessing = classifier.card().preprocessing();
            for (Path file : files.filter(f -> f.toString().matches(".*\\.(jpg|png)")).toList()) {
                RgbImage image = ImageDecoder.decode(file, preprocessing.decodeOptions());
                FloatBuffer ours = FloatBuffer.allocate(3 * 32 * 32);
                preprocessing.apply(image, ours);
                assertThat(Arrays.mismatch(classifier.pixels(image), ours.array()))
                        .as(file.toString())
                        .isEqualTo(-1);
            }
        }
    }

    @Test
    void verifyComparesThePixelsToo() {
        Command verify =
                done(Command.run("verify", bytes, "--against", run, "--data", TEST_IMAGES));
        assertThat(verify.out()).contains("80 of 80 predictions", "the same network");
        assertThat(Command.run("verify", plain, "--against", run).exitCode()).isZero();
    }

    @Test
    void evaluateSaysWhatToDoInstead() {
        refused(
                Command.run("evaluate", "--model", bytes, "--data", TEST_IMAGES),
                "without --with-preprocessing");
    }

    @Test
    void explainDrawsAMapOfEveryImage() throws IOException {
        Path maps = folder.resolve("maps");
        Path heart = TEST_IMAGES.resolve("heart");
        Command explain =
                done(Command.run("explain", "--model", bytes, heart, "--out", maps, "--json"));
        JsonNode pictures = new ObjectMapper().readTree(explain.out()).get("pictures");
        assertThat(pictures).hasSize(10);
        double sum = 0;
        for (JsonNode share : pictures.get(0).get("shares")) {
            sum += share.asDouble();
        }
        assertThat(pictures.get(0).get("shares")).hasSize(16);
        assertThat(sum).isCloseTo(1, within(1e-6));
        // Twice the network's 32 pixels ten times as large, a gap between, a legend below.
        var picture = ImageIO.read(maps.resolve("0000.png").toFile());
        assertThat(List.of(picture.getWidth(), picture.getHeight())).containsExactly(648, 348);
    }

    @Test
    void explainCutsNamesThatAreAsLongAsNamesMayBe() throws IOException {
        Path images = Files.createDirectory(folder.resolve("long"));
        for (String end : List.of("a", "b")) {
            Files.copy(
                    TEST_IMAGES.resolve("ring/0000.png"),
                    images.resolve("x".repeat(250) + end + ".png"));
        }
        Path maps = folder.resolve("long-maps");
        done(Command.run("explain", "--model", bytes, images, "--out", maps));
        assertThat(maps.resolve("x".repeat(200) + ".png")).exists();
        assertThat(maps.resolve("x".repeat(200) + "-2.png")).exists();
    }

    @Test
    void explainLeavesOutWhatIsNoImage() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        Command explain =
                Command.run(
                        "explain",
                        "--model",
                        bytes,
                        text,
                        TEST_IMAGES.resolve("ring/0000.png"),
                        "--method",
                        "last",
                        "--out",
                        folder.resolve("mixed"));
        assertThat(explain.exitCode()).isEqualTo(1);
        assertThat(explain.err()).contains("left out: " + text);
        assertThat(folder.resolve("mixed/0000.png")).exists();
    }

    @Test
    void explainNeedsAFileWithAttention() {
        Path image = TEST_IMAGES.resolve("heart/0000.png");
        Path out = folder.resolve("none");
        refused(
                Command.run("explain", "--model", plain, image, "--out", out),
                "hands out no attention weights",
                "vitrail export --with-attention");
        refused(
                Command.run("explain", "--model", bytes, image, "--out", out, "--alpha", 2),
                "--alpha is 2.0, must be from 0 to 1");
        assertThat(out).doesNotExist();
    }

    @Test
    void aFilterWithJumpsStaysOutOfTheGraph() throws IOException {
        Path config = folder.resolve("nearest.json");
        Files.writeString(
                config,
                Files.readString(
                                Path.of(System.getProperty("vitrail.root"))
                                        .resolve("configs/vit-pico-patch8-32.json"))
                        .replaceFirst(
                                "\"interpolation\": *\"[a-z]+\"",
                                "\"interpolation\": \"nearest\""));
        refused(
                Command.run(
                        "export",
                        "--config",
                        config,
                        "--with-preprocessing",
                        "--out",
                        folder.resolve("nearest.onnx")),
                "preprocessing.interpolation is \"nearest\"",
                "bicubic");
    }

    private static void refused(Command command, String... words) {
        assertThat(command.exitCode()).as(command.out()).isEqualTo(2);
        assertThat(command.err()).contains(words);
    }

    /** softmax(Q Kᵀ / √d) of each layer, computed here from the parts of the network. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'qk_norm': true, 'registers': 2",
                "'distillation_token': true",
                "'class_token': false, 'pool': 'mean'",
                "'pool': 'attention', 'class_token': false"
            })
    void attentionIsWhatTheBlocksCompute(String keys) throws OrtException {
        String json =
                """
                {"model": {"image_size": [32, 24], "patch_size": 8, "dim": 24, "depth": 2,
                           "heads": 3, %s},
                 "labels": {"count": 5}}
                """
                        .formatted(keys.replace('\'', '"'));
        ModelConfig config = ConfigReader.parse(json, "small.json", Path.of("."));
        VisionTransformer network = new VisionTransformer(config.model(), config.labels().count());
        try (NDManager manager = NDManager.newBaseManager()) {
            network.initialize(manager, 3);
            Path file = folder.resolve("attention-" + keys.hashCode() + ".onnx");
            NetworkExport.verified(
                    config,
                    network,
                    new NetworkExport.Settings(
                            file,
                            23,
                            ExternalDataPolicy.NEVER,
                            Optional.empty(),
                            new NetworkExport.Additions(false, true, false)),
                    List.of());
            NDArray images = manager.randomNormal(new Shape(2, 3, 32, 24));
            List<float[]> expected = attention(network, images);
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            try (OrtSession session = environment.createSession(file.toString());
                    OnnxTensor tensor =
                            OnnxTensor.createTensor(
                                    environment,
                                    FloatBuffer.wrap(images.toFloatArray()),
                                    images.getShape().getShape());
                    OrtSession.Result result = session.run(Map.of("pixel_values", tensor))) {
                for (int layer = 0; layer < expected.size(); layer++) {
                    OnnxTensor found = (OnnxTensor) result.get("attentions." + layer).orElseThrow();
                    float[] weights = new float[expected.get(layer).length];
                    found.getFloatBuffer().get(weights);
                    // Probabilities; two layers of float arithmetic before them.
                    assertThat(weights).containsExactly(expected.get(layer), within(1e-6f));
                }
                assertThat(result.get("attentions.pool").isPresent())
                        .isEqualTo(keys.contains("'attention'"));
            }
        }
    }

    private static List<float[]> attention(VisionTransformer network, NDArray images) {
        NDArray x = through(child(network, "patch_embed"), images);
        for (var child : network.getChildren().values()) {
            if (child.getClass().getSimpleName().equals("TokenSequence")) {
                x = through(child, x);
            }
        }
        List<float[]> weights = new ArrayList<>();
        for (Block layer : child(network, "blocks").getChildren().values()) {
            Block attention = child(layer, "attn");
            NDArray normal = through(child(layer, "norm1"), x);
            long tokens = x.getShape().get(1);
            NDArray split =
                    through(child(attention, "qkv"), normal)
                            .reshape(2, tokens, 3, 3, 8)
                            .transpose(2, 0, 3, 1, 4);
            NDArray query = through(child(attention, "q_norm"), split.get(0));
            NDArray key = through(child(attention, "k_norm"), split.get(1));
            NDArray scores = query.matMul(key.swapAxes(2, 3)).div(Math.sqrt(8));
            NDArray exponents = scores.sub(scores.max(new int[] {3}, true)).exp();
            weights.add(exponents.div(exponents.sum(new int[] {3}, true)).toFloatArray());
            x = through(layer, x);
        }
        return weights;
    }

    /** DJL puts a number before a child's name. */
    private static Block child(Block block, String name) {
        return block.getChildren().stream()
                .filter(child -> child.getKey().replaceFirst("^\\d+", "").equals(name))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static NDArray through(Block block, NDArray x) {
        return block.forward(new ParameterStore(x.getManager(), false), new NDList(x), false)
                .singletonOrThrow();
    }
}
