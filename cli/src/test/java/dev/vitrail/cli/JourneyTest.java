package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole journey with a tiny network: config, run folder, ONNX file, rows. */
class JourneyTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path folder;

    private static Path images;
    private static Path run;
    private static Path model;

    @BeforeAll
    static void trainAndExport() {
        System.setProperty("vitrail.home", System.getProperty("vitrail.root"));
        images = folder.resolve("images");
        run = folder.resolve("run");
        model = folder.resolve("model.onnx");
        succeeded(Command.run("draw", "--out", images, "--per-class", 6, "--size", 40));
        succeeded(
                Command.run(
                        "train",
                        "--config",
                        "vit-pico-patch8-32",
                        "--data",
                        images,
                        "--out",
                        run,
                        "--epochs",
                        2,
                        "--batch-size",
                        8));
        Command export =
                succeeded(Command.run("export", "--model", run, "--out", model, "--data", images));
        assertThat(export.out()).contains("verified against DJL", "images 1 to 8");
    }

    @Test
    void theRunFolderHoldsConfigWeightsAndHistory() throws IOException {
        assertThat(list(run))
                .contains(
                        "config.json",
                        "model.safetensors",
                        "checkpoint.safetensors",
                        "history.jsonl");
        assertThat(Files.readAllLines(run.resolve("history.jsonl"))).hasSize(2);
        assertThat(JSON.readTree(run.resolve("config.json").toFile()).get("labels")).hasSize(8);
    }

    @Test
    void nothingHalfWrittenIsLeft() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .filteredOn(name -> !name.equals(folder.getFileName().toString()))
                    .allMatch(name -> !name.matches("\\..*|.*\\.(part|run|tmp|partial.*)"));
        }
    }

    @Test
    void theFileIsTheRunPredictionByPrediction() throws IOException {
        Command verify =
                succeeded(
                        Command.run("verify", model, "--against", run, "--data", images, "--json"));
        JsonNode report = JSON.readTree(verify.out());
        assertThat(report.get("passed").asBoolean()).isTrue();
        assertThat(report.get("images").get("compared").asInt()).isEqualTo(48);
        assertThat(report.get("images").get("same").asInt()).isEqualTo(48);
    }

    @Test
    void verifyNoticesAnotherNetwork() {
        Path other = folder.resolve("other-run");
        succeeded(
                Command.run(
                        "train",
                        "--config",
                        "vit-pico-patch8-32",
                        "--data",
                        images,
                        "--out",
                        other,
                        "--epochs",
                        1,
                        "--seed",
                        9));
        Command verify = Command.run("verify", model, "--against", other);
        assertThat(verify.exitCode()).isEqualTo(1);
        assertThat(verify.out()).contains("NOT the same network");
    }

    @Test
    void runAndFileEvaluateAlike() throws IOException {
        JsonNode ofRun = evaluate(run);
        JsonNode ofFile = evaluate(model);
        assertThat(ofFile.get("confusion")).isEqualTo(ofRun.get("confusion"));
        assertThat(ofRun.get("images").asInt()).isEqualTo(48);
        assertThat(ofFile.get("loss").asDouble())
                .isCloseTo(
                        ofRun.get("loss").asDouble(),
                        // Float arithmetic of another order, on a loss near 2.
                        org.assertj.core.data.Offset.offset(1e-5));
    }

    @Test
    void theRunFolderHoldsAPageOfItsTraining() throws IOException {
        JsonNode page = TrainingPageTest.data(run.resolve("report.html"));
        assertThat(page.get("history")).hasSize(2);
        JsonNode evaluation = page.get("evaluation");
        assertThat(evaluation.get("images").asInt()).isEqualTo(8);
        assertThat(evaluation.get("mistakes")).isNotEmpty();
        assertThat(evaluation.get("mistakes"))
                .allMatch(mistake -> mistake.get("picture").asText().length() > 100);
        ((ObjectNode) evaluation).remove("mistakes");
        JsonNode saved = JSON.readTree(run.resolve("evaluation.json").toFile());
        ((ObjectNode) saved).remove("mistakes");
        assertThat(evaluation).isEqualTo(saved);
        JsonNode best = page.get("history").get(page.get("best").asInt() - 1);
        assertThat(saved.get("loss")).isEqualTo(best.get("val_loss"));
    }

    @Test
    void aTrainingWithoutValidationHasAPageOfItsCurves() throws IOException {
        Path out = folder.resolve("unvalidated");
        List<Object> line = new ArrayList<>(List.of("train", "--data", images, "--out", out));
        line.addAll(List.of("--config", "vit-pico-patch8-32", "--epochs", 1));
        line.addAll(List.of("--set", "training.validation_split=0"));
        succeeded(Command.run(line.toArray()));
        assertThat(out.resolve("evaluation.json")).doesNotExist();
        JsonNode page = TrainingPageTest.data(out.resolve("report.html"));
        assertThat(page.get("history")).hasSize(1);
        assertThat(page.get("best").asInt()).isEqualTo(1);
        assertThat(page.has("evaluation")).isFalse();
    }

    @Test
    void runAndFileAreReportedAlike() throws IOException {
        Path ofRun = folder.resolve("run.html");
        Path ofFile = folder.resolve("file.html");
        List<Object> line = List.of("evaluate", "--data", images, "--model");
        succeeded(Command.run(with(line, run, "--report", ofRun)));
        succeeded(Command.run(with(line, model, "--report", ofFile)));
        JsonNode one = TrainingPageTest.data(ofRun);
        JsonNode other = TrainingPageTest.data(ofFile);
        assertThat(one.get("history")).hasSize(2);
        assertThat(other.get("history")).isEmpty();
        assertThat(other.get("evaluation").get("classes"))
                .isEqualTo(one.get("evaluation").get("classes"));
        assertThat(other.get("evaluation").get("mistakes"))
                .hasSameSizeAs(one.get("evaluation").get("mistakes"))
                .hasSize(24);

        Command again = Command.run(with(line, run, "--report", ofRun));
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("exists already");
        Command text = Command.run(with(line, run, "--report", folder.resolve("page.txt")));
        assertThat(text.exitCode()).isEqualTo(2);
        assertThat(text.err()).contains("must end in .html");
    }

    private static Object[] with(List<Object> line, Object... more) {
        return Stream.concat(line.stream(), Stream.of(more)).toArray();
    }

    @Test
    void everyImageIsARowAndABadOneAnError() throws IOException {
        Path mixed = folder.resolve("mixed");
        Files.createDirectories(mixed);
        Files.copy(images.resolve("ring/0000.png"), mixed.resolve("a \"b\".png"));
        Files.writeString(mixed.resolve("text.jpg"), "this is no picture");
        Path out = folder.resolve("rows.jsonl");
        Command classify =
                succeeded(Command.run("classify", "--model", model, mixed, "--out", out, "--json"));
        JsonNode summary = JSON.readTree(classify.out());
        assertThat(summary.get("images").asInt()).isEqualTo(2);
        assertThat(summary.get("failed").asInt()).isEqualTo(1);
        List<String> rows = Files.readAllLines(out);
        assertThat(JSON.readTree(rows.get(0)).get("path").asText()).isEqualTo("a \"b\".png");
        assertThat(JSON.readTree(rows.get(0)).get("predictions")).hasSize(5);
        assertThat(JSON.readTree(rows.get(1)).get("error").get("code").asText())
                .isEqualTo("unsupported_format");

        Command again = Command.run("classify", "--model", model, mixed, "--out", out);
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("exists already");
        Command strict = Command.run("classify", "--model", model, mixed, "--strict");
        assertThat(strict.exitCode()).isEqualTo(1);
    }

    @Test
    void jsonWithoutAFileIsOneObjectWithItsRows() throws IOException {
        Command classify =
                succeeded(
                        Command.run(
                                "classify",
                                "--model",
                                model,
                                images.resolve("star"),
                                "--json",
                                "--top-k",
                                2));
        JsonNode object = JSON.readTree(classify.out());
        assertThat(object.get("results")).hasSize(6);
        assertThat(object.get("results").get(0).get("predictions")).hasSize(2);
        assertThat(object.get("images").asInt()).isEqualTo(6);
        Path empty = folder.resolve("empty");
        Files.createDirectories(empty);
        JsonNode none = JSON.readTree(succeeded(Command.run("classify", empty, "--json")).out());
        assertThat(none.get("results")).isEmpty();
        assertThat(none.get("images").asInt()).isZero();
    }

    @Test
    void theFileSaysWhatItIs() throws IOException {
        JsonNode found = JSON.readTree(succeeded(Command.run("inspect", model, "--json")).out());
        assertThat(found.get("opset").asInt()).isEqualTo(17);
        assertThat(found.get("inputs").get(0).get("name").asText()).isEqualTo("pixel_values");
        assertThat(found.get("outputs").get(0).get("name").asText()).isEqualTo("logits");
        assertThat(found.get("metadata").get("vitrail.labels")).hasSize(8);
        assertThat(found.get("initializers").toString()).contains("blocks.0.attn.qkv.weight");
    }

    @Test
    void modelAndConfigPreprocessAlike() throws IOException {
        Path image = images.resolve("heart/0001.png");
        Path one = folder.resolve("one.npy");
        Path two = folder.resolve("two.npy");
        succeeded(Command.run("preprocess", "--model", model, image, "--out", one));
        succeeded(
                Command.run(
                        "preprocess", "--config", run.resolve("config.json"), image, "--out", two));
        assertThat(Files.readAllBytes(one)).isEqualTo(Files.readAllBytes(two));
        // Magic and header fill 128 bytes, then floats.
        assertThat(Files.size(one)).isEqualTo(128 + 4L * 3 * 32 * 32);
    }

    @Test
    void anExportWithoutVerifyingHasTheSameNetworkAndNoFigures() throws IOException {
        Path file = folder.resolve("unverified.onnx");
        succeeded(Command.run("export", "--model", run, "--out", file, "--no-verify"));
        JsonNode verified = inspect(model);
        JsonNode unverified = inspect(file);
        assertThat(unverified.get("initializers")).isEqualTo(verified.get("initializers"));
        assertThat(unverified.get("metadata").get("vitrail.weights_sha256"))
                .isEqualTo(verified.get("metadata").get("vitrail.weights_sha256"));
        assertThat(unverified.get("metadata").has("vitrail.verified")).isFalse();
    }

    @Test
    void noExportTakesAWeightThatIsNoNumber() throws IOException {
        Path damaged = folder.resolve("damaged");
        Files.createDirectories(damaged);
        Files.copy(run.resolve("config.json"), damaged.resolve("config.json"));
        byte[] weights = Files.readAllBytes(run.resolve("model.safetensors"));
        ByteBuffer last = ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN);
        last.putFloat(weights.length - Float.BYTES, Float.NaN);
        Files.write(damaged.resolve("model.safetensors"), weights);
        Path file = folder.resolve("damaged.onnx");
        for (List<String> options : List.of(List.<String>of(), List.of("--no-verify"))) {
            List<Object> line = new ArrayList<>(List.of("export", "--model", damaged));
            line.addAll(List.of("--out", file));
            line.addAll(options);
            Command export = Command.run(line.toArray());
            assertThat(export.exitCode()).isEqualTo(1);
            assertThat(export.err()).contains("NaN", "must be finite");
            assertThat(file).doesNotExist();
        }
    }

    private static JsonNode inspect(Path file) throws IOException {
        return JSON.readTree(succeeded(Command.run("inspect", file, "--json")).out());
    }

    private static JsonNode evaluate(Path what) throws IOException {
        return JSON.readTree(
                succeeded(Command.run("evaluate", "--model", what, "--data", images, "--json"))
                        .out());
    }

    private static List<String> list(Path where) throws IOException {
        try (Stream<Path> entries = Files.list(where)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private static Command succeeded(Command command) {
        assertThat(command.exitCode()).as(command.err()).isZero();
        return command;
    }
}
