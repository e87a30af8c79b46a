package dev.vitrail.zoo.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.zoo.data.Seeds;
import dev.vitrail.zoo.train.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinearProbeTest {

    /** Clouds that overlap a little; one feature is the same everywhere. */
    private static Features clouds(int perClass, long seed) {
        RandomGenerator random = Seeds.random(seed, 0);
        List<float[]> vectors = new ArrayList<>();
        int[] labels = IntStream.range(0, 3 * perClass).map(i -> i % 3).toArray();
        for (int label : labels) {
            float[] vector = new float[6];
            for (int j = 0; j < 5; j++) {
                double mean = j == label ? 1000 : 0;
                vector[j] = (float) (mean + 400 * random.nextGaussian());
            }
            vector[5] = 7;
            vectors.add(vector);
        }
        return new Features(vectors, labels, 3);
    }

    private static ProbeResult.Linear probe(Features training, Features validation, long seed) {
        return new LinearProbe(training, () -> {}).run(validation, seed);
    }

    @Test
    void tellsCloudsApart() {
        int[] fits = new int[1];
        ProbeResult.Linear linear =
                new LinearProbe(clouds(60, 1), () -> fits[0]++).run(clouds(60, 2), 0);
        assertThat(linear.accuracy().top1()).isGreaterThan(0.85);
        assertThat(linear.accuracy().top5()).isEmpty();
        assertThat(linear.converged()).isTrue();
        assertThat(linear.heldBack()).isEqualTo(36);
        assertThat(fits[0]).isEqualTo(LinearProbe.MOST_FITS);
    }

    /** The strength must not know which validation pictures would be told right. */
    @Test
    void choosesTheStrengthWithoutTheValidationPictures() {
        Features training = clouds(30, 1);
        Features other = new Features(List.of(new float[6]), new int[] {2}, 3);
        ProbeResult.Linear one = probe(training, clouds(30, 2), 5);
        ProbeResult.Linear two = probe(training, other, 5);
        assertThat(two.lambda()).isEqualTo(one.lambda());
        assertThat(two.heldBackTop1()).isEqualTo(one.heldBackTop1());
        assertThat(two.gradient()).isEqualTo(one.gradient());
        assertThat(probe(training, clouds(30, 2), 5)).isEqualTo(one);
    }

    @Test
    void holdsBackAShareOfEveryClass() {
        int[] labels = new int[17];
        Arrays.fill(labels, 0, 11, 0);
        Arrays.fill(labels, 11, 14, 1);
        Arrays.fill(labels, 14, 16, 2);
        labels[16] = 3;
        Features features =
                new Features(
                        IntStream.range(0, 17).mapToObj(i -> new float[] {i}).toList(), labels, 4);
        boolean[] held = LinearProbe.heldBack(features, 3);
        int[] counts = new int[4];
        for (int i = 0; i < 17; i++) {
            counts[labels[i]] += held[i] ? 1 : 0;
        }
        assertThat(counts).containsExactly(2, 1, 1, 0);
        assertThat(LinearProbe.heldBack(features, 3)).isEqualTo(held);
        assertThat(LinearProbe.heldBack(features, 4)).isNotEqualTo(held);
    }

    @Test
    void regularisesByTheNumberOfPicturesWhereNoneCanBeHeldBack() {
        Features lonely = clouds(1, 1);
        ProbeResult.Linear linear = probe(lonely, lonely, 0);
        assertThat(linear.lambda()).isCloseTo(1.0 / 3, within(1e-15));
        assertThat(linear.heldBackTop1()).isEmpty();
        assertThat(linear.accuracy().top1()).isEqualTo(1);
    }

    /** Mean 0 and variance 1 in every feature that varies; 0 in one that does not. */
    @Test
    void standardisesAsABatchNormWithoutAffineParameters() {
        Features features = clouds(10, 4);
        int[] all = IntStream.range(0, 30).toArray();
        float[][] standard = new Standardization(features, all).apply(features, all);
        for (int j = 0; j < 6; j++) {
            int feature = j;
            double mean = Arrays.stream(standard).mapToDouble(v -> v[feature]).sum() / 30;
            double square =
                    Arrays.stream(standard).mapToDouble(v -> v[feature] * v[feature]).sum() / 30;
            assertThat(mean).isCloseTo(0, within(1e-6));
            assertThat(square).isCloseTo(j == 5 ? 0 : 1, within(1e-5));
        }
    }
}
