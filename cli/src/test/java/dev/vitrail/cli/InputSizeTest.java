package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrail.zoo.train.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Another input size on the way in and on the way out: the same network either way. */
class InputSizeTest {

    private static final Path CHECKPOINT =
            Path.of(System.getProperty("vitrail.root"))
                    .resolve("zoo/src/test/resources/dev/vitrail/zoo/reference/timm_reg_embed");

    @TempDir private Path folder;

    private Path run;

    @BeforeEach
    void importAsItIs() {
        run = folder.resolve("run");
        assertThat(Command.run("import", "--weights", CHECKPOINT, "--out", run).exitCode())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"48x32, , false", "48x32, , true", "36x48, 12, false"})
    void exportsWhatAnImportAtThatSizeGives(String size, String patch, boolean unverified)
            throws IOException {
        byte[] before = Files.readAllBytes(run.resolve("config.json"));
        Path sized = folder.resolve("sized");
        Path onnx = folder.resolve("sized.onnx");
        Object[] change =
                patch == null
                        ? new Object[] {"--image-size", size}
                        : new Object[] {"--image-size", size, "--patch-size", patch};

        Command imported = run("import", change, "--weights", CHECKPOINT, "--out", sized);
        Command exported =
                unverified
                        ? run("export", change, "--model", run, "--out", onnx, "--no-verify")
                        : run("export", change, "--model", run, "--out", onnx);
        Command verified = Command.run("verify", onnx, "--against", sized);
        Command verifiedAtSize = run("verify", change, onnx, "--against", run);

        assertThat(imported.out()).contains("resampled from 3x5 to");
        assertThat(exported.err()).isEmpty();
        assertThat(exported.exitCode()).isZero();
        assertThat(verified.out()).contains("the same network").doesNotContain("NOT");
        assertThat(verifiedAtSize.out()).contains("the same network").doesNotContain("NOT");
        assertThat(Run.open(sized).config().preprocessing().crop().json().toString())
                .isEqualTo("[" + size.replace("x", ", ") + "]");
        assertThat(Files.readAllBytes(run.resolve("config.json"))).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--image-size | 100 | --image-size 100: input height is 100, must be a multiple of"
                        + " the patch size (8); 96 and 104 are",
                "--image-size | 24x20 | --image-size 24x20: input width is 20, must be a multiple"
                        + " of the patch size (8); 16 and 24 are",
                "--image-size | 384,512 | --image-size is 384,512, must be such as 384 or 384x256",
                "--image-size | 0 | --image-size is 0, must be such as 384 or 384x256",
                "--image-size | 80000 | --image-size 80000: input of 80000x80000 is not possible",
                "--patch-size | 0 | --patch-size is 0, must be at least 1",
                "--patch-size | 7 | --patch-size 7: input height is 24, must be a multiple of the"
                        + " patch size (7); 21 and 28 are"
            })
    void refusesWhatNoInputCanBe(String option, String value, String sentence) {
        Path onnx = folder.resolve("refused.onnx");

        Command refused = Command.run("export", "--model", run, option, value, "--out", onnx);

        assertThat(refused.exitCode()).isEqualTo(ExitCode.WRONG_USE.code());
        assertThat(refused.err()).contains(sentence);
        assertThat(onnx).doesNotExist();

        Path again = folder.resolve("again");
        Command imported =
                Command.run("import", "--weights", CHECKPOINT, option, value, "--out", again);

        assertThat(imported.exitCode()).isEqualTo(ExitCode.WRONG_USE.code());
        assertThat(imported.err()).contains(sentence.substring(sentence.lastIndexOf(": ") + 1));
        assertThat(again).doesNotExist();
    }

    @Test
    void writesOtherNamesAtThatSize() {
        Path timm = folder.resolve("timm");
        Path back = folder.resolve("back");
        Path onnx = folder.resolve("sized.onnx");

        Command written =
                Command.run(
                        "export",
                        "--format",
                        "safetensors",
                        "--model",
                        run,
                        "--image-size",
                        "48x32",
                        "--out",
                        timm);
        Command.run("import", "--weights", timm, "--out", back);
        Command.run("export", "--model", run, "--image-size", "48x32", "--out", onnx);

        assertThat(written.err()).isEmpty();
        assertThat(Command.run("verify", onnx, "--against", back).out())
                .contains("the same network")
                .doesNotContain("NOT");
    }

    private static Command run(String verb, Object[] change, Object... others) {
        Object[] all = new Object[1 + change.length + others.length];
        all[0] = verb;
        System.arraycopy(change, 0, all, 1, change.length);
        System.arraycopy(others, 0, all, 1 + change.length, others.length);
        return Command.run(all);
    }
}
