package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code vitrail classify} answers to input that cannot be used: exit code and words. */
class ClassifyFaultsTest {
    private static final Path STAR =
            Path.of(System.getProperty("vitrail.root"), "test-images/star/0001.png");
    private static final Path SHIPPED =
            Path.of(
                    System.getProperty("vitrail.root"),
                    "cli/src/main/resources/dev/vitrail/cli/shapes.onnx");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    @TempDir private Path folder;

    @Test
    void refusesAResultThatIsAnInput() throws Exception {
        Path image = Files.writeString(folder.resolve("a.csv"), "kept");
        Path model = Files.writeString(folder.resolve("m.jsonl"), "kept");
        Command overPath = Command.run("classify", image, "--out", image, "--overwrite");
        Command overModel =
                Command.run("classify", STAR, "--model", model, "--out", model, "--overwrite");
        for (Command command : new Command[] {overPath, overModel}) {
            assertThat(command.exitCode()).as(command.err()).isEqualTo(2);
            assertThat(command.out()).isEmpty();
            assertThat(command.err()).contains("is also an input");
        }
        assertThat(image).hasContent("kept");
        assertThat(model).hasContent("kept");
    }

    /** What is wrong with a file is a row of its own, and nobody else's rows change by it. */
    @Test
    void everyFaultyFileIsOneRowWithItsCode() throws Exception {
        byte[] star = Files.readAllBytes(STAR);
        byte[] huge = star.clone();
        ByteBuffer.wrap(huge).putInt(16, 20_000).putInt(20, 20_000);
        Map<String, String> codes = new TreeMap<>();
        Path images = Files.createDirectory(folder.resolve("images"));
        for (Object[] file :
                new Object[][] {
                    {"0-empty.jpg", new byte[0], "corrupt_image"},
                    {
                        "1-text.jpg",
                        "no picture".getBytes(StandardCharsets.US_ASCII),
                        "unsupported_format"
                    },
                    {"2-cut.png", Arrays.copyOf(star, star.length / 2), "corrupt_image"},
                    {"3-huge.png", huge, "too_large"},
                    {"4-named-otherwise.jpg", star, "none"},
                    {"5-good.png", star, "none"}
                }) {
            Files.write(images.resolve((String) file[0]), (byte[]) file[1]);
            codes.put((String) file[0], (String) file[2]);
        }
        Files.createDirectory(images.resolve("folder.jpg"));

        Command command = Command.run("classify", images, "--batch", 4);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(command.err()).contains("6 images: 2 classified, 4 failed");
        Map<String, String> found = new TreeMap<>();
        for (String row : command.out().lines().toList()) {
            JsonNode json = JSON.readTree(row);
            found.put(json.get("path").asText(), json.at("/error/code").asText("none"));
        }
        assertThat(found).isEqualTo(codes);
        assertThat(Command.run("classify", images, "--strict").exitCode()).isEqualTo(1);

        for (String name : codes.keySet()) {
            if (!codes.get(name).equals("none")) {
                Files.delete(images.resolve(name));
            }
        }
        assertThat(Command.run("classify", images, "--batch", 4).out())
                .isEqualTo(
                        command.out()
                                .lines()
                                .filter(row -> !row.contains("\"error\""))
                                .collect(Collectors.joining("\n", "", "\n")));
    }

    @Test
    void readersGetEveryNameBack() throws Exception {
        Path images = Files.createDirectory(folder.resolve("images"));
        List<String> expected = new ArrayList<>();
        for (String name :
                List.of(
                        "\u732b",
                        "\ud83e\udd8a",
                        "a b",
                        "it's \"b\"",
                        "c,d",
                        "line\nend",
                        "-d",
                        "=1+1",
                        "n".repeat(251))) {
            Files.copy(STAR, images.resolve(name + ".png"));
            expected.add(name + ".png");
        }
        // No text is such a path, so only the bytes of a URI can name it.
        Files.copy(STAR, Path.of(URI.create(images.toUri() + "bad%FF.png")));
        expected.add("bad//ff.png");

        Command rows = Command.run("classify", images, "--top-k", 1);
        assertThat(rows.exitCode()).as(rows.err()).isZero();
        List<String> paths = new ArrayList<>();
        for (String row : rows.out().lines().toList()) {
            JsonNode json = JSON.readTree(row);
            assertThat(json.at("/predictions/0/label").asText()).isEqualTo("star");
            paths.add(json.get("path").asText());
        }
        assertThat(paths).containsExactlyInAnyOrderElementsOf(expected);

        Command table = Command.run("classify", images, "--top-k", 1, "--format", "csv");
        List<String> columns = new ArrayList<>();
        try (MappingIterator<List<String>> records =
                new CsvMapper()
                        .readerForListOf(String.class)
                        .with(CsvParser.Feature.WRAP_AS_ARRAY)
                        .readValues(table.out())) {
            records.forEachRemaining(record -> columns.add(record.get(0)));
        }
        assertThat(columns.subList(1, columns.size())).isEqualTo(paths);
    }

    @Test
    void linksPipesAndSocketsDoNotHoldTheRunUp() throws Exception {
        Path images = Files.createDirectory(folder.resolve("images"));
        Files.copy(STAR, images.resolve("good.png"));
        Files.createSymbolicLink(images.resolve("self.png"), Path.of("self.png"));
        Files.createSymbolicLink(images.resolve("dangling.png"), Path.of("nowhere"));
        Files.createSymbolicLink(images.resolve("here"), Path.of("."));
        Files.createSymbolicLink(images.resolve("up"), Path.of(".."));
        List<String> unreadable = new ArrayList<>(List.of("dangling.png", "self.png"));
        if (Files.isExecutable(Path.of("/usr/bin/mkfifo"))) {
            String pipe = images.resolve("pipe.jpg").toString();
            assertThat(new ProcessBuilder("/usr/bin/mkfifo", pipe).start().waitFor()).isZero();
            unreadable.add("pipe.jpg");
        }
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(images.resolve("socket.jpg")));
            unreadable.add("socket.jpg");

            Command command =
                    assertTimeoutPreemptively(
                            Duration.ofSeconds(60), () -> Command.run("classify", images));
            assertThat(command.exitCode()).as(command.err()).isZero();
            assertThat(command.err())
                    .contains("here: leads to a folder seen before, skipped")
                    .contains(" images: 1 classified, " + unreadable.size() + " failed");
            List<String> failed = new ArrayList<>();
            for (String row : command.out().lines().toList()) {
                JsonNode json = JSON.readTree(row);
                if (json.at("/error/code").asText().equals("unreadable")) {
                    failed.add(json.get("path").asText());
                }
            }
            assertThat(failed).containsExactlyInAnyOrderElementsOf(unreadable);
        }
    }

    @Test
    void whatMayNotBeReadIsNamedAndTheRestClassified() throws Exception {
        Path images = Files.createDirectory(folder.resolve("images"));
        Path locked = Files.copy(STAR, images.resolve("locked.png"));
        Path closed = Files.createDirectory(images.resolve("closed"));
        Files.copy(STAR, closed.resolve("a.png"));
        Files.copy(STAR, images.resolve("open.png"));
        Files.setPosixFilePermissions(locked, Set.of());
        Files.setPosixFilePermissions(closed, Set.of());
        try {
            assumeTrue(!Files.isReadable(locked), "root may read everything");
            Command command = Command.run("classify", images);
            assertThat(command.exitCode()).as(command.err()).isZero();
            assertThat(command.err()).contains("3 images: 1 classified, 2 failed");
            assertThat(command.out())
                    .contains("{\"path\":\"closed\",\"error\":{\"code\":\"unreadable\"")
                    .contains("{\"path\":\"locked.png\",\"error\":{\"code\":\"unreadable\"")
                    .contains("{\"path\":\"open.png\",\"predictions\":[");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aPathIsARowHoweverOftenItIsNamed() throws Exception {
        Path inner = Files.createDirectories(folder.resolve("images/inner"));
        Path image = Files.copy(STAR, inner.resolve("a.png"));
        Path images = folder.resolve("images");
        Command command = Command.run("classify", images, image, inner, images, "--top-k", 1);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(command.out().lines().toList()).hasSize(1);
    }

    @Test
    void oneObjectIsOnStandardOutputWhateverIsWarnedOf() throws Exception {
        Path images = Files.createDirectory(folder.resolve("images"));
        Files.copy(STAR, images.resolve("good.png"));
        Files.createFile(images.resolve("empty.jpg"));
        Files.createSymbolicLink(images.resolve("loop"), Path.of("."));
        Command command = Command.run("classify", images, "--json");
        assertThat(command.err()).contains("warning: ", "loop", "1 failed");
        JsonNode object = JSON.readTree(command.out());
        assertThat(object.get("results")).hasSize(2);
        assertThat(object.get("failed").asInt()).isEqualTo(1);
    }

    /** What is in the file, and what its message must say of it. */
    @ParameterizedTest
    @CsvSource({
        "'', has 0 bytes|is empty",
        "hello model, is text|is no ONNX model",
        "zip, is a zip archive|is no ONNX model",
        "half, not a whole"
    })
    void aModelFileThatIsNoneIsFailedWork(String content, String words) throws Exception {
        byte[] bytes =
                switch (content) {
                    case "half" -> Arrays.copyOf(Files.readAllBytes(SHIPPED), 300_000);
                    case "zip" -> new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0};
                    default -> content.getBytes(StandardCharsets.ISO_8859_1);
                };
        Path model = Files.write(folder.resolve("model.onnx"), bytes);
        Path out = folder.resolve("rows.jsonl");
        for (Command command :
                new Command[] {
                    Command.run("classify", STAR, "--model", model, "--out", out),
                    Command.run("inspect", model)
                }) {
            assertThat(command.exitCode()).isEqualTo(1);
            assertThat(command.out()).isEmpty();
            assertThat(command.err().lines().toList()).hasSize(1);
            assertThat(command.err())
                    .contains("model.onnx: ")
                    .containsPattern(words)
                    .doesNotContain("rotocol", "\tat ");
        }
        assertThat(folder).isDirectoryNotContaining(path -> path.toString().contains("rows"));
    }

    /** In a process of its own, because the heap is what is limited. */
    @Test
    @Tag("slow")
    void aMillionFilesAreARowEachInHalfAGigabyte() throws Exception {
        int count = 1_000_000;
        Path images = Files.createDirectory(folder.resolve("images"));
        for (int i = 0; i < count; i++) {
            Files.createFile(images.resolve(i + ".jpg"));
        }
        Path out = folder.resolve("rows.csv");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "classify",
                                images.toString(),
                                "--out",
                                out.toString())
                        .redirectError(folder.resolve("said").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor()).as(Files.readString(folder.resolve("said"))).isZero();
        try (Stream<String> rows = Files.lines(out)) {
            assertThat(rows.skip(1).map(row -> row.split(",")[0]).distinct().count())
                    .isEqualTo(count);
        }
    }

    @Test
    void aFolderWithoutImagesIsASummaryOfNone() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Command command = Command.run("classify", empty);
        assertThat(command.exitCode()).as(command.err()).isZero();
        assertThat(command.out()).isEmpty();
        assertThat(command.err()).contains("no images found", "0 images: 0 classified, 0 failed");
    }
}
