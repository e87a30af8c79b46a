package dev.vitrail.converter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {
    private static final int[] SIZES = {
        10, (1 << 19) + 1, 3, 1 << 19, (1 << 20) - 1, 7, 1 << 20, (1 << 20) + 1, 1 << 24, 1, 600_000
    };

    @TempDir Path folder;
    private MessageDigest digest;

    @BeforeEach
    void startTheHash() throws Exception {
        digest = MessageDigest.getInstance("SHA-256");
    }

    /** Past the page cache, where the test's disk can, and through it. */
    @ParameterizedTest
    @ValueSource(longs = {Output.DIRECT_FROM, 0})
    void keepsTheOrderOfPiecesOfEverySizeAndHashesWhatIsWeights(long expectedBytes)
            throws Exception {
        Path path = folder.resolve("pieces");
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        ByteArrayOutputStream weights = new ByteArrayOutputStream();
        Random random = new Random(1);
        try (ModelFile file = new ModelFile(path, expectedBytes, digest)) {
            for (int i = 0; i < 4 * SIZES.length; i++) {
                byte[] bytes = new byte[SIZES[i % SIZES.length]];
                random.nextBytes(bytes);
                ByteBuffer source = ByteBuffer.wrap(bytes.clone());
                int kind = random.nextInt(4);
                switch (kind) {
                    case 0 -> file.weights().write(source);
                    case 1 -> file.weightsKeptElsewhere().write(source);
                    case 2 -> file.weightsHashedBefore().write(source);
                    default -> file.write(source.array());
                }
                // What was written from may change at once.
                Arrays.fill(source.array(), (byte) 0);
                if (kind != 1) {
                    expected.write(bytes);
                }
                if (kind < 2) {
                    weights.write(bytes);
                }
                assertThat(file.position()).isEqualTo(expected.size());
            }
            file.finish();
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(expected.toByteArray());
        assertThat(digest.digest())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(weights.toByteArray()));
    }

    @ParameterizedTest
    @ValueSource(longs = {Output.DIRECT_FROM, 0})
    void alignsWithZeros(long expectedBytes) throws IOException {
        Path path = folder.resolve("aligned");
        try (ModelFile file = new ModelFile(path, expectedBytes, digest)) {
            file.align(4096);
            file.write(new byte[] {1});
            file.align(4096);
            file.align(4096);
            file.write(new byte[] {2});
            file.finish();
        }
        byte[] expected = new byte[4097];
        expected[0] = 1;
        expected[4096] = 2;
        assertThat(Files.readAllBytes(path)).isEqualTo(expected);
    }

    @Test
    void aFailureOfTheWritingThreadReachesTheCaller() throws IOException {
        ModelFile file = new ModelFile(folder.resolve("closed"), 0, digest);
        file.close();
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                file.write(new byte[1 << 20]);
                            }
                            file.finish();
                        })
                .isInstanceOf(IOException.class);
    }

    @Test
    void closingInTheMiddleEndsTheThread() throws IOException {
        try (ModelFile file = new ModelFile(folder.resolve("half"), 0, digest)) {
            file.write(new byte[3 << 20]);
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("onnx-writer"));
    }
}
