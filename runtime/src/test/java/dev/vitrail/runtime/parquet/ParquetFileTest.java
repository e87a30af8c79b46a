package dev.vitrail.runtime.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.runtime.parquet.ParquetColumn.Kind;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against parquet-hadoop, which reads what is written here. */
class ParquetFileTest {
    private static final List<ParquetColumn> COLUMNS =
            List.of(
                    new ParquetColumn("text", Kind.STRING, false),
                    new ParquetColumn("other", Kind.STRING, true),
                    new ParquetColumn("number", Kind.INT, true),
                    new ParquetColumn("score", Kind.DOUBLE, true),
                    new ParquetColumn("flag", Kind.BOOLEAN, true),
                    new ParquetColumn("values", Kind.FLOAT_LIST, true));

    @TempDir private Path folder;

    private Path write(List<ParquetColumn> columns, List<List<Object>> rows) throws Exception {
        Path path = folder.resolve("table.parquet");
        try (OutputStream out = Files.newOutputStream(path)) {
            ParquetFile file = new ParquetFile(out, columns);
            for (List<Object> row : rows) {
                file.add(row);
            }
            file.finish();
        }
        return path;
    }

    private static void assertRead(Path file, List<List<Object>> expected) throws Exception {
        List<Map<String, Object>> found = ParquetRows.read(file);
        assertThat(found).hasSameSizeAs(expected);
        for (int row = 0; row < expected.size(); row++) {
            for (int i = 0; i < COLUMNS.size(); i++) {
                Object value = expected.get(row).get(i);
                assertThat(found.get(row).get(COLUMNS.get(i).name()))
                        .as("row %d, %s", row, COLUMNS.get(i).name())
                        .isEqualTo(value instanceof FloatBuffer floats ? list(floats) : value);
            }
        }
    }

    private static List<Float> list(FloatBuffer floats) {
        List<Float> list = new ArrayList<>();
        for (int i = floats.position(); i < floats.limit(); i++) {
            list.add(floats.get(i));
        }
        return list;
    }

    @Test
    void keepsEveryKindOfValueAndItsAbsence() throws Exception {
        FloatBuffer floats = FloatBuffer.wrap(new float[] {9, 1, -2.5f, Float.NaN, 9}, 1, 3);
        List<List<Object>> rows =
                List.of(
                        List.of("a", "ß 🦊\n\0", Integer.MIN_VALUE, 0.1, true, floats),
                        Arrays.asList("", null, null, null, null, null),
                        List.of("c", "", Integer.MAX_VALUE, -0.0, false, FloatBuffer.allocate(0)),
                        Arrays.asList("d", null, 7, Double.MAX_VALUE, null, floats));
        assertRead(write(COLUMNS, rows), rows);
    }

    @Test
    void isWholeWithoutRows() throws Exception {
        assertRead(write(COLUMNS, List.of()), List.of());
    }

    @Test
    void splitsRowsIntoGroups() throws Exception {
        Random random = new Random(1);
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            FloatBuffer values = FloatBuffer.allocate(random.nextInt(2000));
            for (int at = 0; at < values.capacity(); at++) {
                values.put(at, random.nextFloat());
            }
            rows.add(
                    Arrays.asList(
                            "row " + i,
                            i % 3 == 0 ? null : "other",
                            i % 5 == 0 ? null : Integer.valueOf(i),
                            i / 7.0,
                            random.nextInt(4) == 0 ? null : Boolean.valueOf(random.nextBoolean()),
                            i % 11 == 0 ? null : values));
        }
        Path file = write(COLUMNS, rows);
        assertThat(Files.size(file)).isGreaterThan(ParquetFile.GROUP_BYTES + (1 << 20));
        assertRead(file, rows);
        byte[] before = Files.readAllBytes(file);
        assertThat(write(COLUMNS, rows)).hasBinaryContent(before);
    }

    /** More columns than fit into the short form of a list's size. */
    @Test
    void hasAsManyColumnsAsAreAsked() throws Exception {
        List<ParquetColumn> columns = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            columns.add(new ParquetColumn("c" + i, Kind.INT, i % 2 == 0));
        }
        List<Object> row = new ArrayList<>();
        columns.forEach(column -> row.add(row.size()));
        Map<String, Object> read = ParquetRows.read(write(columns, List.of(row))).get(0);
        assertThat(read).hasSize(200).containsEntry("c14", 14).containsEntry("c199", 199);
    }

    @Test
    void refusesValuesThatAreNoneOfTheColumn() throws Exception {
        ParquetFile file = new ParquetFile(new ByteArrayOutputStream(), COLUMNS.subList(0, 1));
        assertThatThrownBy(() -> file.add(Arrays.asList((Object) null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("text is null, must not be");
        assertThatThrownBy(() -> file.add(List.of(1)))
                .hasMessage("text is a Integer, must be a STRING");
        assertThatThrownBy(() -> file.add(List.of("a", "b")))
                .hasMessage("the row has 2 values, must have 1");
    }
}
