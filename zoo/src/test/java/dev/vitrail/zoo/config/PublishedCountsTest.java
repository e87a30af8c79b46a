package dev.vitrail.zoo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Counts of other families' networks against timm's benchmark tables ({@code
 * results/benchmark-infer-amp-nchw-pt291-cu128-4090.csv}): millions of parameters and giga
 * multiply-accumulates, both with two decimals. Some rows have no head.
 */
class PublishedCountsTest {

    private static final int CLASSES = 1000;

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void countsWhatTimmPublishes(
            String name, Architecture network, boolean head, double millions, double giga) {
        ModelPlan plan = ModelPlan.of(network, CLASSES);
        long headValues = head ? 0 : CLASSES * (network.pooledDim() + 1L);
        assertThat((plan.parameters() - headValues) / 1e6).isCloseTo(millions, within(0.0051));
        // timm's profiler also counts norms and activations: up to a half in a hundred, or a
        // decimal; of which a ResNet has more, on larger grids.
        double share = network.stem() instanceof Stem.ResNet ? 0.03 : 0.005;
        assertThat(plan.multiplyAccumulates() / 1e9)
                .isCloseTo(giga, within(Math.max(0.011, giga * share)));
    }

    static Stream<Arguments> countsWhatTimmPublishes() {
        return Stream.of(
                plain("deit_tiny_distilled_patch16_224", 224, 16, 192, 12, 3, 5.91, 1.27)
                        .with(network -> network.distillationToken(true)),
                plain("deit_base_distilled_patch16_384", 384, 16, 768, 12, 12, 87.63, 55.65)
                        .with(network -> network.distillationToken(true)),
                plain("deit3_small_patch16_224", 224, 16, 384, 12, 6, 22.06, 4.61)
                        .with(network -> network.layerScale(1e-6).positionsOnPatchesOnly(true)),
                plain("vit_base_patch16_clip_224", 224, 16, 768, 12, 12, 86.57, 17.58)
                        .with(network -> network.preNorm(true).patchBias(false)),
                plain("vit_medium_patch16_gap_256", 256, 16, 512, 12, 8, 38.86, 10.59)
                        .with(network -> Published.averaged(network).qkvBias(false)),
                plain("vit_medium_patch16_reg4_gap_256", 256, 16, 512, 12, 8, 38.88, 10.76)
                        .with(
                                network ->
                                        Published.averaged(network)
                                                .registers(4)
                                                .positionsOnPatchesOnly(true)
                                                .fcNorm(true)),
                headless("vit_base_patch16_siglip_224", 224, 16, 768, 12, 12, 92.88, 17.73)
                        .with(network -> network.classToken(false).pooling(Pooling.ATTENTION)),
                headless("vit_so400m_patch14_siglip_224", 224, 14, 1152, 27, 16, 427.68, 110.26)
                        .with(
                                network ->
                                        network.classToken(false)
                                                .pooling(Pooling.ATTENTION)
                                                .mlpDim(4304)),
                headless("vit_small_patch14_reg4_dinov2", 518, 14, 384, 12, 6, 22.06, 46.95)
                        .with(Published::dinov2),
                headless("vit_giant_patch14_reg4_dinov2", 518, 14, 1536, 40, 24, 1136.48, 1790.08)
                        .with(
                                network ->
                                        Published.dinov2(network).mlp(MlpKind.SWIGLU).mlpDim(4096)),
                plain("vit_tiny_r_s16_p8_224", 224, 32, 192, 12, 3, 6.34, 0.44)
                        .with(network -> network.stem(new Stem.ResNet(List.of(), 64))),
                plain("vit_small_r26_s32_224", 224, 32, 384, 12, 6, 36.43, 3.56)
                        .with(network -> network.stem(new Stem.ResNet(List.of(2, 2, 2, 2), 64))),
                headless("vit_base_r50_s16_224", 224, 16, 768, 12, 12, 97.89, 21.66)
                        .with(network -> network.stem(new Stem.ResNet(List.of(3, 4, 9), 64))),
                plain("vit_base_r50_s16_384", 384, 16, 768, 12, 12, 98.95, 67.43)
                        .with(network -> network.stem(new Stem.ResNet(List.of(3, 4, 9), 64))),
                plain("vit_large_r50_s32_224", 224, 32, 1024, 24, 16, 328.99, 19.58)
                        .with(network -> network.stem(new Stem.ResNet(List.of(3, 4, 6, 3), 64))));
    }

    private static Published plain(
            String name,
            int size,
            int patch,
            int dim,
            int depth,
            int heads,
            double millions,
            double giga) {
        Architecture network = Architecture.of(size, patch, dim, depth, heads);
        return new Published(name, network, true, millions, giga);
    }

    private static Published headless(
            String name,
            int size,
            int patch,
            int dim,
            int depth,
            int heads,
            double millions,
            double giga) {
        Architecture network = Architecture.of(size, patch, dim, depth, heads);
        return new Published(name, network, false, millions, giga);
    }

    private record Published(
            String name, Architecture network, boolean head, double millions, double giga) {

        Arguments with(UnaryOperator<ArchitectureBuilder> change) {
            Architecture changed = change.apply(network.with()).build();
            return arguments(name, changed, head, millions, giga);
        }

        static ArchitectureBuilder averaged(ArchitectureBuilder network) {
            return network.classToken(false).layerScale(1e-6).pooling(Pooling.MEAN);
        }

        static ArchitectureBuilder dinov2(ArchitectureBuilder network) {
            return network.registers(4).positionsOnPatchesOnly(true).layerScale(1e-5);
        }
    }
}
