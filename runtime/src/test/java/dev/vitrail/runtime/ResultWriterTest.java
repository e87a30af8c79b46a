package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import dev.vitrail.runtime.parquet.ParquetRows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResultWriterTest {
    private static final int TOP_K = 2;
    private static final RunIdentity RUN =
            new RunIdentity("m", TOP_K, 0, false, RowScores.PROBABILITIES, "cpu", noFiles());
    private static final List<ResultRow> ROWS =
            List.of(
                    row(
                            "a/b.jpg",
                            new RankedLabel("cat", 3, 0.91),
                            new RankedLabel("dog", 0, 0.09)),
                    row("line\nbreak, \"quoted\" =1+1 🦊.jpg", new RankedLabel("a,\"b\"", 1, 1)),
                    row(" -edge\r.jpg", new RankedLabel("tiny", 2, 1.2e-9)),
                    new ResultRow(
                            "a/c.jpg",
                            new Failed(
                                    FailureCode.CORRUPT_IMAGE,
                                    "ends \"early\",\nafter \ud800 bytes")));

    private static ImageFiles noFiles() {
        return ImageFiles.listed(InputStream.nullInputStream(), "list", false);
    }

    @TempDir private Path folder;

    private static ResultRow row(String path, RankedLabel... top) {
        return new ResultRow(path, new Classified(List.of(top)));
    }

    private Path target(OutputFormat format) {
        return folder.resolve("results." + format.name().toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void writesTheDocumentedJson() {
        String[] lines = text(OutputFormat.JSONL, ROWS).split("\n");
        assertThat(lines)
                .containsExactly(
                        "{\"path\":\"a/b.jpg\",\"predictions\":[{\"label\":\"cat\",\"index\":3,"
                                + "\"probability\":0.91},{\"label\":\"dog\",\"index\":0,"
                                + "\"probability\":0.09}]}",
                        "{\"path\":\"line\\nbreak, \\\"quoted\\\" =1+1 🦊.jpg\",\"predictions\":["
                                + "{\"label\":\"a,\\\"b\\\"\",\"index\":1,\"probability\":1}]}",
                        "{\"path\":\" -edge\\r.jpg\",\"predictions\":[{\"label\":\"tiny\","
                                + "\"index\":2,\"probability\":0}]}",
                        "{\"path\":\"a/c.jpg\",\"error\":{\"code\":\"corrupt_image\",\"message\":"
                                + "\"ends \\\"early\\\",\\nafter \uFFFD bytes\"}}");
    }

    @Test
    void writesTheDocumentedCsv() {
        assertThat(text(OutputFormat.CSV, ROWS))
                .isEqualTo(
                        "path,label_1,index_1,probability_1,label_2,index_2,probability_2,error_code,error_message\r\n"
                            + "a/b.jpg,cat,3,0.91,dog,0,0.09,,\r\n"
                            + "\"line\n"
                            + "break, \"\"quoted\"\" =1+1 🦊.jpg\",\"a,\"\"b\"\"\",1,1,,,,,\r\n"
                            + "\" -edge\r"
                            + ".jpg\",tiny,2,0,,,,,\r\n"
                            + "a/c.jpg,,,,,,,corrupt_image,\"ends \"\"early\"\",\n"
                            + "after \uFFFD bytes\"\r\n");
    }

    @Test
    void saysOfEveryAnswerWhetherItIsUnsureInARunWithAThreshold() {
        List<ResultRow> rows =
                List.of(
                        row("a.jpg", new RankedLabel("cat", 3, 0.91)),
                        new ResultRow(
                                "b.jpg",
                                new Classified(List.of(new RankedLabel("cat", 3, 0.5))),
                                true),
                        new ResultRow("c.jpg", new Failed(FailureCode.TIMEOUT, "late")));
        assertThat(text(OutputFormat.JSONL, 0.6, rows).split("\n"))
                .containsExactly(
                        "{\"path\":\"a.jpg\",\"predictions\":[{\"label\":\"cat\",\"index\":3,"
                                + "\"probability\":0.91}],\"unsure\":false}",
                        "{\"path\":\"b.jpg\",\"predictions\":[{\"label\":\"cat\",\"index\":3,"
                                + "\"probability\":0.5}],\"unsure\":true}",
                        "{\"path\":\"c.jpg\",\"error\":{\"code\":\"timeout\","
                                + "\"message\":\"late\"}}");
        assertThat(text(OutputFormat.CSV, 0.6, rows).split("\r\n"))
                .containsExactly(
                        "path,label_1,index_1,probability_1,label_2,index_2,probability_2,"
                                + "error_code,error_message,unsure",
                        "a.jpg,cat,3,0.91,,,,,,false",
                        "b.jpg,cat,3,0.5,,,,,,true",
                        "c.jpg,,,,,,,timeout,late,");
    }

    @Test
    void writesTheDocumentedColumnsOfParquet() throws Exception {
        Path file = target(OutputFormat.PARQUET);
        RunIdentity run =
                new RunIdentity("m", TOP_K, 0.6, false, RowScores.PROBABILITIES, "cpu", noFiles());
        try (ResultWriter writer = OutputFormat.PARQUET.toFile(file, TOP_K, false)) {
            writer.begin(run, row -> {});
            ROWS.forEach(writer::write);
            writer.finish();
        }
        List<Map<String, Object>> rows = ParquetRows.read(file);
        assertThat(rows.get(0))
                .containsExactlyInAnyOrderEntriesOf(
                        columns("a/b.jpg", "cat", 3, 0.91, "dog", 0, 0.09, null, null, false));
        assertThat(rows.get(2))
                .containsExactlyInAnyOrderEntriesOf(
                        columns(
                                " -edge\r.jpg",
                                "tiny",
                                2,
                                0.0,
                                null,
                                null,
                                null,
                                null,
                                null,
                                false));
        String message = "ends \"early\",\nafter \uFFFD bytes";
        assertThat(rows.get(3))
                .containsExactlyInAnyOrderEntriesOf(
                        columns(
                                "a/c.jpg",
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                "corrupt_image",
                                message,
                                null));
    }

    private static Map<String, Object> columns(Object... values) {
        List<String> names =
                List.of(
                        "path",
                        "label_1",
                        "index_1",
                        "probability_1",
                        "label_2",
                        "index_2",
                        "probability_2",
                        "error_code",
                        "error_message",
                        "unsure");
        Map<String, Object> columns = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            columns.put(names.get(i), values[i]);
        }
        return columns;
    }

    @Test
    void comparesProbabilitiesAsRowsPrintThem() {
        Prediction almost = new Classified(List.of(new RankedLabel("a", 0, 0.8999999)));
        assertThat(ResultRow.of("a.jpg", almost, 0.9, Optional.empty()).unsure()).isFalse();
        assertThat(ResultRow.of("a.jpg", almost, 0.900001, Optional.empty()).unsure()).isTrue();
        assertThat(ResultRow.of("a.jpg", almost, 0, Optional.empty()).unsure()).isFalse();
        Prediction failed = new Failed(FailureCode.TIMEOUT, "late");
        assertThat(ResultRow.of("a.jpg", failed, 1, Optional.empty()).unsure()).isFalse();
    }

    private static String text(OutputFormat format, double threshold, List<ResultRow> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ResultWriter writer = format.toStream(bytes, "memory", TOP_K)) {
            writer.begin(
                    new RunIdentity(
                            "m",
                            TOP_K,
                            threshold,
                            false,
                            RowScores.PROBABILITIES,
                            "cpu",
                            noFiles()),
                    row -> {});
            rows.forEach(writer::write);
            writer.finish();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String text(OutputFormat format, List<ResultRow> rows) {
        return new String(bytes(format, rows), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(OutputFormat format, List<ResultRow> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ResultWriter writer = format.toStream(bytes, "memory", TOP_K)) {
            rows.forEach(writer::write);
            writer.finish();
        }
        return bytes.toByteArray();
    }

    /** The bytes of {@code NAME.part}. */
    private static byte[] part(OutputFormat format, List<ResultRow> rows) {
        return bytes(format.rowsAreResult() ? format : OutputFormat.JSONL, rows);
    }

    /** What a reader that knows only the format, not this writer, gets back. */
    private List<String> paths(OutputFormat format, byte[] bytes) throws IOException {
        List<String> paths = new ArrayList<>();
        String text = new String(bytes, StandardCharsets.UTF_8);
        switch (format) {
            case JSONL -> {
                for (String line : text.split("\n")) {
                    JsonNode row = new JsonMapper().readTree(line);
                    paths.add(row.get("path").textValue());
                }
            }
            case CSV -> {
                List<List<String>> records = records(text);
                records.subList(1, records.size()).forEach(r -> paths.add(r.get(0)));
                assertThat(records).allSatisfy(r -> assertThat(r).hasSize(1 + 3 * TOP_K + 2));
            }
            case PARQUET -> {
                Path file = Files.write(folder.resolve("read.parquet"), bytes);
                ParquetRows.read(file).forEach(row -> paths.add((String) row.get("path")));
            }
        }
        return paths;
    }

    /** RFC 4180, section 2, read literally. */
    private static List<List<String>> records(String text) {
        List<List<String>> records = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (quoted) {
                field.append(c);
            } else if (c == ',') {
                fields.add(field.toString());
                field.setLength(0);
            } else if (c == '\r') {
                assertThat(text.charAt(++i)).isEqualTo('\n');
                fields.add(field.toString());
                field.setLength(0);
                records.add(fields);
                fields = new ArrayList<>();
            } else {
                field.append(c);
            }
        }
        return records;
    }

    @ParameterizedTest
    @EnumSource
    void givesEveryPathBackToAReader(OutputFormat format) throws Exception {
        assertThat(paths(format, bytes(format, ROWS)))
                .isEqualTo(ROWS.stream().map(ResultRow::path).toList());
    }

    @ParameterizedTest
    @EnumSource
    void givesTheFileItsNameOnlyWhenFinished(OutputFormat format) throws Exception {
        Path target = target(format);
        Path part = folder.resolve(target.getFileName() + ".part");
        try (ResultWriter writer = format.toFile(target, TOP_K, false)) {
            ROWS.forEach(writer::write);
            assertThat(target).doesNotExist();
            // Nothing is held back: what is written survives the death of the JVM.
            assertThat(part).hasBinaryContent(part(format, ROWS));
            writer.finish();
        }
        assertThat(part).doesNotExist();
        assertThat(target).hasBinaryContent(bytes(format, ROWS));
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheRowsOfAStoppedRunAndRefusesToReplaceThem(OutputFormat format) throws Exception {
        Path target = target(format);
        Path part = folder.resolve(target.getFileName() + ".part");
        try (ResultWriter writer = format.toFile(target, TOP_K, false)) {
            writer.write(ROWS.get(0));
        }
        assertThat(target).doesNotExist();
        assertThatThrownBy(() -> format.toFile(target, TOP_K, false))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(
                        part
                                + ": holds what another run wrote before it stopped; resume or"
                                + " overwrite it, or choose another name");
        assertThat(part).hasBinaryContent(part(format, ROWS.subList(0, 1)));
        try (ResultWriter writer = format.toFile(target, TOP_K, true)) {
            writer.finish();
        }
        assertThat(target).hasBinaryContent(bytes(format, List.of()));
    }

    @ParameterizedTest
    @EnumSource
    void refusesPlacesThatCannotBeWrittenBeforeAnyWork(OutputFormat format) throws Exception {
        Path target = target(format);
        Files.writeString(target, "old");
        assertThatThrownBy(() -> format.toFile(target, TOP_K, false))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(target + ": exists already; overwrite it or choose another name");
        assertThat(target).hasContent("old");
        assertThatThrownBy(() -> format.toFile(folder, TOP_K, true))
                .hasMessage(folder + ": is a folder, must be the name of a file");
        Path nowhere = folder.resolve("none").resolve("r.csv");
        assertThatThrownBy(() -> format.toFile(nowhere, TOP_K, true))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(nowhere + ": results cannot be written: its folder does not exist");
    }

    @ParameterizedTest
    @EnumSource
    void givesRowsBackToTheRunThatGoesOn(OutputFormat format) throws Exception {
        Path target = target(format);
        try (ResultWriter writer = format.toFile(target, TOP_K, false)) {
            writer.begin(RUN, row -> {});
            ROWS.forEach(writer::write);
        }
        List<ResultRow> back = new ArrayList<>();
        try (ResultWriter writer = format.resumeFile(target, TOP_K)) {
            assertThat(writer.begin(RUN, back::add)).isEqualTo(new EarlierRows(4, 1, 0, "a/c.jpg"));
        }
        assertThat(back.subList(0, 2)).isEqualTo(ROWS.subList(0, 2));
        // Rounded to 6 decimals, and what is no Unicode replaced.
        assertThat(back.get(2)).isEqualTo(row(" -edge\r.jpg", new RankedLabel("tiny", 2, 0)));
        assertThat(back.get(3).prediction())
                .isEqualTo(
                        new Failed(
                                FailureCode.CORRUPT_IMAGE, "ends \"early\",\nafter \uFFFD bytes"));
    }

    @ParameterizedTest
    @EnumSource
    void letsOnlyOneRunWriteAFile(OutputFormat format) throws Exception {
        Path target = target(format);
        try (ResultWriter first = format.toFile(target, TOP_K, true)) {
            first.write(ROWS.get(0));
            assertThatThrownBy(() -> format.toFile(target, TOP_K, true))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessage(target + ": another run is writing it now");
            first.write(ROWS.get(1));
            first.finish();
        }
        assertThat(target).hasBinaryContent(bytes(format, ROWS.subList(0, 2)));
    }

    @ParameterizedTest
    @EnumSource
    void saysThatTheDiskIsFull(OutputFormat format) throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "needs the device that is always full");
        try (OutputStream stream =
                java.nio.channels.Channels.newOutputStream(
                        FileChannel.open(full, StandardOpenOption.WRITE))) {
            assertThatThrownBy(
                            () -> {
                                ResultWriter writer = format.toStream(stream, "stdout", TOP_K);
                                writer.write(ROWS.get(0));
                                writer.finish();
                            })
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessage("stdout: results cannot be written: no space left on device");
        }
    }

    @ParameterizedTest
    @EnumSource
    void blamesThePlaceAndNotTheRowsWhereANewRunCannotBegin(OutputFormat format) throws Exception {
        Path target = target(format);
        // In the way of the file that says which run this is.
        Files.createDirectory(folder.resolve(target.getFileName() + ".run.tmp"));
        assertCannotBegin(target, format.toFile(target, TOP_K, false));
        assertCannotBegin(target, format.resumeFile(target, TOP_K));
    }

    private static void assertCannotBegin(Path target, ResultWriter opened) {
        try (ResultWriter writer = opened) {
            assertThatThrownBy(() -> writer.begin(RUN, row -> {}))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessageStartingWith(target + ": results cannot be written: ")
                    .hasMessageNotContaining("damaged");
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesNothingOfARunThatEndsBeforeItsFirstRow(OutputFormat format) throws Exception {
        Path target = target(format);
        try (ResultWriter writer = format.toFile(target, TOP_K, false)) {
            writer.begin(RUN, row -> {});
        }
        assertThat(folder).isEmptyDirectory();
        try (ResultWriter writer = format.resumeFile(target, TOP_K)) {
            writer.begin(RUN, row -> {});
        }
        assertThat(folder).isEmptyDirectory();
        format.toFile(target, TOP_K, false).close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void keepsAnEmptyResultThatOnlyLackedItsLastStep() throws Exception {
        Path target = target(OutputFormat.JSONL);
        try (ResultWriter writer = OutputFormat.JSONL.toFile(target, TOP_K, false)) {
            writer.begin(RUN, row -> {});
            writer.finish();
        }
        assertThat(target).isEmptyFile();
        RunFile.of(target).write(RUN);
        OutputFormat.JSONL.resumeFile(target, TOP_K).close();
        assertThat(target).isEmptyFile();
    }

    @Test
    void givesAResultOfNoImagesItsHeader() {
        assertThat(text(OutputFormat.CSV, List.of()))
                .isEqualTo(
                        "path,label_1,index_1,probability_1,label_2,index_2,probability_2,"
                                + "error_code,error_message\r\n");
        assertThat(text(OutputFormat.JSONL, List.of())).isEmpty();
    }

    @Test
    void writesTheHeaderOnlyTogetherWithTheFirstRow() {
        List<String> writes = new ArrayList<>();
        OutputStream stream =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new AssertionError("rows come whole");
                    }

                    @Override
                    public void write(byte[] bytes) {
                        writes.add(new String(bytes, StandardCharsets.UTF_8));
                    }
                };
        try (ResultWriter writer = OutputFormat.CSV.toStream(stream, "memory", TOP_K)) {
            writer.write(ROWS.get(0));
        }
        assertThat(writes).hasSize(1);
        assertThat(writes.get(0)).startsWith("path,").contains("\r\na/b.jpg,");
    }

    @Test
    void saysInWordsWhyAFileCannotBeWritten() {
        assertThat(FileSink.reason(new IOException())).isEqualTo("the system gives no reason");
        assertThat(FileSink.reason(new java.nio.file.DirectoryNotEmptyException("/a/b")))
                .isEqualTo("the system gives no reason");
        assertThat(FileSink.reason(new java.nio.file.FileSystemException("/a", null, "Quota")))
                .isEqualTo("Quota");
    }

    @Test
    void knowsFormatsByTheEndOfTheName() {
        assertThat(OutputFormat.of(Path.of("a.JSONL"))).isEqualTo(OutputFormat.JSONL);
        assertThat(OutputFormat.of(Path.of("a.csv"))).isEqualTo(OutputFormat.CSV);
        assertThat(OutputFormat.of(Path.of("a.Parquet"))).isEqualTo(OutputFormat.PARQUET);
        assertThatThrownBy(() -> OutputFormat.of(Path.of("a.xlsx")))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("a.xlsx: must end in .jsonl, .csv or .parquet");
    }

    @Test
    void roundsProbabilitiesToSixDecimals() {
        assertThat(RowNumber.of(0.1234565).toPlainString()).isEqualTo("0.123456");
        assertThat(RowNumber.of(0.99999999).toPlainString()).isEqualTo("1");
        assertThat(RowNumber.of(1e-6).toPlainString()).isEqualTo("0.000001");
        assertThat(RowNumber.of(0).toPlainString()).isEqualTo("0");
    }

    @Test
    void summarisesAsJson() {
        Summary summary =
                new Summary(7, 5, 2, 2.0, "cpu", "m.onnx", false, 0, OptionalLong.empty());
        assertThat(summary.toJson())
                .isEqualTo(
                        "{\"images\":7,\"classified\":5,\"failed\":2,\"seconds\":2.000,"
                                + "\"images_per_second\":3.500,\"provider\":\"cpu\","
                                + "\"model\":\"m.onnx\"}");
        assertThat(new Summary(0, 0, 0, 0, "cpu", "m", true, 0, OptionalLong.of(3)).toJson())
                .contains("\"unsure\":3", "\"images_per_second\":0.000")
                .endsWith("\"stopped\":true}");
    }
}
