package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.data.SoftTargets;
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

    private static double loss(double smoothing) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray logits = manager.create(LOGITS, new Shape(2, 3));
            NDArray targets =
                    manager.create(SoftTargets.of(3, smoothing).of(LABELS), new Shape(2, 3));
            return CrossEntropy.mean(logits, targets).getFloat();
        }
    }
}
