package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SortingWriterTest {
    private static final List<String> LABELS = List.of("cat", "../dog", "unsure");

    @TempDir private Path folder;
    private Path sorted;

    @BeforeEach
    void makeFolder() throws Exception {
        sorted = Files.createDirectory(folder.resolve("sorted"));
    }

    private Path file(String name, String content) throws Exception {
        Path file = folder.resolve("in").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private static ImageFiles list(List<Path> files) {
        String text = String.join("\n", files.stream().map(Path::toString).toList());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ImageFiles.listed(new ByteArrayInputStream(bytes), "list", false);
    }

    private static ResultRow row(Path file, int label) {
        List<RankedLabel> top = List.of(new RankedLabel(LABELS.get(label), label, 0.9));
        return new ResultRow(file.toString(), new Classified(top));
    }

    private void sort(SortMode mode, List<ResultRow> rows) {
        ImageFiles files = list(rows.stream().map(row -> Path.of(row.path())).toList());
        ResultWriter target = OutputFormat.JSONL.toStream(new ByteArrayOutputStream(), "memory", 1);
        try (ResultWriter writer = new SortingWriter(target, files, LABELS, sorted, mode)) {
            rows.forEach(writer::write);
            writer.finish();
        }
    }

    private TreeMap<String, String> found() throws Exception {
        TreeMap<String, String> found = new TreeMap<>();
        try (var tree = Files.walk(sorted)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                found.put(sorted.relativize(file).toString(), Files.readString(file));
            }
        }
        return found;
    }

    @ParameterizedTest
    @EnumSource
    void putsEveryImageIntoOneFolderAndNumbersEqualNames(SortMode mode) throws Exception {
        Path one = file("1/a.jpg", "one");
        Path two = file("2/a.jpg", "one");
        Path capital = file("3/A.jpg", "three");
        Path number = file("4/a-2.jpg", "four");
        Path dog = file("dog.jpg", "dog");
        Path named = file("named.jpg", "named");
        Path doubt = file("doubt.jpg", "doubt");
        Path bad = file("bad.jpg", "bad");
        List<ResultRow> rows = new ArrayList<>();
        rows.add(row(one, 0));
        rows.add(row(number, 0));
        rows.add(row(two, 0));
        rows.add(row(capital, 0));
        rows.add(row(dog, 1));
        rows.add(row(named, 2));
        rows.add(new ResultRow(doubt.toString(), row(doubt, 0).prediction(), true));
        rows.add(new ResultRow(bad.toString(), new Failed(FailureCode.CORRUPT_IMAGE, "bad")));
        Path missing = folder.resolve("missing.jpg");
        rows.add(new ResultRow(missing.toString(), new Failed(FailureCode.UNREADABLE, "no")));
        rows.add(row(one, 0));

        sort(mode, rows);

        TreeMap<String, String> expected = new TreeMap<>();
        expected.put("cat/a.jpg", "one");
        expected.put("cat/a-2.jpg", "four");
        expected.put("cat/a-3.jpg", "one");
        expected.put("cat/A-4.jpg", "three");
        expected.put("cat/a-5.jpg", "one");
        expected.put("_._dog/dog.jpg", "dog");
        expected.put("unsure-2/named.jpg", "named");
        expected.put("unsure/doubt.jpg", "doubt");
        expected.put("failed/bad.jpg", "bad");
        assertThat(found()).isEqualTo(expected);

        sort(mode, rows);
        assertThat(found()).as("a second time").isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void neverReplacesWhatIsThere(SortMode mode) throws Exception {
        Path foreign = sorted.resolve("cat/a.jpg");
        Files.createDirectories(foreign.getParent());
        Files.writeString(foreign, "foreign");
        Files.createSymbolicLink(sorted.resolve("cat/a-2.jpg"), Path.of("nowhere"));
        Path image = file("a.jpg", "mine");
        sort(mode, List.of(row(image, 0)));
        assertThat(foreign).hasContent("foreign");
        assertThat(Files.readSymbolicLink(sorted.resolve("cat/a-2.jpg"))).hasToString("nowhere");
        assertThat(sorted.resolve("cat/a-3.jpg")).hasContent("mine");
        assertThat(Files.isSymbolicLink(sorted.resolve("cat/a-3.jpg")))
                .isEqualTo(mode == SortMode.LINK);
        assertThat(found()).as("no rest of a copy").hasSize(2);
    }

    @Test
    void sortsTheRowsOfAStoppedRunToo() throws Exception {
        Path one = file("one.jpg", "1");
        Path two = file("two.jpg", "2");
        ImageFiles files = list(List.of(one, two));
        Path result = folder.resolve("rows.csv");
        RunIdentity run = new RunIdentity("m", 1, 0, false, RowScores.PROBABILITIES, "cpu", files);
        try (ResultWriter writer = OutputFormat.CSV.toFile(result, 1, false)) {
            writer.begin(run, row -> {});
            writer.write(row(one, 1));
        }
        try (ResultWriter writer =
                new SortingWriter(
                        OutputFormat.CSV.resumeFile(result, 1),
                        files,
                        LABELS,
                        sorted,
                        SortMode.COPY)) {
            writer.begin(run, row -> {});
            writer.write(row(two, 0));
            writer.finish();
        }
        assertThat(found()).containsOnlyKeys("_._dog/one.jpg", "cat/two.jpg");
        assertThat(Files.readAllLines(result)).hasSize(3);
    }

    @Test
    void endsTheRunWhereAnImageCannotBePlaced() throws Exception {
        Path image = file("a.jpg", "mine");
        Files.writeString(sorted.resolve("cat"), "a file");
        assertThatThrownBy(() -> sort(SortMode.LINK, List.of(row(image, 0))))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith(
                        image + ": cannot be sorted into " + sorted.resolve("cat") + ": ");
    }

    @Test
    void findsOutWhetherLinksCanBeMadeAndLeavesNothing() throws Exception {
        assertThat(SortMode.of(sorted)).isEqualTo(SortMode.LINK);
        assertThat(sorted).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "golden retriever, golden retriever",
        "a/b\\c, a_b_c",
        "'..', _",
        "../../etc, _._.._etc",
        ".hidden, _hidden",
        "'end. ', end",
        "'', _",
        "CON, _CON",
        "com1.txt, _com1.txt",
        "console, console",
        "'what? \"x\" <y>|*:', what_ _x_ _y____",
        "ä 🦊, ä 🦊"
    })
    void makesNamesThatEverySystemTakes(String label, String name) {
        assertThat(FileName.of(label)).isEqualTo(name);
    }

    @Test
    void keepsNamesApartAndShort() {
        assertThat(FileName.ofEach(List.of("crane", "Crane", "crane", "a/b", "a:b"), Set.of()))
                .containsExactly("crane", "Crane-2", "crane-3", "a_b", "a_b-2");
        String name = FileName.of("🦊".repeat(200));
        assertThat(name).isEqualTo("🦊".repeat(50));
        assertThat(FileName.numbered("x".repeat(250) + ".jpeg", 12345).length()).isLessThan(255);
    }
}
