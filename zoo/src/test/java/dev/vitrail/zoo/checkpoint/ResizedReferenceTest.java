package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.imaging.ExifOrientation;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.InputChange;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.PositionResampling;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.train.Network;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.NpyArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checkpoints at another input size, against the logits after the family's own resizing. */
class ResizedReferenceTest {

    private static final Path REFERENCES = Path.of("src/test/resources/dev/vitrail/zoo/reference");
    private static final Path RESIZED = REFERENCES.resolve("resized");

    /** Their tables are resampled in float, up to 5e-6 from ours, and add up to the logits. */
    private static final float TOLERANCE = 1e-5f;

    @TempDir private Path folder;

    record Case(String name, JsonNode facts) {

        /** As it lies there, or with a head that shows what it would read. */
        Path checkpoint(Path folder) throws IOException {
            Path reference = REFERENCES.resolve(facts.get("checkpoint").textValue());
            if (!facts.has("identity_head")) {
                return reference;
            }
            Path headed = Files.createDirectory(folder.resolve("headed"));
            ReferenceCase.writeWithIdentity(reference, headed, "head");
            Files.writeString(
                    headed.resolve("config.json"), "{\"model_args\": {\"num_heads\": 3}}");
            return headed;
        }

        /** Tensors of torchvision do not show heads, and its dim of 24 is no standard variant's. */
        ImportOptions options() {
            if (!name.equals("torchvision")) {
                return ImportOptions.DEFAULT;
            }
            Architecture model =
                    Architecture.of(32, 8, 24, 2, 3)
                            .with()
                            .positionResampling(PositionResampling.BICUBIC_ALIGNED)
                            .build();
            List<Double> half = List.of(0.5, 0.5, 0.5);
            Preprocessing preprocessing =
                    new Preprocessing(
                            Resize.shortEdge(32),
                            Extent.square(32),
                            Interpolation.BILINEAR,
                            half,
                            half,
                            ExifOrientation.IGNORE);
            return ImportOptions.DEFAULT.withConfig(
                    new ModelConfig(
                            name,
                            model,
                            new Labels.Counted(10),
                            preprocessing,
                            TrainingConfig.DEFAULT,
                            Optional.empty()));
        }

        InputChange change() {
            JsonNode size = facts.get("image_size");
            return new InputChange(
                    Optional.of(List.of(size.get(0).intValue(), size.get(1).intValue())),
                    Optional.ofNullable(facts.get("patch_size")).map(JsonNode::intValue));
        }

        float[] logits(Network network) {
            NpyArray input = NpyArray.read(RESIZED.resolve(name + "_input.npy"));
            return ReferenceCase.logits(network, input);
        }

        float[] expected() {
            return NpyArray.read(RESIZED.resolve(name + "_logits.npy")).values();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() throws IOException {
        JsonNode all = new ObjectMapper().readTree(RESIZED.resolve("cases.json").toFile());
        List<Case> cases = new ArrayList<>();
        all.get("cases")
                .forEach(facts -> cases.add(new Case(facts.get("name").textValue(), facts)));
        assertThat(cases).hasSize(8);
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void importsAtTheOtherSize(Case reference) throws IOException {
        ImportOptions options = reference.options().withInput(reference.change());
        Run run;
        try (Checkpoint checkpoint = Checkpoint.open(reference.checkpoint(folder))) {
            ImportPlan plan = checkpoint.plan(options);
            assertThat(plan.ledger().mapped())
                    .filteredOn(line -> line.to().contains("pos_embed"))
                    .allMatch(line -> line.done().contains("resampled from "));
            run = plan.write(folder.resolve("run"), false);
        }

        assertMeets(reference, Run.open(run.folder()));
    }

    /** A run that was imported as it is, seen at the other size: what an export does. */
    @ParameterizedTest
    @MethodSource("cases")
    void showsARunAtTheOtherSize(Case reference) throws IOException {
        Run stored;
        try (Checkpoint checkpoint = Checkpoint.open(reference.checkpoint(folder))) {
            stored = checkpoint.plan(reference.options()).write(folder.resolve("run"), false);
        }

        ModelConfig other = reference.change().applyTo(stored.config());

        assertMeets(reference, stored.withInput(other));
        assertThat(Run.open(stored.folder()).config()).isEqualTo(stored.config());
    }

    @Test
    void refusesASizeThatPatchesDoNotFill() {
        ImportOptions options = ImportOptions.DEFAULT.withInput(InputChange.toImageSize(100, 96));
        try (Checkpoint checkpoint = Checkpoint.open(REFERENCES.resolve("timm_reg"))) {
            assertThatThrownBy(() -> checkpoint.plan(options))
                    .isInstanceOf(ZooException.class)
                    .hasMessageContaining("timm_reg: ")
                    .hasMessageContaining(
                            "input height is 100, must be a multiple of the patch size (8); 96 and"
                                    + " 104 are");
        }
    }

    @Test
    void refusesAnotherPatchSizeBehindAStem() {
        InputChange change = new InputChange(Optional.empty(), Optional.of(32));
        ImportOptions options = ImportOptions.DEFAULT.withInput(change);
        try (Checkpoint checkpoint = Checkpoint.open(REFERENCES.resolve("timm_hybrid_r50"))) {
            assertThatThrownBy(() -> checkpoint.plan(options))
                    .isInstanceOf(ZooException.class)
                    .hasMessageContaining("patch size 32 is not possible: 8 follows from the")
                    .hasMessageContaining("stem");
        }
    }

    /** As fine-tuning does it (facebookresearch/mae, util/pos_embed.py): bicubic, from the file. */
    @Test
    void resamplesThePositionsOfAMaskedAutoencoder() throws IOException {
        Path reference = Files.createDirectory(folder.resolve("mae"));
        Files.copy(
                REFERENCES.resolve("mae_pretrain/model.safetensors"),
                reference.resolve("model.safetensors"));
        ImportOptions options =
                ImportOptions.DEFAULT
                        .withResetHead(new Labels.Counted(5))
                        .withInput(InputChange.toImageSize(48, 64));
        try (Checkpoint checkpoint = Checkpoint.open(reference)) {
            assertThatThrownBy(() -> checkpoint.plan(options))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(
                            "does not say how many heads there are, which tensors do not show, and"
                                    + " dim 24 is no published variant's; give --config with"
                                    + " model.heads");
        }
        Files.writeString(
                reference.resolve("config.json"),
                "{\"architecture\": \"vit_base_patch16_224\", \"model_args\": {\"num_heads\": 3,"
                        + " \"patch_size\": 8, \"embed_dim\": 24, \"depth\": 2}}");
        try (Checkpoint checkpoint = Checkpoint.open(reference)) {
            ImportPlan plan = checkpoint.plan(options);
            assertThat(plan.config().model().positionEmbedding().isLearned()).isTrue();
            assertThat(plan.config().model().positionResampling())
                    .isEqualTo(PositionResampling.BICUBIC);
            assertThat(plan.ledger().mapped())
                    .filteredOn(line -> line.to().contains("pos_embed"))
                    .singleElement()
                    .satisfies(line -> assertThat(line.done()).startsWith("resampled from "));
        }
    }

    @Test
    void saysWhatWasResampled() {
        InputChange change = new InputChange(Optional.of(List.of(60, 36)), Optional.of(12));
        ImportOptions options = ImportOptions.DEFAULT.withInput(change);
        try (Checkpoint checkpoint = Checkpoint.open(REFERENCES.resolve("timm_reg"))) {
            ImportPlan plan = checkpoint.plan(options);

            assertThat(plan.ledger().mapped())
                    .contains(
                            new Ledger.Mapped(
                                    List.of("pos_embed"),
                                    List.of("pos_embed"),
                                    "resampled from 4x4 to 5x3"),
                            new Ledger.Mapped(
                                    List.of("patch_embed.proj.weight"),
                                    List.of("patch_embed.proj.weight"),
                                    "resampled from 8 to 12 pixels"));
            assertThat(plan.config().preprocessing().outputHeight()).isEqualTo(60);
            assertThat(plan.config().preprocessing().outputWidth()).isEqualTo(36);
        }
    }

    private static void assertMeets(Case reference, Run run) {
        float[] logits;
        try (Network network = run.network(Device.cpu())) {
            logits = reference.logits(network);
        }
        float[] expected = reference.expected();
        assertThat(logits).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(logits[i]).isCloseTo(expected[i], within(TOLERANCE));
        }
    }
}
