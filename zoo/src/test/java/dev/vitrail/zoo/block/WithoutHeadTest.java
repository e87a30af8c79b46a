package dev.vitrail.zoo.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ArchitectureBuilder;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.PretrainingConfig;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Features are what the head reads, and what a masked autoencoder's encoder gives. */
class WithoutHeadTest {

    private static final Architecture SMALL = Architecture.of(16, 4, 24, 2, 3);

    /** Ways to end a network, and how many features that makes. */
    enum End {
        TOKEN(with -> with, 24),
        MEAN_THEN_NORM(with -> with.classToken(false).pooling(Pooling.MEAN).fcNorm(true), 24),
        TOKEN_AND_MEAN(with -> with.pooling(Pooling.TOKEN_AND_MEAN).registers(2), 48),
        ATTENTION(with -> with.classToken(false).pooling(Pooling.ATTENTION), 24),
        PRE_LOGITS(with -> with.preLogits(9), 9),
        TWO_HEADS(with -> with.distillationToken(true), 24);

        private final Architecture architecture;
        private final int features;

        End(UnaryOperator<ArchitectureBuilder> change, int features) {
            architecture = change.apply(SMALL.with()).build();
            this.features = features;
        }
    }

    /** With the identity as the head's weights and no bias, logits are what the head reads. */
    @ParameterizedTest
    @EnumSource
    void givesWhatTheHeadReads(End end) {
        int features = end.features;
        VisionTransformer whole = new VisionTransformer(end.architecture, features);
        VisionTransformer headless = VisionTransformer.withoutHead(end.architecture);
        try (NDManager manager = NDManager.newBaseManager()) {
            whole.initialize(manager, 3);
            headless.initialize(manager, 4);
            copy(ParameterNames.of(whole).parameters(), headless);
            ParameterNames.of(whole)
                    .parameters()
                    .forEach(
                            (name, parameter) -> {
                                if (VisionTransformer.isOfHead(name)) {
                                    NDArray array = parameter.getArray();
                                    array.set(
                                            name.endsWith("weight")
                                                    ? manager.eye(features).toFloatArray()
                                                    : new float[features]);
                                }
                            });
            NDArray images = images(manager);
            assertThat(headless.getOutputShapes(new Shape[] {images.getShape()}))
                    .containsExactly(new Shape(2, features));
            assertThat(run(headless, images)).containsExactly(run(whole, images), within(1e-6f));
        }
    }

    /** Also where the classifier has parts behind the encoder that were not trained with it. */
    @Test
    void givesTheEncoderOfAMaskedAutoencoder() {
        Architecture classifier = SMALL.with().preLogits(9).fcNorm(true).build();
        MaskedAutoencoder autoencoder =
                new MaskedAutoencoder(classifier, new PretrainingConfig.Decoder(16, 1, 2));
        VisionTransformer headless =
                VisionTransformer.withoutHead(MaskedAutoencoder.ofFeatures(classifier));
        try (NDManager manager = NDManager.newBaseManager()) {
            autoencoder.initialize(manager, 3);
            headless.initialize(manager, 4);
            assertThat(ParameterNames.of(headless).parameters().keySet())
                    .isEqualTo(autoencoder.encoderParameters().keySet());
            copy(autoencoder.encoderParameters(), headless);
            NDArray images = images(manager);
            NDArray all = manager.arange(0, 16, 1, DataType.INT64).reshape(1, 16).repeat(0, 2);
            ForwardPass pass = new ForwardPass(new ParameterStore(manager, false), false);
            NDArray tokens = autoencoder.encode(images, all, pass);
            assertThat(run(headless, images))
                    .containsExactly(tokens.get(":, 0").toFloatArray(), within(1e-5f));
        }
    }

    @Test
    void averagesPatchesWhereThePoolingWasNotTrained() {
        Architecture attention = SMALL.with().classToken(false).pooling(Pooling.ATTENTION).build();
        assertThat(MaskedAutoencoder.ofFeatures(attention).pooling()).isEqualTo(Pooling.MEAN);
    }

    private static void copy(Map<String, Parameter> from, VisionTransformer to) {
        ParameterNames.of(to)
                .parameters()
                .forEach(
                        (name, parameter) ->
                                parameter.getArray().set(from.get(name).getArray().toFloatArray()));
    }

    private static NDArray images(NDManager manager) {
        return manager.arange(0, 2 * 3 * 16 * 16, 1, DataType.FLOAT32)
                .mul(0.37f)
                .sin()
                .reshape(2, 3, 16, 16);
    }

    private static float[] run(VisionTransformer network, NDArray images) {
        ParameterStore store = new ParameterStore(images.getManager(), false);
        return network.forward(store, new NDList(images), false).singletonOrThrow().toFloatArray();
    }
}
