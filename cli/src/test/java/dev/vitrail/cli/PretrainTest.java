package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From pictures without labels to a classifier, and what an encoder alone is refused for. */
class PretrainTest {
    @TempDir Path folder;

    @Test
    void anEncoderIsTunedWithLabelsAndRefusedWithoutAHead() throws IOException {
        System.setProperty("vitrail.home", System.getProperty("vitrail.root"));
        Path images = folder.resolve("images");
        Path seen = folder.resolve("seen");
        Path tuned = folder.resolve("tuned");
        Path onnx = folder.resolve("model.onnx");
        succeeded(Command.run("draw", "--out", images, "--per-class", 4, "--size", 40));

        Command pretrained =
                succeeded(
                        Command.run(
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
                                "pretraining.decoder={\"dim\": 16, \"depth\": 1, \"heads\": 2}"));
        assertThat(pretrained.out())
                .containsPattern("time:     [0-9.]+ (s|min), [0-9.]+ % of it waiting for pictures")
                .contains("next:     vitrail train --init " + seen)
                .doesNotContain("accuracy");
        assertThat(pretrained.err()).contains("images without labels");
        assertThat(seen.resolve("reconstructions/epoch-0001.png")).isNotEmptyFile();
        assertThat(Files.readString(seen.resolve("config.json"))).contains("\"mask_ratio\"");

        String headless = "is an encoder without a head";
        refused(Command.run("export", "--model", seen, "--out", onnx), headless);
        refused(Command.run("evaluate", "--model", seen, "--data", images), headless);
        for (String project : List.of("timm", "huggingface")) {
            assertSameEncoder(seen, images, project);
        }
        Command torchvision = exported(seen, "torchvision", folder.resolve("torchvision"));
        assertThat(torchvision.exitCode()).isEqualTo(1);
        assertThat(torchvision.err()).contains(headless, "torchvision has no such network");
        refused(
                Command.run("train", "--resume", "--data", images, "--out", seen),
                "goes on with vitrail pretrain --resume");

        Command trained =
                succeeded(
                        Command.run(
                                "train",
                                "--init",
                                seen,
                                "--data",
                                images,
                                "--out",
                                tuned,
                                "--epochs",
                                1));
        assertThat(trained.err()).contains("drawn anew: head.weight, head.bias;");
        assertThat(Files.readString(tuned.resolve("config.json"))).doesNotContain("pretraining");
        succeeded(Command.run("export", "--model", tuned, "--out", onnx));
        refused(
                Command.run("pretrain", "--resume", "--data", images, "--out", tuned),
                "goes on with vitrail train --resume");
    }

    /** What is exported without a head gives, imported with a new one, the same features. */
    private void assertSameEncoder(Path seen, Path images, String project) {
        Path out = folder.resolve(project);
        Path back = folder.resolve(project + "-back");
        assertThat(succeeded(exported(seen, project, out)).out()).contains("tensors");
        succeeded(Command.run("import", "--weights", out, "--reset-head", 8, "--out", back));
        assertThat(neighbours(back, images)).isEqualTo(neighbours(seen, images));
    }

    private static Command exported(Path run, String project, Path out) {
        return Command.run(
                "export",
                "--model",
                run,
                "--format",
                "safetensors",
                "--names",
                project,
                "--out",
                out);
    }

    private static String neighbours(Path run, Path images) {
        return succeeded(
                        Command.run(
                                "probe",
                                "--model",
                                run,
                                "--data",
                                images,
                                "--val",
                                images,
                                "--method",
                                "knn",
                                "--k",
                                "3,7,20"))
                .out();
    }

    private static void refused(Command command, String sentence) {
        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.err()).contains(sentence);
    }

    private static Command succeeded(Command command) {
        assertThat(command.exitCode()).as(command.err()).isZero();
        return command;
    }
}
