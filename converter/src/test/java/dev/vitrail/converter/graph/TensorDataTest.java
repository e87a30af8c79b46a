package dev.vitrail.converter.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorDataTest {
    @ParameterizedTest
    @CsvSource({
        "1,1,4",
        "1,9,4",
        "9,1,4",
        "2,3,1",
        "16,16,2",
        "17,33,4",
        "100,7,8",
        "3,1000,4",
        "2000,600,4",
        "600,2000,8",
        "5,300000,4",
        "300000,5,2"
    })
    void transposesMatricesOfEveryShapeAndWidth(int rows, int columns, int width) {
        byte[] matrix = random(rows * columns * width);
        TensorData source =
                TensorData.ofBuffers(matrix.length, () -> List.of(ByteBuffer.wrap(matrix)));
        TensorData transposed = TensorData.transposed(source, rows, columns, width);
        assertThat(written(transposed)).isEqualTo(transpose(matrix, rows, columns, width));
    }

    @Test
    void transposesAMatrixThatComesInPieces() {
        int rows = 70;
        int columns = 90;
        byte[] matrix = random(rows * columns * 4);
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < matrix.length; from += 52) {
            int length = Math.min(52, matrix.length - from);
            ByteBuffer piece = ByteBuffer.allocateDirect(length + 9).position(9);
            piece.put(matrix, from, length).position(9);
            pieces.add(piece);
        }
        TensorData source = TensorData.ofBuffers(matrix.length, () -> pieces);
        assertThat(written(TensorData.transposed(source, rows, columns, 4)))
                .isEqualTo(transpose(matrix, rows, columns, 4));
        assertThat(written(source)).isEqualTo(matrix);
        assertThat(written(source)).as("a second time").isEqualTo(matrix);
    }

    @Test
    void twoTranspositionsAreNone() {
        byte[] matrix = random(24);
        TensorData source = TensorData.ofBuffers(24, () -> List.of(ByteBuffer.wrap(matrix)));
        TensorData once = TensorData.transposed(source, 2, 3, 4);
        assertThat(TensorData.transposed(once, 3, 2, 4)).isSameAs(source);
    }

    @Test
    void inlineDataIsLittleEndianAndEqualByContent() {
        assertThat(written(TensorData.ofLongs(1, -2)))
                .isEqualTo(
                        ByteBuffer.allocate(16)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putLong(1)
                                .putLong(-2)
                                .array());
        assertThat(TensorData.ofFloats(1.5f)).isEqualTo(TensorData.ofInts(0x3fc00000));
        assertThat(TensorData.ofFloats(1.5f)).hasSameHashCodeAs(TensorData.ofInts(0x3fc00000));
        assertThat(TensorData.ofFloats(1.5f)).isNotEqualTo(TensorData.ofFloats(1.6f));
        assertThat(TensorData.ofFloats(1.5f).isInline()).isTrue();
    }

    @Test
    void weightsAreNotReadBeforeTheyAreWritten() {
        TensorData data =
                TensorData.ofBuffers(
                        8,
                        () -> {
                            throw new IllegalStateException("read");
                        });
        TensorData transposed = TensorData.transposed(data, 2, 1, 4);
        assertThat(transposed.byteSize()).isEqualTo(8);
        assertThat(data.isInline()).isFalse();
        assertThatThrownBy(() -> written(data)).hasMessage("read");
    }

    @Test
    void refusesBuffersOfAnotherSizeThanPromised() {
        TensorData data = TensorData.ofBuffers(8, () -> List.of(ByteBuffer.allocate(7)));
        assertThatThrownBy(() -> written(data))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a tensor of 8 bytes was given 7 bytes");
    }

    @Test
    void refusesAMatrixThatIsNotOfTheSizeSaid() {
        TensorData data = TensorData.ofFloats(1, 2, 3, 4, 5);
        assertThatThrownBy(() -> TensorData.transposed(data, 2, 3, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 rows of 3 elements of 4 bytes are not 20 bytes");
    }

    private static byte[] transpose(byte[] matrix, int rows, int columns, int width) {
        byte[] result = new byte[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                System.arraycopy(
                        matrix,
                        (row * columns + column) * width,
                        result,
                        (column * rows + row) * width,
                        width);
            }
        }
        return result;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] written(TensorData data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            data.writeTo(Channels.newChannel(out));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }
}
