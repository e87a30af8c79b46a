package dev.vitrail.zoo.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.imaging.ImageErrorCode;
import dev.vitrail.imaging.ImageException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchLoaderTest {

    /** A sample: the file's number and one random value. */
    private static final SampleReader NUMBERED =
            (file, random, target) -> {
                target.put(Integer.parseInt(file.toString()));
                target.put(random.nextFloat());
            };

    private final List<LabelledImage> images =
            IntStream.range(0, 23)
                    .mapToObj(i -> new LabelledImage(Path.of(Integer.toString(i)), i % 3))
                    .toList();

    @Test
    void handsOutEverySampleInTheGivenOrder() {
        int[] order = Seeds.permutation(23, Seeds.random(1));
        List<Float> values = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(NUMBERED, 2, 5, 2, image -> {});
                Batches batches = loader.start(images, order, 0, 0)) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    sizes.add(batch.size());
                    FloatBuffer pixels = batch.pixels().asFloatBuffer();
                    assertThat(pixels.remaining()).isEqualTo(2 * batch.size());
                    for (int i = 0; i < batch.size(); i++) {
                        values.add(pixels.get(2 * i));
                        assertThat(batch.labels()[i]).isEqualTo(batch.indexes()[i] % 3);
                    }
                }
            }
        }
        assertThat(sizes).containsExactly(5, 5, 5, 5, 3);
        assertThat(values)
                .containsExactlyElementsOf(IntStream.of(order).mapToObj(i -> (float) i).toList());
    }

    @Test
    void givesTheSameWithAnyNumberOfThreads() {
        int[] order = Seeds.permutation(23, Seeds.random(1));
        List<Float> expected = values(NUMBERED, order, 1, 7, 3);
        assertThat(values(NUMBERED, order, 2, 7, 3)).isEqualTo(expected);
        assertThat(values(NUMBERED, order, 5, 7, 3)).isEqualTo(expected);
        assertThat(values(NUMBERED, order, 2, 7, 4)).isNotEqualTo(expected);
        assertThat(values(NUMBERED, order, 2, 8, 3)).isNotEqualTo(expected);
    }

    @Test
    void leavesOutAndReportsOnceWhatCannotBeDecoded() {
        SampleReader reader =
                (file, random, target) -> {
                    if (file.toString().equals("7")) {
                        throw new ImageException(
                                ImageErrorCode.CORRUPT_IMAGE, "7: not an image", null);
                    }
                    NUMBERED.read(file, random, target);
                };
        List<UnreadableImage> reported = new ArrayList<>();
        int[] order = IntStream.range(0, 23).toArray();
        try (BatchLoader loader = new BatchLoader(reader, 2, 5, 2, reported::add)) {
            for (int epoch = 0; epoch < 2; epoch++) {
                List<Float> numbers = new ArrayList<>();
                drain(loader.start(images, order, 0, epoch), numbers, 2);
                assertThat(numbers).hasSize(22).doesNotContain(7f);
            }
        }
        assertThat(reported).extracting(UnreadableImage::path).containsExactly(Path.of("7"));
    }

    @Test
    void passesOnWhatAReaderThrows() {
        SampleReader reader =
                (file, random, target) -> {
                    throw new IllegalStateException("a fault of ours");
                };
        try (BatchLoader loader = new BatchLoader(reader, 2, 5, 2, image -> {});
                Batches batches = loader.start(images, new int[] {1, 2}, 0, 0)) {
            assertThatThrownBy(batches::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a fault of ours");
        }
    }

    @Test
    void runsABoundedNumberOfBatchesAhead() throws InterruptedException {
        AtomicInteger reads = new AtomicInteger();
        SampleReader reader =
                (file, random, target) -> {
                    reads.incrementAndGet();
                    NUMBERED.read(file, random, target);
                };
        int[] order = new int[10_000];
        try (BatchLoader loader = new BatchLoader(reader, 2, 5, 2, image -> {});
                Batches batches = loader.start(images, order, 0, 0)) {
            batches.next().close();
            Thread.sleep(200);
            // Two threads, so three batches were started.
            assertThat(reads.get()).isLessThanOrEqualTo(15);
        }
    }

    @Test
    void closesWhileBatchesAreInPreparation() throws InterruptedException {
        Set<Thread> readers = ConcurrentHashMap.newKeySet();
        SampleReader reader =
                (file, random, target) -> {
                    readers.add(Thread.currentThread());
                    NUMBERED.read(file, random, target);
                };
        int[] order = new int[100_000];
        BatchLoader loader = new BatchLoader(reader, 2, 50, 2, image -> {});
        Batches batches = loader.start(images, order, 0, 0);
        batches.next().close();
        batches.close();
        loader.close();
        assertThat(batches.hasNext()).isFalse();
        assertThat(readers).isNotEmpty();
        for (Thread thread : readers) {
            // An executor counts as ended a moment before its last thread is gone.
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    private List<Float> values(
            SampleReader reader, int[] order, int threads, long seed, int epoch) {
        List<Float> values = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(reader, 2, 5, threads, image -> {})) {
            drain(loader.start(images, order, seed, epoch), values, 1);
        }
        return values;
    }

    private static void drain(Batches batches, List<Float> values, int stride) {
        try (batches) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    FloatBuffer pixels = batch.pixels().asFloatBuffer();
                    for (int i = 0; i < pixels.remaining(); i += stride) {
                        values.add(pixels.get(i));
                    }
                }
            }
        }
    }
}
