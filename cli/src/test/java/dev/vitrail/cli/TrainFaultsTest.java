package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults of data, recipe, folder and checkpoint through the whole command: each ends with its exit
 * code and a sentence that names what is at fault, and what was saved before stays as it was.
 */
class TrainFaultsTest {
    private static final String CHECKPOINT = "checkpoint.safetensors";

    @TempDir static Path folder;
    private static Path data;
    private static Path saved;

    /** A training of two epochs, complete. */
    @BeforeAll
    static void train() {
        System.setProperty("vitrail.home", System.getProperty("vitrail.root"));
        data = folder.resolve("data");
        saved = folder.resolve("saved");
        Command.run("draw", "--out", data, "--per-class", "3");
        assertThat(begin(data, saved).exitCode()).isZero();
    }

    private static Command begin(Path pictures, Path out, Object... more) {
        return train(
                List.of("--config", "vit-pico-patch8-32", "--set", "training.epochs=2"),
                pictures,
                out,
                more);
    }

    private static Command resume(Path pictures, Path out, Object... more) {
        return train(List.of("--resume"), pictures, out, more);
    }

    private static Command train(List<?> first, Path pictures, Path out, Object... more) {
        List<Object> arguments =
                new ArrayList<>(List.of("train", "--data", pictures, "--out", out));
        arguments.addAll(first);
        arguments.addAll(List.of(more));
        return Command.run(arguments.toArray());
    }

    private static void assertRefused(Command command, ExitCode code, String... parts) {
        assertThat(command.err())
                .contains(parts)
                .contains("vitrail: ")
                .doesNotContain("Exception", "\tat ");
        assertThat(command.exitCode()).as(command.err()).isEqualTo(code.code());
    }

    private static Path copy(Path source, String name) throws IOException {
        Path target = folder.resolve(name);
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(source.relativize(file).toString()));
            }
        }
        return target;
    }

    @Test
    void refusesClassesThatCannotBeLearnt() throws IOException {
        Path one = copy(data, "one");
        Files.delete(one.resolve("circle/0001.png"));
        Files.delete(one.resolve("circle/0002.png"));
        Path none = copy(one, "none");
        Files.delete(none.resolve("circle/0000.png"));
        Path corrupt = copy(data, "corrupt");
        for (int i = 0; i < 3; i++) {
            Files.writeString(corrupt.resolve("circle/000" + i + ".png"), "no picture");
        }
        Path single = Files.createDirectory(folder.resolve("single"));
        Files.createDirectory(single.resolve("circle"));
        Files.copy(data.resolve("circle/0000.png"), single.resolve("circle/0000.png"));
        Path other = copy(data, "other");
        Files.move(other.resolve("circle"), other.resolve("zebra"));
        Path out = folder.resolve("run");

        assertRefused(
                begin(one, out),
                ExitCode.FAILED,
                one.resolve("circle") + ": holds 1 picture; a class needs at least two");
        assertRefused(
                begin(none, out),
                ExitCode.FAILED,
                none.resolve("circle") + ": class folder without a picture");
        assertRefused(
                begin(corrupt, out),
                ExitCode.FAILED,
                corrupt.resolve("circle") + ": none of its 2 pictures can be decoded");
        assertRefused(begin(single, out), ExitCode.FAILED, "holds one class folder only");
        assertRefused(
                begin(data, out, "--val", other),
                ExitCode.FAILED,
                "class folder \"zebra\" is not among the 8 classes");
        assertThat(out).doesNotExist();
    }

    @Test
    void validationPicturesAreLookedAtBeforeTheFirstStep() throws IOException {
        Path corrupt = Files.createDirectories(folder.resolve("val-corrupt/circle"));
        Files.writeString(corrupt.resolve("a.png"), "no picture");
        Files.writeString(corrupt.resolve("b.png"), "no picture");
        Path out = folder.resolve("unvalidated");

        Command training = begin(data, out, "--val", corrupt.getParent());

        assertRefused(
                training,
                ExitCode.FAILED,
                corrupt.getParent() + ": none of its 2 pictures can be decoded; the first one: ",
                corrupt.resolve("a.png").toString());
        assertThat(training.err()).doesNotContain("epoch 1");
        assertThat(out).doesNotExist();
    }

    @Test
    void saysThatPicturesBesideTheClassFoldersAreLeftOut() throws IOException {
        Path strays = copy(data, "strays");
        Path val = copy(data, "val-strays");
        Path picture = data.resolve("circle/0000.png");
        Files.copy(picture, strays.resolve("two.png"));
        Files.copy(picture, strays.resolve("one.png"));
        Files.copy(picture, val.resolve("three.png"));
        Files.writeString(strays.resolve("labels.txt"), "no picture, and none that looks like one");

        Command training = begin(strays, folder.resolve("strayed"), "--val", val);

        assertThat(training.exitCode()).as(training.err()).isZero();
        assertThat(training.err())
                .contains(
                        "warning: 2 pictures beside the class folders have no label and are left"
                                + " out: "
                                + strays.resolve("one.png")
                                + " and others",
                        "warning: 1 picture beside the class folders has no label and is left out: "
                                + val.resolve("three.png"));
    }

    @Test
    void saysSoWherePicturesAreLearntFromAndValidatedWith() {
        Command both = begin(data, folder.resolve("both"), "--val", data.resolve("../data"));
        assertThat(both.exitCode()).as(both.err()).isZero();
        assertThat(both.err())
                .contains("warning: 24 of 24 validation photos are training photos too");
        assertThat(begin(data, folder.resolve("apart")).err())
                .doesNotContain("training photos too");
    }

    /** 8 classes of 48 weights and a bias each. */
    @Test
    void countsTheParametersThatAreTrained() {
        Command head = begin(data, folder.resolve("head"), "--head-only");
        assertThat(head.exitCode()).as(head.err()).isZero();
        assertThat(head.err()).contains("training 392 parameters on 16 images of 8 classes");
    }

    @Test
    void takesNamesInAnyScript() throws IOException {
        Path names = Files.createDirectory(folder.resolve("names"));
        Files.move(copy(data.resolve("circle"), "names/cat"), names.resolve("\u732b"));
        Files.move(copy(data.resolve("cross"), "names/dog"), names.resolve("\u0441\u043e\u0431"));
        Path out = folder.resolve("named");
        assertThat(begin(names, out).exitCode()).isZero();
        assertThat(out.resolve("config.json")).content().contains("\u0441\u043e\u0431", "\u732b");
    }

    @Test
    void writesNothingAmongThePictures() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), data);
        for (Path out : List.of(data.resolve("run"), link.resolve("../data/a/run"))) {
            assertRefused(
                    begin(data, out),
                    ExitCode.WRONG_USE,
                    "--out " + out + ": lies in --data " + data);
        }
        Path run = data.resolve("run");
        assertRefused(
                begin(link, run), ExitCode.WRONG_USE, "--out " + run + ": lies in --data " + link);
        assertThat(run).doesNotExist();
    }

    @Test
    void findsAnOutputFolderThatCannotBeWrittenToBeforeTheFirstStep() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertRefused(begin(data, file), ExitCode.WRONG_USE, file + ": is a file");
        Command below = begin(data, file.resolve("run"));
        assertThat(below.exitCode()).isNotZero();
        assertThat(below.err()).contains(file.toString()).doesNotContain("training ", "\tat ");
    }

    @Test
    void endsWhereTheWeightsLeaveTheNumbersAndSavesNoneOfThem() throws IOException {
        Path out = folder.resolve("diverged");
        assertRefused(
                begin(data, out, "--learning-rate", "1e30"),
                ExitCode.FAILED,
                "step 1: the validation loss after it is NaN at learning rate 1.00e+30 (the largest"
                        + " weight, ",
                "a lower training.optimizer.learning_rate");
        assertThat(out.resolve(CHECKPOINT)).doesNotExist();
        assertThat(out.resolve("model.safetensors")).doesNotExist();
    }

    @Test
    void saysWhyItEndsBeforeItsLastEpochAndWhatToRunNext() {
        Path out = folder.resolve("it's ours");
        Command early =
                begin(
                        data,
                        out,
                        "--set",
                        "training.epochs=50",
                        "--set",
                        "training.patience=1",
                        "--learning-rate",
                        1e-12);
        assertThat(early.exitCode()).as(early.err()).isZero();
        assertThat(early.err())
                .containsPattern(
                        "ended after epoch \\d+, 1 after the best \\(training.patience\\)");
        assertThat(early.out())
                .contains("next:     vitrail export --model '" + folder + "/it'\\''s ours' --out");
    }

    @Test
    void goesOnWithTheSameRecipeAndPicturesOnly() throws IOException {
        Path fewer = copy(data, "fewer");
        Files.delete(fewer.resolve("circle/0001.png"));
        Path renamed = copy(data, "renamed");
        Files.move(renamed.resolve("circle"), renamed.resolve("zirkel"));
        byte[] before = Files.readAllBytes(saved.resolve(CHECKPOINT));
        assertRefused(
                resume(data, saved, "--set", "training.optimizer.learning_rate=1"),
                ExitCode.WRONG_USE,
                "training.optimizer.learning_rate was 0.001 and is 1.0",
                "only name, training.epochs, training.patience and training.checkpoint_minutes");
        for (Path other : List.of(fewer, renamed)) {
            assertRefused(
                    resume(other, saved),
                    ExitCode.WRONG_USE,
                    other + ": is not what " + saved + " was trained on",
                    "circle/0001.png");
        }
        assertThat(saved.resolve(CHECKPOINT)).hasBinaryContent(before);
    }

    @Test
    void usesTheCheckpointBeforeADamagedOneOnlyIfAsked() throws IOException {
        Path run = copy(saved, "damaged");
        Path file = run.resolve(CHECKPOINT);
        byte[] whole = Files.readAllBytes(file);
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        for (byte[] damaged : List.of(new byte[whole.length], flipped, new byte[0])) {
            Files.write(file, damaged);
            assertDamageIsTold(run, file);
        }
        try (RandomAccessFile cut = new RandomAccessFile(Files.write(file, whole).toFile(), "rw")) {
            cut.setLength(whole.length - 1);
        }
        assertDamageIsTold(run, file);
        Command asked = train(List.of("--resume=previous"), data, run);
        assertThat(asked.exitCode()).as(asked.err()).isZero();
        assertThat(file).hasBinaryContent(whole);
    }

    private static void assertDamageIsTold(Path run, Path file) {
        assertRefused(
                resume(data, run),
                ExitCode.FAILED,
                file + ": ",
                "checkpoint-previous.safetensors is the one before it, and is used only if asked");
    }
}
