package dev.vitrail.zoo.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Stem;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Layers against the formulas of their papers, in double precision. */
class LayersTest {

    @Test
    void activatesAsTheFormulasSay() {
        double root = Math.sqrt(2 / Math.PI);
        assertActivates(
                ActivationKind.GELU_TANH,
                x -> x / 2 * (1 + Math.tanh(root * (x + 0.044715 * x * x * x))));
        assertActivates(ActivationKind.QUICK_GELU, x -> x / (1 + Math.exp(-1.702 * x)));
        // Where tanh and the error function differ most, by 4.7e-4: the exact value.
        assertActivatesAt(ActivationKind.GELU, -2.7, -0.0093609);
    }

    private static void assertActivates(ActivationKind kind, DoubleUnaryOperator formula) {
        for (double x = -8; x <= 8; x += 0.25) {
            assertActivatesAt(kind, x, formula.applyAsDouble(x));
        }
    }

    private static void assertActivatesAt(ActivationKind kind, double x, double expected) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray array = manager.create(new float[] {(float) x}, new Shape(1, 1, 1));
            float[] activated =
                    Layers.activation(kind)
                            .forward(
                                    array,
                                    new ForwardPass(new ParameterStore(manager, false), false))
                            .toFloatArray();
            // Two units in the last place of a float of that size.
            assertThat(activated[0])
                    .as(kind + " of " + x)
                    .isCloseTo(
                            (float) expected, within((float) (2.5e-7 * Math.max(1, Math.abs(x)))));
        }
    }

    @Test
    void padsAsTensorFlowDoes() {
        // Kernel 7, stride 2 on 224: 112 steps need 229 pixels, two before and three after.
        assertPads(new SamePadding(7, 2), 224, 112, 2, 3);
        assertPads(new SamePadding(3, 2), 112, 56, 0, 1);
        assertPads(new SamePadding(3, 2), 7, 4, 1, 1);
        assertPads(new SamePadding(3, 1), 5, 5, 1, 1);
        assertPads(new SamePadding(1, 2), 6, 3, 0, 0);
    }

    private static void assertPads(
            SamePadding padding, int size, int steps, int before, int after) {
        assertThat(padding.strided(new Shape(1, 1, size, size)))
                .isEqualTo(new Shape(1, 1, steps, steps));
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray padded = padding.pad(manager.ones(new Shape(1, 1, size, 2 * size)));
            long width = before + size + after;
            assertThat(padded.getShape().get(2)).isEqualTo(width);
            float[] column = padded.get(":, :, :, " + padded.getShape().get(3) / 2).toFloatArray();
            for (int i = 0; i < width; i++) {
                assertThat(column[i]).isEqualTo(i < before || i >= before + size ? 0f : 1f);
            }
        }
    }

    /** Nine parts of the old statistics and one of the batch's, as PyTorch documents it. */
    @Test
    void batchNormOfAStemFollowsItsBatches() {
        try (NDManager manager = NDManager.newBaseManager()) {
            ConvolutionStem stem = new ConvolutionStem(Stem.Convolution.halving(List.of(2)));
            NDArray images = manager.randomNormal(new Shape(4, 3, 8, 8)).add(3);
            stem.initialize(manager, DataType.FLOAT32, images.getShape());
            ParameterStore store = new ParameterStore(manager, false);
            var parameters = ParameterNames.of(stem).parameters();
            parameters.get("0.conv.weight").getArray().set(new float[54]);
            parameters.get("0.conv.weight").getArray().addi(0.1f);
            NDArray convolved =
                    stem.getChildren()
                            .values()
                            .get(0)
                            .getChildren()
                            .values()
                            .get(0)
                            .forward(store, new NDList(images), false)
                            .singletonOrThrow();
            double mean = convolved.mean().getFloat();
            double variance = convolved.sub(mean).square().sum().getFloat() / (4 * 16 * 2 - 2);
            NDArray runningMean = parameters.get("0.bn.running_mean").getArray();
            NDArray runningVariance = parameters.get("0.bn.running_var").getArray();

            stem.forward(store, new NDList(images), false);
            assertThat(runningMean.toFloatArray()).containsOnly(0f);
            stem.forward(store, new NDList(images), true);
            assertThat(runningMean.toFloatArray()[0])
                    .isCloseTo((float) (0.1 * mean), within(1e-5f));
            assertThat(runningVariance.toFloatArray()[0])
                    .isCloseTo((float) (0.9 + 0.1 * variance), within(1e-4f));
        }
    }
}
