package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
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

    /** The command line, what must be named, and the hint. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "clasify x | clasify | Did you mean: vitrail classify",
                "zoo list --jsom | --jsom | Possible solutions: --json",
                "classify x --modle y | --modle | Possible solutions: --model",
                "classify x --model | --model | Try 'vitrail classify --help'",
                "preprocess --model a --config b c --out d | --model | Try 'vitrail preprocess",
                "export --model a --config b --out c.onnx | --config | Try 'vitrail export --help'",
                "classify configs --out a.csv --resume --overwrite | --resume and --overwrite |"
                        + " exclude each other",
                "classify configs --json --format csv | --format | --json prints one object",
                "classify configs --list a | --list a and PATH configs | exclude each other"
            })
    void aCommandLineThatIsWrongIsRefusedWithAHint(String line, String what, String hint) {
        String configs = Path.of(System.getProperty("vitrail.root"), "configs").toString();
        Object[] arguments = line.replace(" configs", " " + configs).split(" ");
        refused(Command.run(arguments), what.replace(" configs", " " + configs), hint);
    }

    /** Places that cannot be written, for each command that writes; said before any work. */
    @ParameterizedTest
    @CsvSource({
        "classify IMAGE, a.jsonl",
        "export --config vit-pico-patch8-32, a.onnx",
        "preprocess IMAGE --model MODEL, a.npy"
    })
    void aPlaceThatCannotBeWrittenIsRefusedBeforeAnyWork(String line, String name)
            throws IOException {
        String root = System.getProperty("vitrail.root");
        String command =
                line.replace("IMAGE", root + "/test-images/star/0001.png")
                        .replace(
                                "MODEL",
                                root + "/cli/src/main/resources/dev/vitrail/cli/shapes.onnx");
        Path old = Files.writeString(folder.resolve(name), "old");
        refused(to(command, old), "--out " + old + ": exists already", "--overwrite");
        assertThat(old).hasContent("old");

        Path aFolder = Files.createDirectory(folder.resolve("folder-" + name));
        refused(to(command + " --overwrite", aFolder), "is a folder, a file name is expected");

        Path lost = folder.resolve("none").resolve(name);
        refused(to(command, lost), "none does not exist; make it");

        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        if (!Files.isWritable(locked)) { // root may write everywhere
            Command refused = to(command, locked.resolve(name));
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("locked cannot be written to");
        }
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(old, aFolder, locked);
        }
        assertThat(aFolder).isEmptyDirectory();
    }

    private static Command to(String command, Path out) {
        return Command.run((Object[]) (command + " --out " + out).split(" "));
    }

    @Test
    void whatIsReadIsNeverReplaced() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        Path config = Files.writeString(run.resolve("config.json"), "kept");
        Path weights = Files.writeString(run.resolve("model.safetensors"), "kept");
        Path image = Files.writeString(folder.resolve("a.npy"), "kept");
        for (String line :
                new String[] {
                    "import --weights " + weights + " --out " + run,
                    "import --weights " + run + " --out " + run,
                    "export --model " + run + " --format safetensors --out " + run,
                    "preprocess " + image + " --config shapes --out " + image
                }) {
            refused(Command.run((Object[]) (line + " --overwrite").split(" ")), "also the input");
        }
        for (Path file : new Path[] {config, weights, image}) {
            assertThat(file).hasContent("kept");
        }
    }

    @Test
    void aConfigThatCannotBeReadIsRefusedWithTheReason() throws IOException {
        refused(Command.run("config", "check", folder.resolve("none.json")), "no such file");
        refused(Command.run("config", "check", folder), "is a folder, must be a config file");
        Path locked = Files.writeString(folder.resolve("locked.json"), "{}");
        Files.setPosixFilePermissions(locked, Set.of());
        if (!Files.isReadable(locked)) { // root may read everything
            refused(Command.run("config", "check", locked), "permission to read it is denied");
        }
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
    @CsvSource({
        "--batch, -1",
        "--batch, many",
        "--runs, 0",
        "--threads, 1.5",
        "--decode-threads, ''"
    })
    void aCountIsAutoOrAWholeNumber(String option, String value) {
        refused(
                Command.run("classify", folder, option + "=" + value),
                option + " is " + value + ", must be auto or a whole number from 1 to 999999");
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
    @CsvSource({"Broken pipe, 141, ''", "No space left on device, 1, no space left on device"})
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
