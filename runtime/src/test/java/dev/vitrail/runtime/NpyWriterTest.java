package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against NumPy enhancement proposal 1, "Format Specification: Version 1.0". */
class NpyWriterTest {
    @TempDir private Path folder;

    private byte[] written(List<Long> shape, float... values) throws Exception {
        Path file = folder.resolve("a.npy");
        NpyWriter.write(file, shape, FloatBuffer.wrap(values));
        return Files.readAllBytes(file);
    }

    private static int headerLength(byte[] bytes) {
        return (bytes[8] & 0xFF) | (bytes[9] & 0xFF) << 8;
    }

    private static String header(byte[] bytes) {
        return new String(bytes, 10, headerLength(bytes), StandardCharsets.ISO_8859_1);
    }

    @Test
    void beginsWithTheHeaderOfVersionOne() throws Exception {
        byte[] bytes = written(List.of(1L, 3L, 1L, 2L), 1, 2, 3, 4, 5, 6);
        assertThat(Arrays.copyOf(bytes, 8))
                .containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 0x01, 0x00);
        assertThat((10 + headerLength(bytes)) % 64).isZero();
        assertThat(header(bytes))
                .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 1, 2), }")
                .endsWith("\n");
        assertThat(header(bytes).strip()).endsWith("}");
    }

    @Test
    void writesValuesInLittleEndianOrder() throws Exception {
        byte[] bytes = written(List.of(2L, 1L), 1f, -2.5f);
        // 1 is 0x3F800000 and -2.5 is 0xC0200000 in IEEE 754.
        assertThat(Arrays.copyOfRange(bytes, 10 + headerLength(bytes), bytes.length))
                .containsExactly(0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0);
    }

    @Test
    void writesMoreValuesThanOneChunkAndLeavesTheBuffersPosition() throws Exception {
        FloatBuffer values = FloatBuffer.allocate(40_001);
        for (int i = 0; i < values.capacity(); i++) {
            values.put(i, i);
        }
        Path file = folder.resolve("a.npy");
        NpyWriter.write(file, List.of(40_000L), values.position(1));
        assertThat(values.position()).isEqualTo(1);
        byte[] bytes = Files.readAllBytes(file);
        FloatBuffer read =
                ByteBuffer.wrap(bytes)
                        .position(10 + headerLength(bytes))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer();
        assertThat(read).isEqualTo(values);
    }

    @Test
    void keepsTheCommaOfAShapeOfOneAxis() throws Exception {
        assertThat(header(written(List.of(2L), 1, 2))).contains("'shape': (2,), }");
        assertThat(header(written(List.of(), 1))).contains("'shape': (), }");
    }

    @Test
    void refusesAShapeOfAnotherNumberOfValues() {
        assertThatThrownBy(() -> written(List.of(2L, 2L), 1, 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("shape [2, 2] does not hold 3 values");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void touchesNoFileBesideItsOwn() throws Exception {
        Path rows = Files.writeString(folder.resolve("a.npy.part"), "rows of a stopped run");
        written(List.of(1L), 1);
        assertThat(rows).hasContent("rows of a stopped run");
        assertThatThrownBy(
                        () ->
                                NpyWriter.write(
                                        folder.resolve("none/a.npy"),
                                        List.of(1L),
                                        FloatBuffer.allocate(1)))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(
                        folder.resolve("none/a.npy")
                                + ": cannot be written: its folder does not exist");
    }
}
