package dev.vitrail.converter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTest {
    @TempDir Path folder;

    /** Below, at and above the unit of a disk and the block that is written at once. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 4095, 4096, 4097, 4 << 20, (4 << 20) + 1, (9 << 20) + 4096})
    void aLargeFileIsWhatWasAppended(int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Path path = folder.resolve("large");
        try (Output output = Output.create(path, Output.DIRECT_FROM)) {
            for (int at = 0; at < size; at += 1_000_003) {
                output.append(ByteBuffer.wrap(bytes, at, Math.min(1_000_003, size - at)));
            }
            output.finish();
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(bytes);
    }

    @Test
    void onlyALargeFileGoesPastThePageCache() throws IOException {
        try (Output small = Output.create(folder.resolve("small"), Output.DIRECT_FROM - 1);
                Output large = Output.create(folder.resolve("large"), Output.DIRECT_FROM)) {
            assertThat(small).isInstanceOf(CachedOutput.class);
            assumeThat(large).as("this file system cannot").isInstanceOf(DirectOutput.class);
        }
    }

    /** A zip file as a file system has neither blocks nor files that can be opened like this. */
    @Test
    void usesThePageCacheWhereTheFileSystemHasNoOtherWay() throws IOException {
        Path zip = folder.resolve("files.zip");
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path path = files.getPath("/large");
            try (Output output = Output.create(path, Output.DIRECT_FROM)) {
                assertThat(output).isInstanceOf(CachedOutput.class);
                output.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                output.finish();
            }
            assertThat(Files.readAllBytes(path)).containsExactly(1, 2, 3);
        }
    }
}
