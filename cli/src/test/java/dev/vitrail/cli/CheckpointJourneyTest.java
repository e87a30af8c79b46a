package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.weights.NpyArray;
import dev.vitrail.zoo.weights.SafetensorsFile;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import dev.vitrail.zoo.weights.StreamedTensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another project's checkpoint through the command: to a run, to ONNX, and back to the project. */
class CheckpointJourneyTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Float32 engines land within 3.5e-6 of the logits, which were computed in float64. */
    private static final float TOLERANCE = 1e-5f;

    @TempDir Path folder;

    @BeforeAll
    static void home() {
        System.setProperty("vitrail.home", System.getProperty("vitrail.root"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"timm_token", "timm_token_nonsquare", "hf_vit", "hf_vit_bf16"})
    void onnxRuntimeMeetsTheLogitsOfTheLibrary(String name) throws IOException, OrtException {
        Path reference = reference(name);
        Path run = folder.resolve("run");
        Path model = folder.resolve("model.onnx");
        Command imported =
                succeeded(Command.run("import", "--weights", reference, "--out", run, "--json"));
        JsonNode ledger = JSON.readTree(imported.out());
        assertThat(ledger.get("left_out")).isEmpty();
        assertThat(ledger.get("tensors")).isNotEmpty();
        succeeded(Command.run("export", "--model", run, "--out", model));
        assertThat(largestDifference(model, reference)).isLessThan(TOLERANCE);
        JsonNode provenance =
                JSON.readTree(succeeded(Command.run("inspect", model, "--json")).out())
                        .get("metadata")
                        .get("vitrail.provenance");
        assertThat(provenance.get("source").asText()).isEqualTo(name);
        assertThat(provenance.get("files").get(0).get("sha256").asText())
                .isEqualTo(sha256(reference.resolve("model.safetensors")));
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void replacesRunsOnly() throws IOException {
        Path out = Files.createDirectory(folder.resolve("photos"));
        Path photo = Files.writeString(out.resolve("cat.jpg"), "a cat");
        Command refused =
                Command.run(
                        "import", "--weights", reference("hf_vit"), "--out", out, "--overwrite");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.WRONG_USE.code());
        assertThat(refused.err())
                .contains(out + ": is no run folder", "--overwrite", "(it holds cat.jpg)");
        assertThat(photo).hasContent("a cat");
        assertThat(out).isDirectoryNotContaining(file -> !file.equals(photo));
    }

    /** On standard error alone, so that standard output is one JSON object. */
    @Test
    void warnsOfPatternsThatAllowNothing() throws IOException {
        Command imported =
                succeeded(
                        Command.run(
                                "import",
                                "--weights",
                                reference("hf_vit"),
                                "--out",
                                folder.resolve("run"),
                                "--reset-head",
                                "3",
                                "--allow",
                                "blocks.*",
                                "--allow",
                                "classifier.*",
                                "--json"));
        assertThat(imported.err().lines())
                .containsExactly(
                        "warning: --allow blocks.*: no such tensor is missing or left over",
                        "warning: --allow classifier.*: no such tensor is missing or left over");
        assertThat(JSON.readTree(imported.out()).get("notes").toString()).doesNotContain("--allow");
    }

    @Test
    void aPatternThatAllowsATensorIsNotWarnedOf() throws IOException {
        Path checkpoint = Files.createDirectory(folder.resolve("checkpoint"));
        Path reference = reference("hf_vit");
        Files.copy(reference.resolve("config.json"), checkpoint.resolve("config.json"));
        try (SafetensorsFile file = SafetensorsFile.open(reference.resolve("model.safetensors"))) {
            List<StreamedTensor> tensors = new ArrayList<>();
            file.shapes()
                    .forEach(
                            (name, shape) ->
                                    tensors.add(
                                            StreamedTensor.of(
                                                    name.replace("vit.layernorm.bias", "x.bias"),
                                                    shape,
                                                    sink -> file.copyTo(name, sink))));
            SafetensorsWriter.write(checkpoint.resolve("model.safetensors"), tensors, Map.of());
        }
        Command imported =
                succeeded(
                        Command.run(
                                "import",
                                "--weights",
                                checkpoint,
                                "--out",
                                folder.resolve("run"),
                                "--allow",
                                "x.*",
                                "--allow",
                                "vit.layernorm.*"));
        assertThat(imported.err()).isEmpty();
        assertThat(imported.out())
                .contains("left out: no place in the network, allowed")
                .contains("initialised: missing, allowed");
    }

    @Test
    void namesTheProjectsAsTheyAreWritten() {
        Command refused =
                Command.run(
                        "export",
                        "--model",
                        folder,
                        "--format",
                        "safetensors",
                        "--names",
                        "foo",
                        "--out",
                        folder.resolve("out"));
        assertThat(refused.exitCode()).isEqualTo(ExitCode.WRONG_USE.code());
        assertThat(refused.err())
                .contains("'--names': is 'foo', must be one of timm, huggingface, torchvision");
    }

    @Test
    void aRunGoesBackToTheProjectsThatHaveSuchANetwork() throws IOException {
        Path run = folder.resolve("run");
        Command text =
                succeeded(
                        Command.run(
                                "import",
                                "--weights",
                                reference("hf_vit"),
                                "--out",
                                run,
                                "--name",
                                "mine"));
        assertThat(text.out())
                .contains("family:   Hugging Face ViT", "attention.{query,key,value}.weight")
                .contains("fused", "(mine, 164,234 parameters");
        Path out = folder.resolve("out");
        Command back =
                succeeded(
                        Command.run(
                                "export",
                                "--model",
                                run,
                                "--format",
                                "safetensors",
                                "--names",
                                "huggingface",
                                "--out",
                                out));
        assertThat(back.out()).contains("ViTForImageClassification, 56 tensors");
        assertThat(out.resolve("preprocessor_config.json")).exists();
        assertThat(
                        JSON.readTree(out.resolve("config.json").toFile())
                                .get("layer_norm_eps")
                                .asText())
                .isEqualTo("1.0E-12");

        Command again = Command.run("import", "--weights", out, "--out", run);
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err())
                .contains(
                        "exists and is not empty (it holds config.json, import.json,"
                                + " model.safetensors)");
        succeeded(Command.run("import", "--weights", out, "--out", run, "--overwrite"));

        Command refused =
                Command.run(
                        "export",
                        "--model",
                        run,
                        "--format",
                        "safetensors",
                        "--names",
                        "torchvision",
                        "--out",
                        folder.resolve("tv"));
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("model.norm_eps is 1.0E-12").hasLineCount(1);
        assertThat(folder.resolve("tv")).doesNotExist();
    }

    @Test
    void refusalsAreOneSentenceAndLeaveNothing() throws IOException {
        Path pickle = folder.resolve("model.safetensors");
        Files.write(pickle, new byte[] {(byte) 0x80, 2, '}', 'q', 0, '.', 0, 0, 0, 0});
        Path run = folder.resolve("run");
        assertRefused(1, Command.run("import", "--weights", pickle, "--out", run), "pickle");
        assertRefused(
                2,
                Command.run("import", "--weights", "google/vit-base-patch16-224", "--out", run),
                "google/vit-base-patch16-224: no such file or folder, and nothing is downloaded");
        assertRefused(
                2,
                Command.run(
                        "import",
                        "--weights",
                        pickle,
                        "--out",
                        run,
                        "--reset-head",
                        folder.resolve("labels.txt")),
                "labels.txt");
        assertRefused(
                2,
                Command.run("export", "--model", folder, "--out", "x.onnx", "--names", "timm"),
                "--names");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(pickle);
        }
    }

    @Test
    void aNewHeadTakesItsLabelsFromAFile() throws IOException {
        Path labels = Files.writeString(folder.resolve("labels.txt"), "cat\ndog\n");
        Path run = folder.resolve("run");
        succeeded(
                Command.run(
                        "import",
                        "--weights",
                        reference("timm_token"),
                        "--reset-head",
                        labels,
                        "--out",
                        run));
        assertThat(JSON.readTree(run.resolve("config.json").toFile()).get("labels"))
                .extracting(JsonNode::asText)
                .containsExactly("cat", "dog");
        assertThat(JSON.readTree(run.resolve("import.json").toFile()).get("initialised"))
                .hasSize(2);
    }

    private static Path reference(String name) {
        Path reference = Path.of(System.getProperty("vitrail.shared"), "reference", name);
        assumeTrue(Files.isDirectory(reference), "needs ../shared: reference/" + name);
        return reference;
    }

    private static float largestDifference(Path model, Path reference)
            throws IOException, OrtException {
        NpyArray input = NpyArray.read(reference.resolve("input.npy"));
        float[] expected = NpyArray.read(reference.resolve("logits.npy")).values();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model.toString());
                OnnxTensor pixels =
                        OnnxTensor.createTensor(
                                environment,
                                FloatBuffer.wrap(input.values()),
                                input.shape().getShape());
                OrtSession.Result result = session.run(Map.of("pixel_values", pixels))) {
            FloatBuffer logits = ((OnnxTensor) result.get(0)).getFloatBuffer();
            assertThat(logits.remaining()).isEqualTo(expected.length);
            float largest = 0;
            for (float value : expected) {
                largest = Math.max(largest, Math.abs(logits.get() - value));
            }
            return largest;
        }
    }

    private static void assertRefused(int code, Command command, String word) {
        assertThat(command.exitCode()).isEqualTo(code);
        assertThat(command.out()).isEmpty();
        assertThat(command.err()).contains(word).doesNotContain("\tat ");
        // A sentence, and for a pickle the three lines that convert it.
        assertThat(command.err().lines()).hasSizeLessThanOrEqualTo(4);
    }

    private static Command succeeded(Command command) {
        assertThat(command.err()).doesNotContain("vitrail:");
        assertThat(command.exitCode()).isZero();
        return command;
    }
}
