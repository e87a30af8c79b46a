package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrail.imaging.DecodeMemory;
import dev.vitrail.imaging.RgbImage;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class WorkerPoolTest {
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
            BatchFeed feed = new BatchFeed(9, floats, buffers, 1, 16);
            feed.grow(files.size(), true);
            int failed = 0;
            int done = 0;
            try (WorkerPool pool =
                    new WorkerPool(
                            feed,
                            batch -> {},
                            decoder,
                            files,
                            classifier.card(),
                            options,
                            options.crew(classifier),
                            new ByteBudget(FILES, 0),
                            new ByteBudget(PIXELS, 0))) {
                pool.start();
                for (Batch batch = feed.next(); batch != null; batch = feed.next()) {
                    for (int place = 0; place < batch.size(); place++) {
                        failed += batch.failure(place) == null ? 0 : 1;
                        done++;
                    }
                }
            }
            assertThat(done).isEqualTo(IMAGES);
            assertThat(failed).isEqualTo((IMAGES + 6) / 7);
        }
        assertThat(most.get()).isBetween(1L, PIXELS);
        // What is too large goes alone, and so nothing else is counted beside it.
        assertThat(mostOfOne).hasValue(3 * PIXELS);
    }

    /**
     * How many decoders there were at a time, with a session that leaves threads to its callers.
     */
    private int mostDecoders(Decoder decoder, FolderOptions options) throws Exception {
        for (int i = 0; i < 60; i++) {
            Pictures.write(folder.resolve(String.format("p%03d.png", i)), i, 0, 0);
        }
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Decoder counted =
                (file, decodeOptions, memory) -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    try {
                        return decoder.decode(file, decodeOptions, memory);
                    } finally {
                        now.decrementAndGet();
                    }
                };
        SessionConfig config =
                SessionConfig.defaults().withProvider(Provider.CPU).withIntraOpThreads(1);
        byte[] model = new ModelFile().build().toByteArray();
        try (Classifier classifier = Classifier.open(model, "m.onnx", config);
                ResultWriter writer =
                        OutputFormat.JSONL.toStream(OutputStream.nullOutputStream(), "out", 1)) {
            Summary summary =
                    new FolderClassifier(classifier, counted, options, ProgressListener.NONE)
                            .run(ImageFiles.find(List.of(folder)), writer);
            assertThat(summary.classified()).isEqualTo(60);
        }
        return most.get();
    }

    private static RgbImage slowly(Runnable between, DecodeMemory memory) {
        memory.takeFile(1);
        between.run();
        memory.takePixels(1);
        return Pictures.plain(1, 2, 3);
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void hasAThreadAProcessorAndMoreWhereFilesAreSlowToRead() throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        FolderOptions options = FolderOptions.defaults().withBatch(2);
        Decoder slowFiles = (file, how, memory) -> slowly(WorkerPoolTest::pause, memory);
        assertThat(mostDecoders(slowFiles, options)).isEqualTo(2 * processors);
        Decoder slowCodes =
                (file, how, memory) -> {
                    RgbImage image = slowly(() -> {}, memory);
                    pause();
                    return image;
                };
        assertThat(mostDecoders(slowCodes, options)).isEqualTo(processors);
        assertThat(mostDecoders(slowFiles, options.withDecodeThreads(1))).isEqualTo(1);
    }
}
