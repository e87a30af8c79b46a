package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is appended is what is in the file, whichever way it gets there. */
class BlockFileTest {

    /** Enough that the file goes past the page cache where that can be done. */
    private static final long LARGE = 2L << 30;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 2 << 20, (2 << 20) + 1, (9 << 20) + 17})
    void writesEveryByte(int count) throws IOException {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        for (long expected : new long[] {count / 2, count + 1L, LARGE}) {
            Path path = folder.resolve(count + "-" + expected);
            try (BlockFile file = BlockFile.create(path, expected)) {
                for (int at = 0, step = 1; at < count; at += step, step = step * 3 + 1) {
                    step = Math.min(step, count - at);
                    ByteBuffer piece = ByteBuffer.wrap(bytes, at, step);
                    file.append(piece);
                    assertThat(piece.hasRemaining()).isFalse();
                }
                file.finish();
            }
            assertThat(Files.readAllBytes(path)).isEqualTo(bytes);
        }
    }

    @Test
    void replacesNoFile() throws IOException {
        Path path = Files.writeString(folder.resolve("a"), "old");
        for (long expected : new long[] {10, LARGE}) {
            assertThatThrownBy(() -> BlockFile.create(path, expected))
                    .isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(path).hasContent("old");
    }

    @Test
    void tellsWhatTheWritingThreadMet() throws IOException {
        Path path = Files.createFile(folder.resolve("a"));
        try (BlockFile file = new BlockFile(FileChannel.open(path), 1, 100)) {
            file.append(ByteBuffer.allocate(50));
            assertThatThrownBy(file::finish)
                    .isInstanceOf(IOException.class)
                    .hasCauseInstanceOf(NonWritableChannelException.class);
        }
        try (BlockFile file = new BlockFile(FileChannel.open(path), 1, 100)) {
            assertThatThrownBy(() -> file.append(ByteBuffer.allocate(100_000)))
                    .isInstanceOf(IOException.class);
        }
    }
}
