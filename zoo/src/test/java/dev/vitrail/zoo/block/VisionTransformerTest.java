package dev.vitrail.zoo.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Pooling;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VisionTransformerTest {

    private static final Architecture SMALL = Architecture.of(32, 24, 8, 24, 3, 4);

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void namesParametersAsTimmDoesAndInItsOrder() {
        Architecture one = Architecture.of(16, 8, 12, 1, 3);
        assertThat(ParameterNames.of(new VisionTransformer(one, 5)).parameters().keySet())
                .containsExactly(
                        "cls_token",
                        "pos_embed",
                        "patch_embed.proj.weight",
                        "patch_embed.proj.bias",
                        "blocks.0.norm1.weight",
                        "blocks.0.norm1.bias",
                        "blocks.0.attn.qkv.weight",
                        "blocks.0.attn.qkv.bias",
                        "blocks.0.attn.proj.weight",
                        "blocks.0.attn.proj.bias",
                        "blocks.0.norm2.weight",
                        "blocks.0.norm2.bias",
                        "blocks.0.mlp.fc1.weight",
                        "blocks.0.mlp.fc1.bias",
                        "blocks.0.mlp.fc2.weight",
                        "blocks.0.mlp.fc2.bias",
                        "norm.weight",
                        "norm.bias",
                        "head.weight",
                        "head.bias");
    }

    @Test
    void namesMoreThanNinetyNineBlocks() {
        VisionTransformer deep = new VisionTransformer(Architecture.of(8, 8, 4, 120, 1), 2);
        assertThat(ParameterNames.of(deep).parameters())
                .containsKeys(
                        "blocks.9.norm1.bias", "blocks.98.norm1.bias", "blocks.119.norm1.bias");
    }

    @Test
    void translatesPathsOfDjlToNames() {
        VisionTransformer network = new VisionTransformer(SMALL, 5);
        ParameterNames names = ParameterNames.of(network);
        for (var entry : network.getParameters()) {
            assertThat(names.nameOfPath(entry.getKey())).isEqualTo(names.nameOf(entry.getValue()));
        }
        assertThat(names.nameOfPath("05blocks_010_02attn_01qkv_weight"))
                .isEqualTo("blocks.0.attn.qkv.weight");
        assertThatThrownBy(() -> names.nameOfPath("elsewhere")).hasMessageContaining("elsewhere");
    }

    @Test
    void givesOneLogitRowAnImage() {
        for (Pooling pooling : Pooling.values()) {
            VisionTransformer network =
                    new VisionTransformer(SMALL.with().pooling(pooling).build(), 5);
            network.initialize(manager, 1);
            NDArray logits = logits(network, images(network, 3), false);
            assertThat(logits.getShape()).isEqualTo(new Shape(3, 5));
            assertThat(network.getOutputShapes(new Shape[] {network.inputShape(3)})[0])
                    .isEqualTo(new Shape(3, 5));
        }
    }

    @Test
    void classifiesEachImageOfABatchByItself() {
        VisionTransformer network = new VisionTransformer(SMALL, 5);
        network.initialize(manager, 1);
        NDArray images = images(network, 4);
        float[] together = logits(network, images, false).get("2:3").toFloatArray();
        float[] alone = logits(network, images.get("2:3"), false).toFloatArray();
        // Another batch size may sum in another order: a few units in the last place.
        for (int i = 0; i < alone.length; i++) {
            assertThat(together[i]).isCloseTo(alone[i], within(2e-6f));
        }
    }

    @Test
    void hasTheParametersThatTheArchitectureCounts() {
        for (boolean bias : new boolean[] {true, false}) {
            Architecture architecture = SMALL.with().qkvBias(bias).build();
            VisionTransformer network = new VisionTransformer(architecture, 7);
            network.initialize(manager, 1);
            long counted =
                    network.getParameters().values().stream()
                            .mapToLong(parameter -> parameter.getShape().size())
                            .sum();
            assertThat(counted).isEqualTo(architecture.parameterCount(7));
        }
    }

    @Test
    void givesTheSameWeightsForTheSameSeedWhateverTheEngineDrewBefore() {
        VisionTransformer one = new VisionTransformer(SMALL, 5);
        one.initialize(manager, 42);
        manager.randomNormal(new Shape(17)).close();
        VisionTransformer two = new VisionTransformer(SMALL, 5);
        two.initialize(manager, 42);
        VisionTransformer other = new VisionTransformer(SMALL, 5);
        other.initialize(manager, 43);
        Map<String, Parameter> expected = ParameterNames.of(one).parameters();
        ParameterNames.of(two)
                .parameters()
                .forEach(
                        (name, parameter) ->
                                assertThat(values(parameter))
                                        .isEqualTo(values(expected.get(name))));
        assertThat(values(ParameterNames.of(other).parameters().get("head.weight")))
                .isNotEqualTo(values(expected.get("head.weight")));
    }

    @Test
    void drawsWeightsWithTheSpreadOfThePapers() {
        VisionTransformer network = new VisionTransformer(Architecture.of(64, 8, 96, 1, 4), 10);
        network.initialize(manager, 7);
        Map<String, Parameter> parameters = ParameterNames.of(network).parameters();
        // Standard error of a deviation is deviation / sqrt(2 n): 5 % is over five of them here.
        for (String name : new String[] {"pos_embed", "blocks.0.attn.qkv.weight"}) {
            assertThat(deviation(parameters.get(name))).isCloseTo(0.02, within(0.001));
        }
        assertThat(values(parameters.get("norm.weight"))).containsOnly(1f);
        assertThat(values(parameters.get("blocks.0.mlp.fc1.bias"))).containsOnly(0f);
    }

    @Test
    void drawsEveryParameterForItself() {
        VisionTransformer network = new VisionTransformer(SMALL, 5);
        network.initialize(manager, 7);
        List<Float> firsts =
                ParameterNames.of(network).parameters().values().stream()
                        .filter(parameter -> parameter.getType() == Parameter.Type.WEIGHT)
                        .map(parameter -> values(parameter)[0])
                        .toList();
        assertThat(firsts).hasSize(14).doesNotHaveDuplicates();
    }

    @Test
    void dropsNothingOutsideTraining() {
        Architecture dropping =
                SMALL.with().dropout(0.5).attentionDropout(0.5).dropPath(0.9).build();
        VisionTransformer plain = new VisionTransformer(SMALL, 5);
        VisionTransformer network = new VisionTransformer(dropping, 5);
        plain.initialize(manager, 3);
        network.initialize(manager, 3);
        NDArray images = images(network, 2);
        assertThat(logits(network, images, false).toFloatArray())
                .isEqualTo(logits(plain, images, false).toFloatArray());
        assertThat(logits(network, images, true).toFloatArray())
                .isNotEqualTo(logits(network, images, true).toFloatArray());
    }

    @Test
    void leavesNoArrayBehindAForwardPass() {
        VisionTransformer network =
                new VisionTransformer(
                        SMALL.with().dropout(0.1).attentionDropout(0.1).dropPath(0.1).build(), 5);
        network.initialize(manager, 1);
        ParameterStore store = new ParameterStore(manager, false);
        int before = manager.getManagedArrays().size();
        for (int step = 0; step < 5; step++) {
            try (NDManager inner = manager.newSubManager()) {
                NDArray images = inner.randomNormal(network.inputShape(2));
                network.forward(store, new NDList(images), true);
            }
            assertThat(manager.getManagedArrays().size()).isEqualTo(before);
        }
    }

    @Test
    void refusesImagesOfAnotherSize() {
        VisionTransformer network = new VisionTransformer(SMALL, 5);
        assertThatThrownBy(
                        () ->
                                network.initialize(
                                        manager, DataType.FLOAT32, new Shape(1, 3, 24, 32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(1, 3, 24, 32)");
    }

    private NDArray images(VisionTransformer network, int batch) {
        return manager.randomNormal(network.inputShape(batch));
    }

    private NDArray logits(VisionTransformer network, NDArray images, boolean training) {
        return network.forward(new ParameterStore(manager, false), new NDList(images), training)
                .singletonOrThrow();
    }

    private static float[] values(Parameter parameter) {
        return parameter.getArray().toFloatArray();
    }

    private static double deviation(Parameter parameter) {
        float[] values = values(parameter);
        double[] squares = new double[values.length];
        Arrays.setAll(squares, i -> (double) values[i] * values[i]);
        return Math.sqrt(Arrays.stream(squares).average().orElseThrow());
    }
}
