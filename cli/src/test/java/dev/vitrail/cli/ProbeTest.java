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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code vitrail probe} says of an encoder and of a classifier, and what it refuses. */
class ProbeTest {
    @TempDir static Path folder;

    private static Path images;
    private static Path more;
    private static Path seen;
    private static Path trained;

    @BeforeAll
    static void runs() {
        System.setProperty("vitrail.home", System.getProperty("vitrail.root"));
        images = folder.resolve("images");
        more = folder.resolve("more");
        seen = folder.resolve("seen");
        trained = folder.resolve("trained");
        succeeded("draw", "--out", images, "--per-class", 6, "--size", 40);
        succeeded("draw", "--out", more, "--per-class", 3, "--size", 40, "--seed", 2);
        succeeded(
                "pretrain",
                "--config",
                "vit-pico-patch8-32",
                "--data",
                images,
                "--out",
                seen,
                "--epochs",
                1,
                "--set",
                "pretraining.decoder={\"dim\": 16, \"depth\": 1, \"heads\": 2}");
        succeeded(
                "train",
                "--config",
                "vit-pico-patch8-32",
                "--data",
                images,
                "--out",
                trained,
                "--epochs",
                1);
    }

    private static Command succeeded(Object... arguments) {
        Command command = Command.run(arguments);
        assertThat(command.exitCode()).as(command.err()).isZero();
        return command;
    }

    private static void refused(int code, String sentence, Object... arguments) {
        Command command = Command.run(arguments);
        assertThat(command.exitCode()).as(command.err()).isEqualTo(code);
        assertThat(command.out()).isEmpty();
        assertThat(command.err().lines()).hasSize(1);
        assertThat(command.err()).contains(sentence).doesNotContain("\tat ");
    }

    @Test
    void printsARowForEachKAndTheLinearProbe() {
        Command probe =
                succeeded("probe", "--model", seen, "--data", images, "--val", more, "--k", "1,20");
        assertThat(probe.out().lines())
                .anyMatch(line -> line.matches("k-NN +[0-9.]+ +- +\\d+ +24 +k 1, temperature 0.07"))
                .anyMatch(line -> line.matches("k-NN +[0-9.]+ +[0-9.]+ .*k 20, temperature 0.07"))
                .anyMatch(line -> line.matches("linear .* l2 .* of 8 training photos held back\\)"))
                .contains("48 features (pool token) of 48 training and 24 validation photos");
        assertThat(probe.err()).contains("features: 72/72 images", "linear probe: 14/14 fits");
        assertThat(
                        succeeded(
                                        "probe", "--model", seen, "--data", images, "--val", more,
                                        "--k", "1,20")
                                .out())
                .isEqualTo(probe.out());
    }

    @Test
    void holdsBackWhatTrainingDoesWhereNoValidationPhotosAreGiven() throws IOException {
        Command probe =
                succeeded("probe", "--model", trained, "--data", images, "--l2", 0.01, "--json");
        JsonNode json = new ObjectMapper().readTree(probe.out());
        assertThat(json.get("pretrained_without_labels").booleanValue()).isFalse();
        assertThat(json.get("training_images").intValue()).isEqualTo(40);
        assertThat(json.get("validation_images").intValue()).isEqualTo(8);
        assertThat(json.get("features").intValue()).isEqualTo(48);
        assertThat(json.get("classes")).hasSize(8);
        assertThat(json.at("/knn/0/k").intValue()).isEqualTo(20);
        assertThat(json.at("/knn/0/top1").doubleValue())
                .isEqualTo(json.at("/knn/0/correct").intValue() / 8.0);
        assertThat(json.at("/linear/l2").doubleValue()).isEqualTo(0.01);
        assertThat(json.at("/linear/converged").booleanValue()).isTrue();
        assertThat(json.at("/linear/held_back_top1").isMissingNode()).isTrue();
    }

    @Test
    void computesOnlyWhatIsAskedFor() {
        assertThat(succeeded("probe", "--model", seen, "--data", images, "--method", "knn").out())
                .contains("k-NN")
                .doesNotContain("linear");
        // A k that is not used is not looked at.
        assertThat(
                        succeeded(
                                        "probe",
                                        "--model",
                                        seen,
                                        "--data",
                                        images,
                                        "--method",
                                        "linear",
                                        "--l2",
                                        "1",
                                        "--k",
                                        "5000")
                                .out())
                .contains("linear")
                .doesNotContain("k-NN");
    }

    @Test
    void poolsAsItIsToldTo() {
        String token = knn(seen, "token");
        assertThat(token).isEqualTo(knn(seen, "auto")).contains("(pool token)");
        assertThat(knn(seen, "mean")).contains("48 features (pool mean)");
        assertThat(knn(trained, "mean")).contains("48 features (pool mean)");
    }

    private static String knn(Path run, String pooling) {
        return succeeded(
                        "probe",
                        "--model",
                        run,
                        "--data",
                        images,
                        "--method",
                        "knn",
                        "--pooling",
                        pooling)
                .out();
    }

    @Test
    void saysSoWherePhotosAreInBothFolders() {
        Command probe =
                succeeded(
                        "probe",
                        "--model",
                        seen,
                        "--data",
                        images,
                        "--val",
                        images,
                        "--method",
                        "knn",
                        "--k",
                        "1");
        assertThat(probe.err()).contains("48 of 48 validation photos are training photos too");
        assertThat(probe.out()).contains("100.00");
    }

    @Test
    void refusesWhatCannotBeJudged() throws IOException {
        refused(
                2,
                "no such file or folder",
                "probe",
                "--model",
                folder.resolve("no"),
                "--data",
                images);
        refused(1, "is no run folder", "probe", "--model", images, "--data", images);
        refused(
                2,
                "--k is 49, must be at most the number of training photos, 48",
                "probe",
                "--model",
                seen,
                "--data",
                images,
                "--val",
                more,
                "--k",
                "5,49");
        refused(
                2,
                "--k is 0, must be at least 1",
                "probe",
                "--model",
                seen,
                "--data",
                images,
                "--k",
                0);
        refused(
                2,
                "--temperature is 0.0, must be above 0",
                "probe",
                "--model",
                seen,
                "--data",
                images,
                "--temperature",
                0);
        refused(
                2,
                "--l2 is -1.0, must be above 0",
                "probe",
                "--model",
                seen,
                "--data",
                images,
                "--l2",
                -1);
        refused(
                2,
                "--val " + folder.resolve("no"),
                "probe",
                "--model",
                seen,
                "--data",
                images,
                "--val",
                folder.resolve("no"));

        Path other = Files.createDirectories(folder.resolve("other/hexagon")).getParent();
        Files.copy(firstOf(more), other.resolve("hexagon/a.png"));
        refused(
                1,
                "\"hexagon\" is not among the 8 classes",
                "probe",
                "--model",
                seen,
                "--data",
                images,
                "--val",
                other);
        refused(1, "one class folder only", "probe", "--model", seen, "--data", other);
    }

    private static Path firstOf(Path images) throws IOException {
        List<Path> files = new ArrayList<>();
        try (var all = Files.walk(images)) {
            all.filter(Files::isRegularFile).sorted().limit(1).forEach(files::add);
        }
        return files.get(0);
    }
}
