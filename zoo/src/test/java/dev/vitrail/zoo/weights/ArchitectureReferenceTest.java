package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ArchitectureBuilder;
import dev.vitrail.zoo.config.MlpKind;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.Stem;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each switch of a config against timm itself: random weights under timm's names, an input, and
 * logits that timm computed in float64. A name that timm does not have, or a tensor that the
 * network lacks, is refused by the loading.
 */
class ArchitectureReferenceTest {

    /**
     * timm's own float32 logits are up to 3.5e-6 from these, and so are ours; a gate in the wrong
     * half, a token too many in an average or a wrong epsilon is 1e-3 and more away.
     */
    private static final float TOLERANCE = 1e-5f;

    private static final int CLASSES = 10;

    enum Case {
        AVG_FCNORM(network -> network.pooling(Pooling.MEAN).fcNorm(true)),
        AVG_NOFCNORM_NOCLASS(network -> wide(network).classToken(false).pooling(Pooling.MEAN)),
        REG(network -> network.registers(4).positionsOnPatchesOnly(true)),
        REG_EMBED(network -> wide(network).registers(4)),
        REG_GAP(
                network ->
                        network.registers(4)
                                .classToken(false)
                                .positionsOnPatchesOnly(true)
                                .layerScale(1e-5)
                                .pooling(Pooling.MEAN)
                                .fcNorm(true)),
        LAYERSCALE_DEIT3(network -> network.layerScale(1e-6).positionsOnPatchesOnly(true)),
        DEIT_DISTILLED(network -> network.distillationToken(true)),
        QKNORM(network -> network.qkNorm(true)),
        SIGLIP_MAP(network -> network.classToken(false).pooling(Pooling.ATTENTION)),
        CLIP_PRENORM_QUICKGELU(
                network ->
                        network.preNorm(true)
                                .patchBias(false)
                                .normEpsilon(1e-5)
                                .activation(ActivationKind.QUICK_GELU)),
        SWIGLU_PACKED(
                network ->
                        network.mlp(MlpKind.SWIGLU)
                                .mlpDim(64)
                                .layerScale(1e-5)
                                .registers(4)
                                .positionsOnPatchesOnly(true)),
        NOQKVBIAS(network -> network.qkvBias(false)),
        HYBRID_R50(network -> wide(network).depth(1).stem(new Stem.ResNet(List.of(2, 1), 32))),
        HYBRID_STEM(network -> wide(network).depth(1).stem(new Stem.ResNet(List.of(), 64)));

        private final UnaryOperator<ArchitectureBuilder> change;

        Case(UnaryOperator<ArchitectureBuilder> change) {
            this.change = change;
        }

        private static ArchitectureBuilder wide(ArchitectureBuilder network) {
            return network.imageSize(24, 40);
        }

        Architecture architecture() {
            return change.apply(Architecture.of(32, 8, 24, 2, 3).with()).build();
        }

        Path folder() throws URISyntaxException {
            String name = "/dev/vitrail/zoo/reference/timm_" + name().toLowerCase(Locale.ROOT);
            URL weights = ArchitectureReferenceTest.class.getResource(name + "/model.safetensors");
            assertThat(weights).as(name).isNotNull();
            return Path.of(weights.toURI()).getParent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void meetsTheLogitsOfTimm(Case reference) throws IOException, URISyntaxException {
        Path folder = reference.folder();
        VisionTransformer network = new VisionTransformer(reference.architecture(), CLASSES);
        NpyArray input = NpyArray.read(folder.resolve("input.npy"));
        NpyArray expected = NpyArray.read(folder.resolve("logits.npy"));
        try (NDManager manager = NDManager.newBaseManager();
                SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            file.loadInto(network, manager, network.inputShape(1));
            NDArray images = manager.create(input.values(), input.shape());
            float[] logits =
                    network.forward(new ParameterStore(manager, false), new NDList(images), false)
                            .singletonOrThrow()
                            .toFloatArray();
            assertThat(logits).hasSameSizeAs(expected.values());
            float largest = 0;
            for (int i = 0; i < logits.length; i++) {
                largest = Math.max(largest, Math.abs(logits[i] - expected.values()[i]));
            }
            assertThat(largest).isLessThan(TOLERANCE);
        }
    }
}
