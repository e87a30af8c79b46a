package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir private Path folder;

    @Test
    void replacesAFileAndLeavesNothingElse() throws Exception {
        Path file = Files.writeString(folder.resolve("a"), "old and long");
        WholeFile.write(file, c -> WholeFile.writeFully(c, ByteBuffer.wrap(new byte[] {'n'})));
        assertThat(file).hasContent("n");
        assertThat(folder.toFile().list()).containsExactly("a");
    }

    @Test
    void keepsTheOldFileAndDeletesTheNewOneWhereWritingFails() throws Exception {
        Path file = Files.writeString(folder.resolve("a"), "old");
        assertThatThrownBy(
                        () ->
                                WholeFile.write(
                                        file,
                                        channel -> {
                                            throw new IOException("No space left on device");
                                        }))
                .isInstanceOf(IOException.class);
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("a");
    }

    @Test
    void deletesTheNewFileWhereItCannotGetItsName() throws Exception {
        Path taken = Files.createDirectories(folder.resolve("a/b")).getParent();
        assertThatThrownBy(() -> WholeFile.write(taken, channel -> {}))
                .isInstanceOf(IOException.class);
        assertThat(folder.toFile().list()).containsExactly("a");
    }
}
