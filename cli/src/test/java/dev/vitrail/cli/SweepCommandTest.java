package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sweeps from the command line; how they stop and go on is tested with the trainings. */
class SweepCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RATE = "training.optimizer.learning_rate";

    @TempDir static Path shared;
    @TempDir Path folder;
    private static Path images;
    private Path out;

    @BeforeAll
    static void draw() {
        System.setProperty("vitrail.home", System.getProperty("vitrail.root"));
        images = shared.resolve("images");
        succeeded(Command.run("draw", "--out", images, "--per-class", 4, "--size", 40));
    }

    @BeforeEach
    void name() {
        out = folder.resolve("sweep");
    }

    /** One epoch on the drawn images, unless something else is given. */
    private Command sweep(Object... more) {
        List<Object> given = List.of(more);
        List<Object> line =
                new ArrayList<>(List.of("sweep", "--config", "vit-pico-patch8-32", "--out", out));
        if (!given.contains("--data")) {
            line.addAll(List.of("--data", images));
        }
        if (!given.contains("--epochs")) {
            line.addAll(List.of("--epochs", 1));
        }
        line.addAll(given);
        return Command.run(line.toArray());
    }

    @Test
    void aSweepIsComparedAndItsTrialsAreRuns() throws IOException {
        Command swept =
                succeeded(
                        sweep(
                                "--grid",
                                "training.seed=0,1",
                                "--random",
                                RATE + "=1e-4..1e-2:log",
                                "--set",
                                "training.validation_split=0.25",
                                "--trials",
                                4));
        assertThat(swept.err()).contains("[1/4] learning_rate=0.0008638 seed=0", "[4/4]");
        assertThat(swept.out())
                .contains("trial  learning_rate  seed  val_top1  best epoch  epochs")
                .contains("learning_rate  seeds  mean val_top1  standard deviation")
                .contains("next:     vitrail export --model " + out.resolve("trials/000"));
        assertThat(Files.readAllLines(out.resolve("results.csv"))).hasSize(5);
        Path trial = out.resolve("trials/0003");
        assertThat(trial.resolve("report.html")).isNotEmptyFile();
        JsonNode page = TrainingPageTest.data(out.resolve("report.html"));
        assertThat(page.get("trials")).hasSize(4).allMatch(row -> row.get("curve").size() == 1);
        assertThat(page.get("trials").get(0).get("trial")).isEqualTo(page.get("best"));
        assertThat(page.get("keys").toString()).isEqualTo("[\"learning_rate\",\"seed\"]");
        assertThat(page.get("over_seeds").get(0).get("values")).hasSize(1);
        Path onnx = folder.resolve("model.onnx");
        succeeded(Command.run("export", "--model", trial, "--out", onnx));

        JsonNode longer =
                JSON.readTree(
                        succeeded(
                                        Command.run(
                                                "sweep",
                                                "--resume",
                                                "--out",
                                                out,
                                                "--trials",
                                                5,
                                                "--json"))
                                .out());
        assertThat(longer.get("results")).hasSize(5);
        assertThat(longer.get("complete").asBoolean()).isTrue();
        assertThat(longer.get("over_seeds")).hasSize(3);
        JsonNode row = longer.get("results").get(2);
        assertThat(row.get("run").asText()).isEqualTo("trials/0003");
        assertThat(row.get("state").asText()).isEqualTo("finished");
        assertThat(row.get("value")).isEqualTo(row.get("best").get("val_top1"));
        assertThat(row.get("values").get("training.seed").asText()).isEqualTo("0");

        refused(
                sweep("--resume", "--grid", "training.seed=0,1,2", "--epochs", 3),
                "is another sweep",
                "config.training.epochs was 1 and is 3",
                "grid was [\"training.seed=0,1\"] and is [\"training.seed=0,1,2\"]");
        refused(sweep("--grid", "training.seed=0,1"), "exists and is not empty");
        refused(
                Command.run("sweep", "--resume", "--overwrite", "--out", out),
                "--resume and --overwrite exclude each other");
        succeeded(sweep("--grid", "training.seed=0", "--overwrite"));
        assertThat(out.resolve("trials")).isDirectoryNotContaining("glob:**/0002");
    }

    @Test
    void theBestLossIsTheLowest() throws IOException {
        JsonNode object =
                JSON.readTree(
                        succeeded(
                                        sweep(
                                                "--grid",
                                                RATE + "=1e-9,1e-2",
                                                "--metric",
                                                "val_loss",
                                                "--epochs",
                                                4,
                                                "--json"))
                                .out());
        assertThat(object.get("best").asInt()).isEqualTo(2);
        assertThat(object.get("results").get(1).get("value").asDouble())
                .isLessThan(object.get("results").get(0).get("value").asDouble());
        assertThat(object.get("over_seeds")).isEmpty();
    }

    @Test
    void everyTrialBeginsWithTheWeightsOfAnotherRun() {
        Path run = folder.resolve("run");
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
                        1));
        Object[] line = {
            "sweep",
            "--init",
            run,
            "--data",
            images,
            "--out",
            out,
            "--head-only",
            "--grid",
            "model.drop_path=0,0.1"
        };
        Command tuned = succeeded(Command.run(line));
        assertThat(tuned.err().split("all weights are taken over", -1)).hasSize(3);
        succeeded(Command.run("sweep", "--resume", "--out", out));
        refused(
                Command.run(
                        "sweep",
                        "--init",
                        run,
                        "--data",
                        images,
                        "--out",
                        folder.resolve("other"),
                        "--set",
                        "model.depth=3",
                        "--grid",
                        "training.seed=1"),
                "--init " + run + ": has another network than the trials");
    }

    @Test
    void aSweepOfFailuresFails() throws IOException {
        Command failed = sweep("--grid", RATE + "=1e300", "--epochs", 4);
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains("warning: trial 1 failed: step 1: the validation loss");
        assertThat(Files.readString(out.resolve("results.csv"))).contains("failed,\"step 1");
    }

    @Test
    void noTrialStartsAfterTheMinutes() {
        Command none = sweep("--grid", "training.seed=0,1", "--minutes", 1e-9);
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("vitrail sweep --resume --out " + out);
        assertThat(out.resolve("trials")).isEmptyDirectory();
        succeeded(Command.run("sweep", "--resume", "--out", out));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--grid training.learning_rat=1         | training.learning_rat is not a known key",
                "--grid model.heads=3,5                 | trial 2 (model.heads=5): model.heads is",
                "--random training.clip_norm=2..1       | 2 must be less than 1",
                "--grid training.seed=1 --trials 0      | --trials is 0, must be 1 to 10000",
                "--grid training.seed=1 --metric top    | must be one of val_top1, val_loss,",
                "--grid training.seed=1 --minutes 0     | --minutes is 0.0, must be above 0",
                "--grid training.seed=1 --grid training.seed=2 | a key can be swept once only",
                "--epochs 3                             | nothing to sweep",
                "--grid training.seed=1 --data nowhere  | nowhere: no such file or folder",
                "--resume                               | is no sweep's folder",
            })
    void isRefusedBeforeTheFirstStep(String options, String message) {
        refused(sweep((Object[]) options.split(" ")), message);
        assertThat(out).doesNotExist();
    }

    @Test
    void replacesSweepsOnly() throws IOException {
        Files.createDirectories(out);
        Path photo = Files.writeString(out.resolve("cat.jpg"), "a cat");
        refused(
                sweep("--grid", "training.seed=0", "--overwrite"),
                "is no sweep's folder, which is all that --overwrite replaces");
        assertThat(photo).hasContent("a cat");
        out = photo.resolve("sweep");
        Command below = sweep("--grid", "training.seed=0");
        assertThat(below.exitCode()).isEqualTo(1);
        assertThat(below.err()).contains(photo + "/sweep").hasLineCount(1);
    }

    private static void refused(Command command, String... sentences) {
        assertThat(command.exitCode()).as(command.err()).isEqualTo(2);
        assertThat(command.out()).isEmpty();
        assertThat(command.err()).contains(sentences).doesNotContain("\tat ");
    }

    private static Command succeeded(Command command) {
        assertThat(command.exitCode()).as(command.err()).isZero();
        return command;
    }
}
