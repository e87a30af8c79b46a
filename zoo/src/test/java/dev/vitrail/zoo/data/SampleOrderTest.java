package dev.vitrail.zoo.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleOrderTest {

    /** 90 pictures of one class, 9 of another and 1 of a third. */
    private final ImageFolder uneven =
            new ImageFolder(
                    Path.of("photos"),
                    List.of("many", "few", "one"),
                    IntStream.range(0, 100)
                            .mapToObj(
                                    i ->
                                            new LabelledImage(
                                                    Path.of(Integer.toString(i)),
                                                    i < 90 ? 0 : i < 99 ? 1 : 2))
                            .toList());

    @Test
    void takesEveryImageOnceInAnotherOrderEachEpoch() {
        SampleOrder order = new SampleOrder(uneven, false, 1);
        assertThat(order.of(3, 1)).containsExactlyInAnyOrder(IntStream.range(0, 100).toArray());
        assertThat(order.of(3, 1)).isEqualTo(order.of(3, 1)).isNotEqualTo(order.of(3, 2));
    }

    @Test
    void drawsEachClassAsOftenAndEachOfItsImages() {
        SampleOrder order = new SampleOrder(uneven, true, 1);
        int[] counts = new int[100];
        int epochs = 3000;
        for (int epoch = 0; epoch < epochs; epoch++) {
            int[] drawn = order.of(5, epoch);
            assertThat(drawn).hasSize(100);
            Arrays.stream(drawn).forEach(index -> counts[index]++);
        }
        double draws = 100.0 * epochs;
        // WeightedRandomSampler's probabilities for weights of 1/90, 1/9 and 1; five deviations.
        for (int index = 0; index < 100; index++) {
            double probability = 1.0 / 3 / (index < 90 ? 90 : index < 99 ? 9 : 1);
            double deviation = Math.sqrt(probability * (1 - probability) / draws);
            assertThat(counts[index] / draws).isCloseTo(probability, within(5 * deviation));
        }
    }

    @Test
    void drawsTheSameForTheSameSeedAndEpoch() {
        int[] first = new SampleOrder(uneven, true, 1).of(5, 7);
        assertThat(new SampleOrder(uneven, true, 1).of(5, 7)).isEqualTo(first);
        assertThat(new SampleOrder(uneven, true, 1).of(5, 8)).isNotEqualTo(first);
        assertThat(new SampleOrder(uneven, true, 1).of(6, 7)).isNotEqualTo(first);
    }

    /** RepeatAugSampler on one device, without its cut to a multiple of 256. */
    @Test
    void repeatsImagesInARowAndKeepsTheLengthOfTheEpoch() {
        int[] once = new SampleOrder(uneven, false, 1).of(3, 1);
        int[] repeated = new SampleOrder(uneven, false, 3).of(3, 1);
        assertThat(repeated).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(repeated[i]).isEqualTo(once[i / 3]);
        }
        assertThat(Arrays.stream(repeated).distinct()).hasSize(34);

        int[] balanced = new SampleOrder(uneven, true, 2).of(3, 1);
        assertThat(balanced).hasSize(100);
        for (int i = 0; i < 100; i += 2) {
            assertThat(balanced[i]).isEqualTo(balanced[i + 1]);
        }
    }

    @Test
    void augmentsEachRepeatOtherwise() {
        SampleReader reader = (file, random, target) -> target.put(random.nextFloat());
        int[] order = new SampleOrder(uneven, false, 4).of(3, 1);
        List<Float> whole = values(reader, order, 0);
        assertThat(whole).hasSize(100).doesNotHaveDuplicates();
        // An epoch that is begun in its middle has the same changes as if it had not been.
        assertThat(values(reader, order, 3)).isEqualTo(whole.subList(21, 100));
    }

    private List<Float> values(SampleReader reader, int[] order, int firstBatch) {
        List<Float> values = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(reader, 1, 7, 2, image -> {});
                Batches batches = loader.start(uneven.images(), order, 1, 1, firstBatch)) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    for (int i = 0; i < batch.size(); i++) {
                        values.add(batch.pixels().asFloatBuffer().get(i));
                    }
                }
            }
        }
        return values;
    }

    /** A batch of the same image over and over would otherwise be one sample, weighed more. */
    @Test
    void augmentsAnImageThatComesAgainOtherwise() {
        SampleReader reader = (file, random, target) -> target.put(random.nextFloat());
        List<Float> values = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(reader, 1, 2, 2, image -> {});
                Batches batches = loader.start(uneven.images(), new int[] {4, 4, 9, 4, 9}, 1, 1)) {
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    for (int i = 0; i < batch.size(); i++) {
                        values.add(batch.pixels().asFloatBuffer().get(i));
                    }
                }
            }
        }
        assertThat(values).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void weighsClassesByInverseFrequency() {
        assertThat(uneven.classWeights())
                .containsExactly(100.0 / 3 / 90, 100.0 / 3 / 9, 100.0 / 3 / 1);
    }
}
