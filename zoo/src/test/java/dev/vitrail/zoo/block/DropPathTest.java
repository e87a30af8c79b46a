package dev.vitrail.zoo.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import org.junit.jupiter.api.Test;

class DropPathTest {

    @Test
    void dropsWholeSamplesAndKeepsTheExpectation() {
        try (NDManager manager = NDManager.newBaseManager()) {
            manager.getEngine().setRandomSeed(5);
            ForwardPass training = new ForwardPass(new ParameterStore(manager, false), true);
            int samples = 4000;
            NDArray branch = manager.ones(new Shape(samples, 3, 2));
            float[] out = new DropPath(0.25).forward(branch, training).toFloatArray();
            int kept = 0;
            for (int sample = 0; sample < samples; sample++) {
                float first = out[sample * 6];
                assertThat(first == 0 || Math.abs(first - 1 / 0.75f) < 1e-6).isTrue();
                for (int i = 1; i < 6; i++) {
                    assertThat(out[sample * 6 + i]).isEqualTo(first);
                }
                kept += first == 0 ? 0 : 1;
            }
            // Five standard errors of a binomial share: sqrt(0.25 * 0.75 / 4000) = 0.0068.
            assertThat(kept / (double) samples).isCloseTo(0.75, within(0.035));
        }
    }

    @Test
    void risesLinearlyWithDepth() {
        assertThat(DropPath.rate(0.3, 0, 4)).isZero();
        assertThat(DropPath.rate(0.3, 1, 4)).isCloseTo(0.1, within(1e-12));
        assertThat(DropPath.rate(0.3, 3, 4)).isEqualTo(0.3);
        assertThat(DropPath.rate(0.3, 0, 1)).isZero();
    }
}
