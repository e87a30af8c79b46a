package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import dev.vitrail.zoo.config.TrainingConfig;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A step against the published formula (Loshchilov and Hutter 2019, algorithm 2) in double. */
class AdamWTest {

    private static final TrainingConfig.Optimizer CONSTANTS =
            new TrainingConfig.Optimizer(
                    TrainingConfig.OptimizerType.ADAMW, 1e-3, 0.05, 0.9, 0.999, 1e-8);

    @Test
    void stepsEqualThePublishedFormula() {
        assertSteps("blocks.0.attn.qkv.weight", new Shape(4, 3), 0.05, 1);
    }

    @Test
    void leavesBiasesNormsTokensAndPositionsUndecayed() {
        assertSteps("blocks.0.attn.qkv.bias", new Shape(12), 0, 1);
        assertSteps("cls_token", new Shape(1, 1, 12), 0, 1);
        assertSteps("pos_embed", new Shape(1, 3, 4), 0, 1);
        assertThat(AdamW.decays("reg_token", 3)).isFalse();
        assertThat(AdamW.decays("dist_token", 3)).isFalse();
        assertThat(AdamW.decays("attn_pool.latent", 3)).isFalse();
        assertThat(AdamW.decays("blocks.0.ls1.gamma", 1)).isFalse();
        assertThat(AdamW.decays("blocks.0.attn.q_norm.weight", 1)).isFalse();
        assertThat(AdamW.decays("attn_pool.kv.weight", 2)).isTrue();
        assertThat(AdamW.decays("norm.weight", 1)).isFalse();
        assertThat(AdamW.decays("patch_embed.proj.weight", 4)).isTrue();
        assertThat(AdamW.decays("head.weight", 2)).isTrue();
    }

    @Test
    void scalesGradientsBeforeTheStep() {
        assertSteps("head.weight", new Shape(3, 4), 0.05, 0.01);
    }

    /** Loss Σ target·p² /2 gives the gradient target·p: known, and changing with every step. */
    private static void assertSteps(String name, Shape shape, double decay, double scale) {
        int size = (int) shape.size();
        SplittableRandom random = new SplittableRandom(7);
        double[] expected = new double[size];
        double[] factor = new double[size];
        float[] start = new float[size];
        float[] factors = new float[size];
        for (int i = 0; i < size; i++) {
            start[i] = (float) random.nextDouble(-1, 1);
            factors[i] = (float) random.nextDouble(-2, 2);
            expected[i] = start[i];
            factor[i] = factors[i];
        }
        double[] first = new double[size];
        double[] second = new double[size];

        try (NDManager manager = NDManager.newBaseManager()) {
            Parameter parameter =
                    Parameter.builder()
                            .setName(name)
                            .setType(Parameter.Type.OTHER)
                            .optArray(manager.create(start, shape))
                            .build();
            parameter.initialize(manager, DataType.FLOAT32);
            NDArray weight = parameter.getArray();
            weight.setRequiresGradient(true);
            Map<String, Parameter> parameters = Map.of(name, parameter);
            try (AdamW optimizer = new AdamW(parameters, CONSTANTS, manager)) {
                for (int t = 1; t <= 20; t++) {
                    double rate = 1e-2 / t;
                    backward(manager, weight, factors, shape);
                    try (Gradients gradients = Gradients.of(parameters)) {
                        optimizer.step(gradients, rate, scale);
                    }
                    for (int i = 0; i < size; i++) {
                        double gradient = scale * factor[i] * expected[i];
                        first[i] = 0.9 * first[i] + 0.1 * gradient;
                        second[i] = 0.999 * second[i] + 0.001 * gradient * gradient;
                        double corrected = first[i] / (1 - Math.pow(0.9, t));
                        double root = Math.sqrt(second[i] / (1 - Math.pow(0.999, t)));
                        expected[i] -= rate * decay * expected[i];
                        expected[i] -= rate * corrected / (root + 1e-8);
                    }
                }
                assertThat(optimizer.steps()).isEqualTo(20);
            }
            float[] actual = weight.toFloatArray();
            for (int i = 0; i < size; i++) {
                // 20 updates of up to 1e-2 in float: a few units in the last place of 1.
                assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-6));
            }
        }
    }

    private static void backward(NDManager manager, NDArray weight, float[] factors, Shape shape) {
        try (NDManager step = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray loss = step.create(factors, shape).mul(weight).mul(weight).sum().mul(0.5f);
            collector.backward(loss);
        }
    }
}
