package dev.vitrail.zoo.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.config.Mixing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SoftTargetsTest {

    private static final int CLASSES = 4;

    /** The loss and its gradient by the logits, both from the targets alone. */
    @Test
    void makeTheMeanCrossEntropyPyTorchsWithClassWeights() throws IOException {
        JsonNode reference = reference();
        double[][] logits = read(reference.get("logits"), double[][].class);
        int[] labels = read(reference.get("labels"), int[].class);
        List<Double> weights = List.of(read(reference.get("weights"), Double[].class));
        float[] shares = new float[labels.length];
        Arrays.fill(shares, (float) reference.get("share").asDouble());
        for (JsonNode expected : reference.get("cases")) {
            double smoothing = expected.get("label_smoothing").asDouble();
            SoftTargets targets = new SoftTargets(CLASSES, smoothing, weights, Optional.empty());
            float[] rows =
                    expected.get("kind").asText().equals("labels")
                            ? targets.of(FloatBuffer.allocate(0), labels, new SplittableRandom(0))
                            : targets.ofMixed(labels, shares);
            double[][] gradient = read(expected.get("grad"), double[][].class);
            double loss = 0;
            for (int i = 0; i < labels.length; i++) {
                double sum = Arrays.stream(logits[i]).map(Math::exp).sum();
                double total = 0;
                for (int label = 0; label < CLASSES; label++) {
                    total += rows[CLASSES * i + label];
                }
                for (int label = 0; label < CLASSES; label++) {
                    double share = Math.exp(logits[i][label]) / sum;
                    double target = rows[CLASSES * i + label];
                    loss -= target * Math.log(share) / labels.length;
                    // Targets are floats near 1: one rounding each.
                    assertThat((share * total - target) / labels.length)
                            .isCloseTo(gradient[i][label], within(1e-7));
                }
            }
            assertThat(loss).isCloseTo(expected.get("loss").asDouble(), within(1e-6));
        }
    }

    @Test
    void areNotChangedByWeightsOfOne() {
        int[] labels = {1, 3, 0};
        SoftTargets plain = new SoftTargets(CLASSES, 0.1, List.of(), Optional.empty());
        SoftTargets ones =
                new SoftTargets(CLASSES, 0.1, List.of(1.0, 1.0, 1.0, 1.0), Optional.empty());
        FloatBuffer none = FloatBuffer.allocate(0);
        assertThat(ones.of(none, labels, new SplittableRandom(0)))
                .isEqualTo(plain.of(none, labels, new SplittableRandom(0)));
    }

    @Test
    void divideByTheSamplesWhereABatchMayBeMixedAndIsNot() {
        Mixing never = new Mixing(0.8, 1, 0, 0.5, Mixing.Mode.BATCH);
        SoftTargets targets =
                new SoftTargets(
                        CLASSES,
                        0,
                        List.of(0.5, 1.0, 2.0, 4.0),
                        Optional.of(new BatchMixer(never, 1, 1)));
        assertThat(targets.of(FloatBuffer.allocate(6), new int[] {3, 0}, new SplittableRandom(0)))
                .containsExactly(0, 0, 0, 4, 0.5f, 0, 0, 0);
    }

    @Test
    void refuseWeightsOfOtherClasses() {
        assertThatThrownBy(() -> new SoftTargets(4, 0, List.of(1.0, 1.0), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 weights for 4 classes");
    }

    private static JsonNode reference() throws IOException {
        try (InputStream in =
                SoftTargetsTest.class.getResourceAsStream(
                        "/dev/vitrail/zoo/reference/training/weighted_losses.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static <T> T read(JsonNode node, Class<T> type) throws IOException {
        return new ObjectMapper().treeToValue(node, type);
    }
}
