package dev.vitrail.converter.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightSinkTest {
    private static final int[] SIZES = {
        10, (1 << 19) + 1, 3, 1 << 19, (1 << 20) - 1, 7, 1 << 20, (1 << 20) + 1, 1 << 21, 1, 600_000
    };

    @TempDir Path folder;

    @Test
    void keepsTheOrderOfPiecesOfEverySize() throws IOException {
        Path file = folder.resolve("pieces");
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        Random random = new Random(1);
        try (WeightSink sink =
                new WeightSink(
                        FileChannel.open(
                                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            for (int size : SIZES) {
                byte[] piece = new byte[size];
                random.nextBytes(piece);
                sink.write(ByteBuffer.wrap(piece));
                expected.write(piece);
                assertThat(sink.position()).isEqualTo(expected.size());
            }
            sink.force();
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(expected.toByteArray());
    }
}
