package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class BatchTest {
    private final Batch batch = new Batch(0, 3, FloatBuffer.allocate(6), 2);

    @Test
    void isDecodedEvenWherePreparingAnImageThrowsAnything() throws Exception {
        batch.fill(
                0,
                pixels -> {
                    throw new OutOfMemoryError("Java heap space");
                });
        batch.fill(
                1,
                pixels -> {
                    throw new IllegalStateException("whatever");
                });
        batch.fill(2, pixels -> pixels.put(7).put(8));

        assertThat(batch.isDecided()).isTrue();

        assertThat(batch.failure(0).code()).isEqualTo(FailureCode.TOO_LARGE);
        assertThat(batch.failure(0).message()).startsWith("memory ran out").doesNotContain("java.");
        assertThat(batch.failure(1).code()).isEqualTo(FailureCode.CORRUPT_IMAGE);
        assertThat(batch.failure(1).message()).isEqualTo("cannot be decoded, its data is damaged");
        assertThat(batch.failure(2)).isNull();
        assertThat(batch.compact()).isEqualTo(1);
        assertThat(batch.pixels().get(0)).isEqualTo(7);
        assertThat(batch.pixels().get(1)).isEqualTo(8);
    }

    @Test
    void keepsWhatDecidedAPlaceFirst() {
        assertThat(batch.fill(1, pixels -> pixels.put(3))).isTrue();
        assertThat(batch.fill(1, pixels -> pixels.put(4))).isFalse();
        assertThat(batch.fail(1, Batch.failure(new StackOverflowError()))).isFalse();
        assertThat(batch.failure(1)).isNull();
        assertThat(batch.pixels().get(2)).isEqualTo(3);
    }
}
