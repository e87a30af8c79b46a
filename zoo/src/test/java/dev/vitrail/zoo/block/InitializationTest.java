package dev.vitrail.zoo.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.PositionEmbedding;
import dev.vitrail.zoo.config.Stem;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** First values against what papers and timm say of them. */
class InitializationTest {

    private static final Architecture SMALL = Architecture.of(32, 48, 8, 96, 1, 4);

    @Test
    void drawsTokensAsTimmDoes() {
        Architecture network = SMALL.with().registers(64).distillationToken(true).build();
        // Standard error of a deviation is deviation / sqrt(2 n): 5 of them.
        assertThat(deviation(values(network, "reg_token"))).isCloseTo(1e-6, within(5e-8));
        assertThat(deviation(values(network, "dist_token"))).isCloseTo(0.02, within(0.0075));
    }

    @Test
    void drawsTheQueryOfAttentionPoolingWithinTwoDeviations() {
        Architecture network =
                Architecture.of(8, 8, 4096, 1, 4).with().pooling(Pooling.ATTENTION).build();
        float[] latent = values(network, "attn_pool.latent");
        double deviation = 1 / Math.sqrt(4096);
        for (float value : latent) {
            assertThat(Math.abs(value)).isLessThanOrEqualTo((float) (2 * deviation));
        }
        // A normal distribution cut at two deviations keeps 0.8796 of its own; four standard
        // errors.
        assertThat(deviation(latent)).isCloseTo(0.8796 * deviation, within(0.04 * deviation));
    }

    /** torch.nn.Conv2d's default, kaiming_uniform with a = sqrt(5): 1 / sqrt(3 * 8 * 8). */
    @Test
    void drawsTheProjectionOfPatchesAsPyTorchDoes() {
        float[] projection = values(SMALL, "patch_embed.proj.weight");
        double bound = 1 / Math.sqrt(192);
        for (float value : projection) {
            assertThat(Math.abs(value)).isLessThanOrEqualTo((float) bound);
        }
        // 18432 values: the deviation's standard error is 0.33 % of it.
        assertThat(deviation(projection))
                .isCloseTo(bound / Math.sqrt(3), within(0.017 * bound / Math.sqrt(3)));
    }

    @Test
    void beginsLayerScaleWhereTheConfigSays() {
        Architecture network = SMALL.with().layerScale(0.125).build();
        assertThat(values(network, "blocks.0.ls1.gamma")).hasSize(96).containsOnly(0.125f);
        assertThat(values(network, "blocks.0.ls2.gamma")).hasSize(96).containsOnly(0.125f);
    }

    @Test
    void beginsABottleneckAsItsShortcut() {
        Architecture network = SMALL.with().stem(new Stem.ResNet(List.of(1), 32)).build();
        String block = "patch_embed.backbone.stages.0.blocks.0.";
        assertThat(values(network, block + "norm3.weight")).containsOnly(0f);
        assertThat(values(network, block + "norm2.weight")).containsOnly(1f);
        assertThat(values(network, block + "downsample.norm.weight")).containsOnly(1f);
        // 9216 values: five standard errors are 4 %.
        double fanOut = Math.sqrt(2.0 / (32 * 9));
        assertThat(deviation(values(network, block + "conv2.weight")))
                .isCloseTo(fanOut, within(0.04 * fanOut));
    }

    @Test
    void beginsBatchNormAsTheIdentity() {
        Architecture network = SMALL.with().stem(Stem.Convolution.halving(List.of(6))).build();
        String norm = "patch_embed.backbone.0.bn.";
        assertThat(values(network, norm + "weight")).hasSize(6).containsOnly(1f);
        assertThat(values(network, norm + "bias")).containsOnly(0f);
        assertThat(values(network, norm + "running_mean")).containsOnly(0f);
        assertThat(values(network, norm + "running_var")).containsOnly(1f);
    }

    @Test
    void drawsTheProjectionBehindAStemAsAConvolution() {
        Architecture network = SMALL.with().stem(Stem.Convolution.halving(List.of(96))).build();
        // 4 by 4 of a stem that halves, 96 filters of 96 channels: five standard errors are 1 %.
        double fanOut = Math.sqrt(2.0 / (96 * 16));
        assertThat(deviation(values(network, "patch_embed.proj.weight")))
                .isCloseTo(fanOut, within(0.01 * fanOut));
    }

    /** Numbers of MAE's {@code get_2d_sincos_pos_embed} and of big_vision's, worked by hand. */
    @Test
    void fixesPositionsAsTheirFamiliesDo() {
        Architecture mae =
                SMALL.with().positionEmbedding(PositionEmbedding.SINCOS_MAE).registers(1).build();
        float[] table = values(mae, "pos_embed");
        assertThat(table).hasSize((2 + 24) * 96);
        assertThat(Arrays.copyOf(table, 2 * 96)).as("class and register").containsOnly(0f);
        // Row 3, column 5 of the grid of 4 by 6; frequency 7 of 24 in each quarter.
        int patch = (2 + 3 * 6 + 5) * 96;
        double frequency = Math.pow(10_000, -7 / 24.0);
        assertQuarters(table, patch, 5 * frequency, 3 * frequency);

        Architecture bigVision =
                SMALL.with()
                        .positionEmbedding(PositionEmbedding.SINCOS_BIG_VISION)
                        .positionsOnPatchesOnly(true)
                        .build();
        float[] other = values(bigVision, "pos_embed");
        assertThat(other).hasSize(24 * 96);
        double otherFrequency = Math.pow(10_000, -7 / 23.0);
        assertQuarters(other, (3 * 6 + 5) * 96, 5 * otherFrequency, 3 * otherFrequency);
    }

    private static void assertQuarters(float[] table, int patch, double x, double y) {
        assertThat(table[patch + 7]).isCloseTo((float) Math.sin(x), within(1e-7f));
        assertThat(table[patch + 24 + 7]).isCloseTo((float) Math.cos(x), within(1e-7f));
        assertThat(table[patch + 48 + 7]).isCloseTo((float) Math.sin(y), within(1e-7f));
        assertThat(table[patch + 72 + 7]).isCloseTo((float) Math.cos(y), within(1e-7f));
    }

    @Test
    void trainsNoFixedPositions() {
        for (PositionEmbedding positions : PositionEmbedding.values()) {
            VisionTransformer network =
                    new VisionTransformer(SMALL.with().positionEmbedding(positions).build(), 2);
            assertThat(ParameterNames.of(network).parameters().get("pos_embed").requiresGradient())
                    .isEqualTo(positions == PositionEmbedding.LEARNED);
        }
    }

    private static float[] values(Architecture architecture, String name) {
        try (NDManager manager = NDManager.newBaseManager()) {
            VisionTransformer network = new VisionTransformer(architecture, 3);
            network.initialize(manager, 7);
            return ParameterNames.of(network).parameters().get(name).getArray().toFloatArray();
        }
    }

    private static double deviation(float[] values) {
        return Math.sqrt(
                IntStream.range(0, values.length)
                        .mapToDouble(i -> (double) values[i] * values[i])
                        .average()
                        .orElseThrow());
    }
}
