package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user sees of wrong use: one or two lines on standard error, exit code 2, nothing else. */
class UsageTest {
    @TempDir Path folder;

    @BeforeAll
    static void home() {
        System.setProperty("vitrail.home", System.getProperty("vitrail.root"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quickstart",
                "import",
                "augment",
                "pretrain",
                "train",
                "sweep",
                "evaluate",
                "probe",
                "export",
                "verify",
                "inspect",
                "classify",
                "explain",
                "preprocess",
                "draw",
                "doctor",
                "completion",
                "zoo list",
                "zoo show",
                "config check"
            })
    void everyCommandExplainsItself(String command) {
        Command help = Command.run((Object[]) (command + " --help").split(" "));
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("Usage: vitrail " + command).contains("--verbose");
        assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(help.err()).isEmpty();
    }

    @Test
    void theHelpNamesEveryCommandAndTheExitCodes() {
        Command help = Command.run("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("quickstart", "train", "export", "classify", "Exit codes");
    }

    @Test
    void anUnknownCommandIsRefusedWithTheNearest() {
        refused(Command.run("clasify"), "clasify", "classify");
    }

    @Test
    void anUnknownOptionIsRefused() {
        refused(Command.run("zoo", "list", "--jsom"), "--jsom");
    }

    @Test
    void anOptionWithoutItsValueIsRefused() {
        refused(Command.run("classify", "x", "--model"), "--model");
    }

    @Test
    void twoExclusiveOptionsAreRefused() {
        refused(
                Command.run("preprocess", "--model", "a", "--config", "b", "c", "--out", "d"),
                "--model",
                "--config");
    }

    @Test
    void noCommandIsRefused() {
        refused(Command.run(), "command is missing", "--help");
    }

    @Test
    void aMissingPathIsRefused() {
        refused(Command.run("classify", folder.resolve("nowhere")), "nowhere", "no such file");
    }

    @ParameterizedTest
    @CsvSource({"--batch, -1", "--batch, many", "--threads, 1.5", "--decode-threads, ''"})
    void aCountIsAutoOrAWholeNumber(String option, String value) {
        refused(
                Command.run("classify", folder, option + "=" + value),
                option + " is " + value + ", must be auto or a whole number");
    }

    @Test
    void aMissingConfigIsRefusedWithThoseThatShip() {
        refused(Command.run("zoo", "show", "vit-unheard"), "vit-unheard", "vit-base-patch16-224");
    }

    @Test
    void everyProblemOfAConfigIsReportedAtOnce() throws IOException {
        Path config = folder.resolve("mine.json");
        Files.writeString(
                config,
                "{\"model\": {\"imagesize\": 224, \"image_size\": 225, \"patch_size\": 16,\n"
                    + "\"dim\": 770, \"depth\": 12, \"heads\": 12}, \"labels\": {\"count\": 2}}");
        Command check = Command.run("config", "check", config);
        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.out()).isEmpty();
        assertThat(check.err().lines().toList())
                .hasSize(3)
                .allMatch(line -> line.contains("mine.json:"))
                .anyMatch(line -> line.contains("imagesize") && line.contains("image_size"))
                .anyMatch(line -> line.contains("225") && line.contains("224"))
                .anyMatch(line -> line.contains("770"));
    }

    @Test
    void everyShippedConfigIsGood() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("vitrail.root"), "configs"))) {
            Object[] configs =
                    files.filter(file -> !file.toString().endsWith(".schema.json")).toArray();
            assertThat(configs).hasSizeGreaterThan(8);
            Object[] arguments = new Object[configs.length + 2];
            arguments[0] = "config";
            arguments[1] = "check";
            System.arraycopy(configs, 0, arguments, 2, configs.length);
            Command check = Command.run(arguments);
            assertThat(check.err()).isEmpty();
            assertThat(check.exitCode()).isZero();
        }
    }

    @Test
    void theZooShowsThePublishedCounts() {
        Command show = Command.run("zoo", "show", "vit-base-patch16-224", "--json");
        assertThat(show.exitCode()).isZero();
        assertThat(show.out()).contains("\"parameters\": 86567656").contains("\"tokens\": 197");
    }

    @Test
    void theCompletionScriptKnowsTheCommands() {
        Command completion = Command.run("completion");
        assertThat(completion.out()).contains("quickstart").contains("--provider");
        assertThat(completion.out().getBytes(StandardCharsets.UTF_8)).startsWith('#', '!');
    }

    @ParameterizedTest
    @CsvSource({"Broken pipe, 141, ''", "No space left on device, 1, No space left on device"})
    void aClosedOutputEndsTheCommandWithoutATrace(String reason, int code, String said)
            throws IOException {
        Path images = folder.resolve("images");
        Files.createDirectories(images);
        for (int i = 0; i < 3000; i++) {
            Files.writeString(images.resolve(i + ".jpg"), "no picture");
        }
        OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException(reason);
                    }
                };
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode =
                Main.run(new Console(closed, err, false, false), "classify", images.toString());
        assertThat(exitCode).isEqualTo(code);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(said).doesNotContain("\tat ");
    }

    @Test
    void aFolderCalledLikeAConfigIsNotTakenForIt() throws IOException {
        Path work = Files.createDirectories(folder.resolve("work"));
        Files.createDirectories(work.resolve("shapes"));
        assertThat(Command.run("zoo", "show", "shapes").exitCode()).isZero();
        Command show = Command.run("zoo", "show", work.resolve("shapes"));
        refused(show, "is a folder");
    }

    private static void refused(Command command, String... words) {
        assertThat(command.exitCode()).isEqualTo(2);
        assertThat(command.out()).isEmpty();
        assertThat(command.err()).contains(words).doesNotContain("\tat ");
        assertThat(command.err().lines()).hasSizeBetween(1, 3);
    }

    @Test
    void oneFileAboveTwoGigabytesIsRefusedBeforeAnyWork() {
        Command refused =
                Command.run(
                        "export",
                        "--config",
                        "vit-huge-patch14-224",
                        "--external-data",
                        "never",
                        "--out",
                        folder.resolve("huge.onnx"));

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains(
                        "--external-data never: the weights of vit-huge-patch14-224 are"
                                + " 2,528,183,200 bytes, and one ONNX file can hold 2,147,483,647");
        assertThat(folder).isEmptyDirectory();
    }
}
