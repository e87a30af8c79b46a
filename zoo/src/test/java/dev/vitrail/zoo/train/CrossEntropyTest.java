package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.data.SoftTargets;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CrossEntropyTest {

    private static final float[] LOGITS = {2, -1, 0.5f, 100, 98, -100};
    private static final int[] LABELS = {2, 1};

    @Test
    void equalsTheDefinition() {
        double first = -Math.log(Math.exp(0.5) / (Math.exp(2) + Math.exp(-1) + Math.exp(0.5)));
        double second = 2 + Math.log1p(Math.exp(-2));
        assertThat(loss(0)).isCloseTo((first + second) / 2, within(1e-6));
        assertThat(CrossEntropy.of(new float[] {2, -1, 0.5f}, 2)).isCloseTo(first, within(1e-12));
        assertThat(CrossEntropy.of(new float[] {100, 98, -100}, 1))
                .isCloseTo(second, within(1e-12));
    }

    @Test
    void smoothingMixesInTheMeanOverAllClasses() {
        double whole = loss(0);
        double mean = 0;
        for (int label = 0; label < 3; label++) {
            mean += CrossEntropy.of(new float[] {2, -1, 0.5f}, label) / 6;
            mean += CrossEntropy.of(new float[] {100, 98, -100}, label) / 6;
        }
        // Terms near 200 in float.
        assertThat(loss(0.1)).isCloseTo(0.9 * whole + 0.1 * mean, within(1e-5));
    }

    @Test
    void equalsPyTorchWhereClassesAreWeighed() throws IOException {
        JsonNode reference = TrainingReference.read("weighted_losses");
        int[] labels = new ObjectMapper().treeToValue(reference.get("labels"), int[].class);
        List<Double> weights = TrainingReference.numbers(reference.get("weights"));
        float[] logits = new float[20];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) reference.get("logits").get(i / 4).get(i % 4).asDouble();
        }
        float[] targets =
                new SoftTargets(4, 0.1, weights, Optional.empty())
                        .of(FloatBuffer.allocate(0), labels, new SplittableRandom(0));
        JsonNode expected = TrainingReference.named("weighted_losses", "cases", "labels_0.1");
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray variable = manager.create(logits, new Shape(5, 4));
            variable.setRequiresGradient(true);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss =
                        CrossEntropy.mean(variable, manager.create(targets, new Shape(5, 4)));
                collector.backward(loss);
                // Sums of 20 products near 1 in float.
                assertThat((double) loss.getFloat())
                        .isCloseTo(expected.get("loss").asDouble(), within(1e-6));
            }
            float[] gradient = variable.getGradient().toFloatArray();
            for (int i = 0; i < gradient.length; i++) {
                assertThat((double) gradient[i])
                        .isCloseTo(
                                expected.get("grad").get(i / 4).get(i % 4).asDouble(),
                                within(1e-7));
            }
        }
    }

    private static double loss(double smoothing) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray logits = manager.create(LOGITS, new Shape(2, 3));
            NDArray targets =
                    manager.create(SoftTargets.of(3, smoothing).of(LABELS), new Shape(2, 3));
            return CrossEntropy.mean(logits, targets).getFloat();
        }
    }
}
