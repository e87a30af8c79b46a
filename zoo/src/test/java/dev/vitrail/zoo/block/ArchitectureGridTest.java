package dev.vitrail.zoo.block;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ArchitectureBuilder;
import dev.vitrail.zoo.config.MlpKind;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.PositionEmbedding;
import dev.vitrail.zoo.config.Stem;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every network must do, over a grid in which each key of a config is varied. */
class ArchitectureGridTest {

    private static final int CLASSES = 5;

    enum Variation {
        PLAIN(network -> network),
        NO_BIASES(network -> network.qkvBias(false).patchBias(false)),
        NO_CLASS_TOKEN(network -> network.classToken(false).pooling(Pooling.MEAN)),
        DISTILLATION(network -> network.distillationToken(true)),
        DISTILLATION_WITH_FC_NORM(network -> network.distillationToken(true).fcNorm(true)),
        REGISTERS(network -> network.registers(3)),
        REGISTERS_WITHOUT_POSITIONS(
                network -> network.registers(3).positionsOnPatchesOnly(true).pooling(Pooling.MEAN)),
        SINCOS_MAE(network -> network.positionEmbedding(PositionEmbedding.SINCOS_MAE)),
        SINCOS_BIG_VISION(
                network ->
                        network.positionEmbedding(PositionEmbedding.SINCOS_BIG_VISION)
                                .positionsOnPatchesOnly(true)),
        PRE_NORM(network -> network.preNorm(true)),
        QK_NORM(network -> network.qkNorm(true)),
        LAYER_SCALE(network -> network.layerScale(0.1)),
        SWIGLU(network -> network.mlp(MlpKind.SWIGLU).mlpDim(40)),
        GELU_TANH(network -> network.activation(ActivationKind.GELU_TANH)),
        QUICK_GELU(network -> network.activation(ActivationKind.QUICK_GELU)),
        NO_FINAL_NORM(network -> network.finalNorm(false)),
        MEAN_WITH_FC_NORM(network -> network.pooling(Pooling.MEAN).fcNorm(true)),
        ATTENTION_POOLING(network -> network.pooling(Pooling.ATTENTION).mlpDim(40)),
        TOKEN_AND_MEAN(network -> network.pooling(Pooling.TOKEN_AND_MEAN)),
        TOKEN_AND_MEAN_WITH_FC_NORM(
                network -> network.pooling(Pooling.TOKEN_AND_MEAN).fcNorm(true).preLogits(7)),
        PRE_LOGITS(network -> network.preLogits(9)),
        CONVOLUTION_STEM(
                network -> network.stem(new Stem.Convolution(List.of(6, 8, 8), List.of(2, 1, 2)))),
        RESNET_STEM(network -> network.stem(new Stem.ResNet(List.of(2, 1), 32))),
        RESNET_STEM_ALONE(network -> network.stem(new Stem.ResNet(List.of(), 32)).patchBias(false)),
        DROPPING(network -> network.dropout(0.1).attentionDropout(0.1).dropPath(0.2));

        private final UnaryOperator<ArchitectureBuilder> change;

        Variation(UnaryOperator<ArchitectureBuilder> change) {
            this.change = change;
        }

        Architecture architecture() {
            return change.apply(Architecture.of(32, 24, 8, 24, 3, 4).with()).build();
        }
    }

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
        // Drop path may drop a branch for a whole batch, and then nothing in it learns.
        manager.getEngine().setRandomSeed(3);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @EnumSource
    void givesOneLogitRowAnImage(Variation variation) {
        VisionTransformer network = network(variation);
        NDArray images = manager.randomNormal(network.inputShape(3));
        NDArray logits =
                network.forward(new ParameterStore(manager, false), new NDList(images), false)
                        .singletonOrThrow();
        assertThat(logits.getShape()).isEqualTo(new Shape(3, CLASSES));
        assertThat(network.getOutputShapes(new Shape[] {network.inputShape(3)}))
                .containsExactly(new Shape(3, CLASSES));
        assertThat(logits.toFloatArray()).doesNotContain(Float.NaN);
    }

    @ParameterizedTest
    @EnumSource
    void hasTheParametersThatTheArchitectureCounts(Variation variation) {
        long built =
                ParameterNames.of(network(variation)).parameters().values().stream()
                        .mapToLong(parameter -> parameter.getArray().size())
                        .sum();
        assertThat(built).isEqualTo(variation.architecture().parameterCount(CLASSES));
    }

    /** A parameter that no logit depends on would have no gradient at all. */
    @ParameterizedTest
    @EnumSource
    void learnsInEveryParameter(Variation variation) {
        VisionTransformer network = network(variation);
        Map<String, Parameter> parameters = ParameterNames.of(network).parameters();
        try (NDManager scope = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(logits(network, scope).square().mean());
        }
        parameters.forEach(
                (name, parameter) -> {
                    if (parameter.requiresGradient()) {
                        float[] gradient = parameter.getArray().getGradient().toFloatArray();
                        double norm = 0;
                        for (float value : gradient) {
                            norm += (double) value * value;
                        }
                        assertThat(norm).as(name).isFinite();
                        assertThat(norm > 0).as(name).isEqualTo(reachesLogits(name));
                    }
                });
    }

    /**
     * Not at the first step: a bottleneck begins as its shortcut, so that what leads to its last
     * norm learns once that norm's scale has left zero.
     */
    private static boolean reachesLogits(String name) {
        return !name.matches(".*\\.blocks\\.\\d+\\.(conv[123]|norm[12])\\..*");
    }

    @ParameterizedTest
    @EnumSource
    void leavesNoArrayBehindATrainingStep(Variation variation) {
        VisionTransformer network = network(variation);
        int before = manager.getManagedArrays().size();
        for (int step = 0; step < 3; step++) {
            try (NDManager scope = manager.newSubManager()) {
                logits(network, scope);
            }
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    private VisionTransformer network(Variation variation) {
        VisionTransformer network = new VisionTransformer(variation.architecture(), CLASSES);
        network.initialize(manager, 1);
        return network;
    }

    private NDArray logits(VisionTransformer network, NDManager scope) {
        NDArray images = scope.randomNormal(network.inputShape(2));
        return network.forward(new ParameterStore(manager, false), new NDList(images), true)
                .singletonOrThrow();
    }
}
