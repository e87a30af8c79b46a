package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Resize;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.InputChange;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.PositionEmbedding;
import dev.vitrail.zoo.config.PositionResampling;
import dev.vitrail.zoo.config.Stem;
import dev.vitrail.zoo.train.Network;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.NpyArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** npz files of Google's projects, against the logits of their own JAX code. */
class GoogleImportTest {

    private static final Path REFERENCES = Path.of("src/test/resources/dev/vitrail/zoo/reference");

    /**
     * The logits are float64's; float32 lands within 2.5e-6 of them. timm's epsilons in place of
     * Google's put the hybrid 1.1e-5 away.
     */
    private static final float TOLERANCE = 5e-6f;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "google_old, google, 0",
        "google_epsilon, google, 0",
        "google_prelogits, google, 0",
        "google_opt_target, google, 5",
        "google_hybrid_r50, google, 0",
        "bigvision_gap, big_vision, 0",
        "bigvision_tok, big_vision, 0",
        "bigvision_map, big_vision, 0",
        "bigvision_scan, big_vision, 0",
        "bigvision_bf16, big_vision, 0"
    })
    void meetsTheLogitsOfTheAuthorsCode(String name, String family, int leftOut)
            throws IOException {
        Path reference = REFERENCES.resolve(name);

        ImportPlan plan = plan(reference, ImportOptions.DEFAULT);

        assertThat(plan.family()).isEqualTo(family);
        assertThat(plan.ledger().leftOut()).hasSize(leftOut);
        assertThat(plan.ledger().initialised()).isEmpty();
        Architecture model = plan.config().model();
        assertThat(model.activation()).isEqualTo(ActivationKind.GELU_TANH);
        assertThat(model.normEpsilon()).isEqualTo(1e-6);
        assertThat(model.positionResampling()).isEqualTo(PositionResampling.BILINEAR_ALIGNED);
        assertThat(difference(reference, reference)).isLessThan(TOLERANCE);
    }

    /** A tower has no head, so it gets one that hands on what it reads. */
    @Test
    void takesTheImageTowerOfSiglip() throws IOException {
        Path reference = REFERENCES.resolve("siglip_img");
        ImportOptions options = ImportOptions.DEFAULT.withResetHead(new Labels.Counted(24));

        assertThatThrownBy(() -> plan(reference, ImportOptions.DEFAULT))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("has no classifier head");
        Run run = imported(reference, options);
        float[] features;
        try (Network network = run.network(Device.cpu())) {
            float[] identity = new float[24 * 24];
            for (int i = 0; i < 24; i++) {
                identity[i * 25] = 1;
            }
            network.parameters().get("head.weight").getArray().set(identity);
            network.parameters().get("head.bias").getArray().set(new float[24]);
            features = ReferenceCase.logits(network, NpyArray.read(reference.resolve("input.npy")));
        }

        assertThat(plan(reference, options).ledger().leftOut())
                .extracting(Ledger.LeftOut::reason)
                .containsOnly("the text tower", "compares image and text");
        assertThat(run.config().model().pooling()).isEqualTo(Pooling.ATTENTION);
        assertThat(run.config().preprocessing().resize()).isEqualTo(new Resize.Exact(32, 32));
        float[] expected = NpyArray.read(reference.resolve("logits.npy")).values();
        for (int i = 0; i < expected.length; i++) {
            assertThat(features[i]).isCloseTo(expected[i], within(TOLERANCE));
        }
    }

    @Test
    void preparesImagesAsTheCodeOfTheFileDoes() throws IOException {
        var google = plan(REFERENCES.resolve("google_old"), ImportOptions.DEFAULT).config();
        var bigVision = plan(REFERENCES.resolve("bigvision_gap"), ImportOptions.DEFAULT).config();

        assertThat(google.preprocessing().resize()).isEqualTo(new Resize.Exact(32, 32));
        assertThat(google.preprocessing().dialect())
                .isEqualTo(dev.vitrail.imaging.Dialect.VISION_TRANSFORMER);
        assertThat(bigVision.preprocessing().resize()).isEqualTo(new Resize.ShortEdge(36));
        assertThat(bigVision.preprocessing().interpolation()).isEqualTo(Interpolation.AREA);
        assertThat(bigVision.preprocessing().mean()).containsOnly(0.5);
    }

    @Test
    void readsBigVisionsNamesWithoutAPrefix() throws IOException {
        Path file =
                NpzTensors.read(model("bigvision_map"))
                        .rename(name -> name.substring("params/".length()))
                        .write(folder.resolve("bare.npz"));

        assertThat(plan(file, ImportOptions.DEFAULT).family()).isEqualTo("big_vision");
        assertThat(difference(file, REFERENCES.resolve("bigvision_map"))).isLessThan(TOLERANCE);
    }

    /** As inlined while ViT-G was developed. */
    @Test
    void readsAnAttentionPoolingWithoutAPathOfItsOwn() throws IOException {
        Path file =
                NpzTensors.read(model("bigvision_map"))
                        .rename(name -> name.replace("MAPHead_0/", ""))
                        .write(folder.resolve("inlined.npz"));

        assertThat(difference(file, REFERENCES.resolve("bigvision_map"))).isLessThan(TOLERANCE);
    }

    /** The widely used version before 2022: a table in the encoder, a row in it for the class. */
    @Test
    void readsAnOlderTableWithARowForTheClassToken() throws IOException {
        NpzTensors tensors = NpzTensors.read(model("bigvision_tok"));
        float[] token = tensors.get("params/cls").values();
        float[] table = tensors.get("params/pos_embedding").values();
        float[] combined = new float[24 + table.length];
        for (int i = 0; i < 24; i++) {
            combined[i] = 0.25f * i;
            token[i] -= 0.25f * i;
        }
        System.arraycopy(table, 0, combined, 24, table.length);
        Path file =
                tensors.put("params/cls", new Shape(1, 1, 24), token)
                        .remove("params/pos_embedding")
                        .put("params/Transformer/pos_embedding", new Shape(1, 17, 24), combined)
                        .write(folder.resolve("older.npz"));

        assertThat(plan(file, ImportOptions.DEFAULT).config().model().positionsOnPatchesOnly())
                .isFalse();
        assertThat(difference(file, REFERENCES.resolve("bigvision_tok"))).isLessThan(TOLERANCE);
    }

    /** vision_transformer's own "gap", in the names of the first release. */
    @Test
    void readsTheFirstReleasesNamesWithoutAClassToken() throws IOException {
        Path file =
                NpzTensors.read(model("bigvision_gap"))
                        .rename(
                                name ->
                                        name.substring("params/".length())
                                                .replace("Attention_0/", "Attention_1/")
                                                .replace("LayerNorm_1/", "LayerNorm_2/")
                                                .replace("MlpBlock_0/", "MlpBlock_3/")
                                                .replace(
                                                        "pos_embedding",
                                                        "Transformer/posembed_input/pos_embedding"))
                        .write(folder.resolve("first.npz"));

        ImportPlan plan = plan(file, ImportOptions.DEFAULT);

        assertThat(plan.family()).isEqualTo("google");
        assertThat(plan.config().model().pooling()).isEqualTo(Pooling.MEAN);
        assertThat(difference(file, REFERENCES.resolve("bigvision_gap"))).isLessThan(TOLERANCE);
    }

    /** big_vision's own table, written into a file that is read as any other, is the witness. */
    @Test
    void computesFixedPositionsThatAreInNoFile() throws IOException {
        NpyArray table =
                NpyArray.read(REFERENCES.resolve("resampling/sincos_big_vision_after.npy"));
        NpzTensors tensors = NpzTensors.read(model("bigvision_gap"));
        Path with =
                tensors.put("params/pos_embedding", table.shape(), table.values())
                        .write(folder.resolve("with.npz"));
        Path without = tensors.remove("params/pos_embedding").write(folder.resolve("without.npz"));
        ImportOptions options = ImportOptions.DEFAULT.withInput(InputChange.toImageSize(32, 32));
        Path reference = REFERENCES.resolve("bigvision_gap");

        ImportPlan plan = plan(without, options);
        float[] expected = ReferenceCase.logits(imported(with, ImportOptions.DEFAULT), reference);
        float[] logits = ReferenceCase.logits(imported(without, options), reference);

        assertThat(plan.config().model().positionEmbedding())
                .isEqualTo(PositionEmbedding.SINCOS_BIG_VISION);
        assertThat(plan.ledger().initialised())
                .containsExactly(
                        new Ledger.Initialised("pos_embed", "fixed, computed from its formula"));
        assertThat(plan.notes()).anyMatch(note -> note.contains("image of 224 unless"));
        for (int i = 0; i < expected.length; i++) {
            assertThat(logits[i]).isCloseTo(expected[i], within(TOLERANCE));
        }
    }

    /** R+Ti/16 of AugReg has a root and no stages. */
    @Test
    void readsAHybridWithoutStages() throws IOException {
        NpzTensors tensors = NpzTensors.read(model("google_hybrid_r50"));
        List<String> stages = List.of("block1/", "block2/");
        Path file =
                tensors.removeIf(name -> stages.stream().anyMatch(name::startsWith))
                        .put("embedding/kernel", new Shape(2, 2, 32, 24), new float[4 * 32 * 24])
                        .write(folder.resolve("root.npz"));

        ImportPlan plan = plan(file, ImportOptions.DEFAULT);

        assertThat(plan.config().model().stem()).isEqualTo(new Stem.ResNet(List.of(), 32, 1e-6));
        assertThat(plan.config().model().patchSize()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({
        "bigvision_gap, params/Transformer/encoderblock_1/MlpBlock_0/Dense_0/bias",
        "bigvision_gap,"
                + " params/Transformer/encoderblock_0/MultiHeadDotProductAttention_0/key/kernel",
        "bigvision_scan, params/Transformer/encoderblock/LayerNorm_1/scale",
        "bigvision_map, params/MAPHead_0/probe",
        "google_old, Transformer/posembed_input/pos_embedding",
        "google_old, embedding/bias",
        "google_hybrid_r50, block2/unit1/gn3/scale",
        "google_prelogits, pre_logits/kernel"
    })
    void namesTheTensorThatIsMissing(String name, String tensor) throws IOException {
        Path file =
                NpzTensors.read(model(name)).remove(tensor).write(folder.resolve("missing.npz"));

        assertThatThrownBy(() -> plan(file, ImportOptions.DEFAULT))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(tensor);
    }

    @Test
    void namesTheTensorThatIsLeftOver() throws IOException {
        Path file =
                NpzTensors.read(model("google_old"))
                        .put("extra/kernel", new Shape(2), 1, 2)
                        .write(folder.resolve("more.npz"));

        assertThatThrownBy(() -> plan(file, ImportOptions.DEFAULT))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("tensor \"extra/kernel\" has no place in the network");
        assertThat(plan(file, ImportOptions.DEFAULT.withAllow("extra/*")).ledger().leftOut())
                .hasSize(1);
    }

    /** Fusing and slicing make new shapes and leave the file's alone. */
    @ParameterizedTest
    @ValueSource(strings = {"bigvision_scan", "hf_vit_sharded", "timm_reg"})
    void plansTwiceAlike(String name) {
        try (Checkpoint checkpoint = Checkpoint.open(REFERENCES.resolve(name))) {
            Ledger once = checkpoint.plan(ImportOptions.DEFAULT).ledger();

            assertThat(checkpoint.plan(ImportOptions.DEFAULT).ledger()).isEqualTo(once);
        }
    }

    @Test
    void saysWhatWasDoneToEachTensor() throws IOException {
        assertThat(plan(REFERENCES.resolve("google_old"), ImportOptions.DEFAULT).ledger().lines())
                .extracting(line -> line.from() + " > " + line.to() + ": " + line.done())
                .contains(
                        "cls > cls_token: as it is",
                        "embedding/kernel > patch_embed.proj.weight: permuted",
                        "Transformer/encoderblock_*/MultiHeadDotProductAttention_1"
                                + "/{query,key,value}/kernel > blocks.*.attn.qkv.weight:"
                                + " transposed, fused",
                        "head/kernel > head.weight: transposed");
    }

    /** Flax's scan has all blocks in one tensor. */
    @Test
    void saysThatATensorOfAllBlocksIsSplit() {
        ImportPlan plan = plan(REFERENCES.resolve("bigvision_scan"), ImportOptions.DEFAULT);

        assertThat(plan.ledger().lines())
                .extracting(line -> line.from() + " > " + line.to() + ": " + line.done())
                .contains(
                        "params/Transformer/encoderblock/LayerNorm_0/scale >"
                                + " blocks.*.norm1.weight: split",
                        "params/Transformer/encoderblock/MultiHeadDotProductAttention_0"
                                + "/{query,key,value}/kernel > blocks.*.attn.qkv.weight: split,"
                                + " transposed, fused");
    }

    private static Path model(String name) {
        return REFERENCES.resolve(name).resolve("model.npz");
    }

    private static ImportPlan plan(Path path, ImportOptions options) {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return checkpoint.plan(options);
        }
    }

    private Run imported(Path path, ImportOptions options) {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return checkpoint.plan(options).write(folder.resolve("run"), true);
        }
    }

    private float difference(Path path, Path reference) throws IOException {
        return ReferenceCase.largestDifference(imported(path, ImportOptions.DEFAULT), reference);
    }
}
