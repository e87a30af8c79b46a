package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrail.imaging.RgbImage;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DecodePoolTest {
    private static final int IMAGES = 200;
    private static final long FILES = 30;
    private static final long PIXELS = 100;

    @TempDir private Path folder;

    /** Every tenth image is larger than the whole budget, every seventh fails in its header. */
    private static long pixels(int image) {
        return image % 10 == 0 ? 3 * PIXELS : 7 + image % 40;
    }

    private static int number(Path file) {
        return Integer.parseInt(file.getFileName().toString().substring(1, 4));
    }

    @Test
    void boundsTheBytesOfAllDecodersByWhatHeadersSay() throws Exception {
        for (int i = 0; i < IMAGES; i++) {
            Pictures.write(folder.resolve(String.format("p%03d.png", i)), i, 0, 0);
        }
        AtomicLong pixels = new AtomicLong();
        AtomicLong most = new AtomicLong();
        AtomicLong mostOfOne = new AtomicLong();
        RgbImage picture = Pictures.plain(1, 2, 3);
        Decoder decoder =
                (file, options, memory) -> {
                    int image = number(file);
                    memory.takeFile(20);
                    if (image % 7 == 0) {
                        throw new IllegalStateException("its header is damaged");
                    }
                    long bytes = pixels(image);
                    memory.takePixels(bytes);
                    long held = pixels.addAndGet(bytes);
                    (bytes > PIXELS ? mostOfOne : most).accumulateAndGet(held, Math::max);
                    Thread.yield();
                    // Before the pool gives it back, so that the sum is never too large.
                    pixels.addAndGet(-bytes);
                    return picture;
                };
        FolderOptions options =
                FolderOptions.defaults()
                        .withDecodeThreads(16)
                        // Waiting for memory is not the image's fault.
                        .withImageTimeLimit(Duration.ofSeconds(30));
        ImageFiles files = ImageFiles.find(List.of(folder));
        try (Classifier classifier =
                Classifier.open(
                        new ModelFile().build().toByteArray(),
                        "m.onnx",
                        SessionConfig.defaults().withProvider(Provider.CPU))) {
            int floats = classifier.card().imageFloats();
            List<FloatBuffer> buffers =
                    List.of(FloatBuffer.allocate(9 * floats), FloatBuffer.allocate(9 * floats));
            BatchFeed feed = new BatchFeed(9, floats, buffers);
            feed.grow(files.size(), true);
            int failed = 0;
            int done = 0;
            try (DecodePool pool =
                    new DecodePool(
                            feed,
                            decoder,
                            files,
                            classifier.card(),
                            options,
                            new ByteBudget(FILES, 0),
                            new ByteBudget(PIXELS, 0))) {
                pool.start();
                for (Batch batch = feed.next(); batch != null; batch = feed.next()) {
                    for (int place = 0; place < batch.size(); place++) {
                        failed += batch.failure(place) == null ? 0 : 1;
                        done++;
                    }
                    feed.release(batch);
                    pool.release(batch);
                }
            }
            assertThat(done).isEqualTo(IMAGES);
            assertThat(failed).isEqualTo((IMAGES + 6) / 7);
        }
        assertThat(most.get()).isBetween(1L, PIXELS);
        // What is too large goes alone, and so nothing else is counted beside it.
        assertThat(mostOfOne).hasValue(3 * PIXELS);
    }
}
