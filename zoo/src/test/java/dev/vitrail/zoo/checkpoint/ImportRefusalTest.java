package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.PositionResampling;
import dev.vitrail.zoo.weights.SafetensorsFile;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import dev.vitrail.zoo.weights.StreamedTensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a checkpoint or the files beside it can be wrong in, and what the options allow. */
class ImportRefusalTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    private Path checkpoint;
    private Path run;
    private final Map<String, StreamedTensor> tensors = new LinkedHashMap<>();

    @BeforeEach
    void copy() throws IOException {
        checkpoint = Files.createDirectory(folder.resolve("checkpoint"));
        run = folder.resolve("run");
        Path reference = ReferenceCase.folder("hf_vit_nonsquare");
        Files.copy(reference.resolve("config.json"), checkpoint.resolve("config.json"));
        read(reference.resolve("model.safetensors"));
    }

    private void read(Path weights) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(weights)) {
            for (Map.Entry<String, Shape> entry : file.shapes().entrySet()) {
                float[] values = new float[(int) entry.getValue().size()];
                file.copyTo(entry.getKey(), FloatBuffer.wrap(values)::put);
                put(entry.getKey(), entry.getValue(), values);
            }
        }
    }

    private void put(String name, Shape shape, float... values) {
        tensors.put(
                name, StreamedTensor.of(name, shape, sink -> sink.put(FloatBuffer.wrap(values))));
    }

    private ImportPlan plan(ImportOptions options) {
        SafetensorsWriter.write(
                checkpoint.resolve("model.safetensors"),
                new ArrayList<>(tensors.values()),
                Map.of());
        try (Checkpoint opened = Checkpoint.open(checkpoint)) {
            return opened.plan(options);
        }
    }

    private void refused(String... words) {
        assertThatThrownBy(() -> plan(ImportOptions.DEFAULT))
                .isInstanceOf(ZooException.class)
                .hasMessageContainingAll(words)
                .hasMessageContaining(checkpoint.toString());
        assertThat(run).doesNotExist();
    }

    @Test
    void theConfigOfAnotherProjectIsNotReadAsDefaults() throws IOException {
        Path config = checkpoint.resolve("config.json");
        Files.writeString(config, "{\"architecture\": \"vit_base_patch16_224\"}");
        refused("is no config of transformers", "model_type", "--config");
        Files.copy(
                ReferenceCase.folder("hf_vit").resolve("config.json"),
                config,
                StandardCopyOption.REPLACE_EXISTING);
        tensors.clear();
        put("blocks.0.norm1.weight", new Shape(1), 1);
        refused("is no config of timm", "architecture", "--config");
    }

    @Test
    void aTensorTooManyMayBeAllowed() {
        put("vit.encoder.layer.9x.weight", new Shape(2), 1, 2);
        refused("\"vit.encoder.layer.9x.weight\" has no place", "--allow");
        ImportPlan plan = plan(ImportOptions.DEFAULT.withAllow("vit.*9x*"));
        assertThat(plan.ledger().leftOut())
                .containsExactly(
                        new Ledger.LeftOut(
                                "vit.encoder.layer.9x.weight", "no place in the network, allowed"));
    }

    @Test
    void aMissingTensorMayBeAllowedAndIsInitialised() throws IOException {
        tensors.remove("vit.layernorm.weight");
        refused("\"vit.layernorm.weight\" is missing", "--allow");
        ImportPlan plan = plan(ImportOptions.DEFAULT.withAllow("*.layernorm.weight"));
        assertThat(plan.ledger().initialised())
                .containsExactly(new Ledger.Initialised("norm.weight", "missing, allowed"));
        assertThat(plan.tensors().get("norm.weight").load()).containsOnly(1f).hasSize(24);
    }

    @Test
    void aPartOfALayerIsOfNoUseWithoutTheOthers() throws IOException {
        String key = "vit.encoder.layer.1.attention.attention.key.weight";
        tensors.remove(key);
        refused("\"" + key + "\" is missing");
        ImportPlan plan = plan(ImportOptions.DEFAULT.withAllow(key));
        assertThat(plan.ledger().initialised())
                .extracting(Ledger.Initialised::tensor)
                .containsExactly("blocks.1.attn.qkv.weight");
        assertThat(plan.ledger().leftOut()).hasSize(2);
        assertThat(plan.tensors().get("blocks.1.attn.qkv.weight").load()).hasSize(72 * 24);
    }

    @Test
    void aHeadOfAnotherCountIsRefusedOrReplaced() throws IOException {
        put("classifier.weight", new Shape(7, 24), new float[7 * 24]);
        put("classifier.bias", new Shape(7), new float[7]);
        refused("head has 7 classes", "10 labels", "--reset-head");
        Labels labels = Labels.of(List.of("cat", "dog"));
        ImportPlan plan = plan(ImportOptions.DEFAULT.withResetHead(labels));
        assertThat(plan.config().labels()).isEqualTo(labels);
        assertThat(plan.ledger().leftOut())
                .extracting(Ledger.LeftOut::tensor)
                .containsExactlyInAnyOrder("classifier.weight", "classifier.bias");
        assertThat(plan.ledger().initialised())
                .extracting(Ledger.Initialised::tensor)
                .containsExactlyInAnyOrder("head.weight", "head.bias");
        assertThat(plan.tensors().get("head.weight").shape()).isEqualTo(new Shape(2, 24));
    }

    @Test
    void whatIsNotFiniteEndsTheImportAndLeavesNothing() {
        float[] values = new float[24];
        values[5] = Float.NaN;
        put("vit.layernorm.bias", new Shape(24), values);
        ImportPlan plan = plan(ImportOptions.DEFAULT);
        SafetensorsWriter.write(
                checkpoint.resolve("model.safetensors"),
                new ArrayList<>(tensors.values()),
                Map.of());
        assertThatThrownBy(
                        () -> {
                            try (Checkpoint opened = Checkpoint.open(checkpoint)) {
                                opened.plan(ImportOptions.DEFAULT).write(run, false);
                            }
                        })
                .isInstanceOf(ZooException.class)
                .hasMessageContainingAll("vit.layernorm.bias", "NaN", "[5]");
        assertThat(plan.ledger().mapped()).isNotEmpty();
        assertThat(run).doesNotExist();
    }

    @Test
    void anEarlierRunStaysUntilTheNewOneIsWhole() throws IOException {
        SafetensorsWriter.write(
                checkpoint.resolve("model.safetensors"),
                new ArrayList<>(tensors.values()),
                Map.of());
        try (Checkpoint opened = Checkpoint.open(checkpoint)) {
            opened.plan(ImportOptions.DEFAULT).write(run, false);
        }
        byte[] before = Files.readAllBytes(run.resolve("model.safetensors"));
        put("classifier.bias", new Shape(10), filled(10, Float.POSITIVE_INFINITY));
        SafetensorsWriter.write(
                checkpoint.resolve("model.safetensors"),
                new ArrayList<>(tensors.values()),
                Map.of());
        try (Checkpoint opened = Checkpoint.open(checkpoint)) {
            ImportPlan plan = opened.plan(ImportOptions.DEFAULT);
            assertThatThrownBy(() -> plan.write(run, false)).hasMessageContaining("already holds");
            assertThatThrownBy(() -> plan.write(run, true)).hasMessageContaining("classifier.bias");
        }
        assertThat(Files.readAllBytes(run.resolve("model.safetensors"))).isEqualTo(before);
        try (Stream<Path> files = Files.list(run)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "model.safetensors", "import.json");
        }
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hidden_size | 48 | hidden_size is 48, must be 24",
                "num_hidden_layers | 3 | num_hidden_layers is 3, must be 2",
                "patch_size | 4 | patch_size is 4, must be 8",
                "num_attention_heads | 5 | heads 5 must divide dim 24",
                "num_attention_heads | 0 | num_attention_heads is 0, must be at least 1",
                "num_attention_heads | \"3\" | num_attention_heads is \"3\", must be an integer",
                "layer_norm_eps | 0 | layer_norm_eps is 0, must be above 0",
                "layer_norm_eps | \"1e-6\" | layer_norm_eps is \"1e-6\", must be a number",
                "hidden_act | \"relu\" | hidden_act is \"relu\", must be gelu",
                "hidden_dropout_prob | 1.0 | hidden_dropout_prob is 1.0, must be",
                "image_size | 64 | 64 by 64 has 64 patches",
                "image_size | \"x\" | image_size is \"x\", must be an integer or",
                "id2label | {} | id2label is {}, must be",
                "id2label | {\"0\": \"a\", \"2\": \"b\"} | must be names for 0 to 1",
                "id2label | {\"zero\": \"a\"} | \"zero\" is none",
            })
    void aConfigThatDoesNotFitIsRefusedByItsKey(String key, String value, String sentence)
            throws IOException {
        change("config.json", root -> setJson(root, key, value));
        refused(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"size\": 32} | size is 32, must be what the network is fed, 24 by 40",
                "{\"size\": {\"height\": 24}} | size is {\"height\":24}, must be height and width",
                "{\"size\": {\"shortest_edge\": 40}} | do_center_crop",
                "{\"resample\": 9} | resample is 9, must be",
                "{\"do_resize\": false} | do_resize is false, must be true",
                "{\"image_mean\": [0.5]} | image_mean is [0.5], must be 3 numbers",
                "{\"image_std\": [0, 1, 1]} | std is [0.0, 1.0, 1.0]",
                "{\"rescale_factor\": -1} | rescale_factor is -1.0",
                "[] | must hold a JSON object",
                "{\"size\": | line 1, column 9: not JSON: the document ends in the middle",
                "{\"size\": none} | line 1, column 10: not JSON: none} cannot stand here; keys",
                "{\"size\": 1,} | column 12: not JSON: a comma before the closing bracket",
                "{\"size\": 1, \"size\": 2} | the key \"size\" is there twice in its object",
                "{} {} | line 1, column 4: the document goes on after its end",
                "'' | is empty, must hold a JSON object",
            })
    void aPreprocessorThatDoesNotFitIsRefusedByItsKey(String json, String sentence)
            throws IOException {
        Files.writeString(checkpoint.resolve("preprocessor_config.json"), json);
        refused(sentence, "preprocessor_config.json");
    }

    @Test
    void labelsComeInTheOrderOfTheirNumbersAndNoTwoAlike() throws IOException {
        change(
                "config.json",
                root -> {
                    ObjectNode labels = root.putObject("id2label");
                    for (int i = 9; i >= 0; i--) {
                        labels.put(Integer.toString(i), i == 3 || i == 7 ? "crane" : "label" + i);
                    }
                });
        ImportPlan plan = plan(ImportOptions.DEFAULT);
        assertThat(plan.config().labels().names())
                .startsWith("label0", "label1", "label2", "crane")
                .element(7)
                .isEqualTo("crane (7)");
        assertThat(plan.notes()).anyMatch(note -> note.contains("crane (7)"));
    }

    /**
     * Of the hub's dinov2_*_lc: with layers=1 the head is of class token and mean, which
     * ReferenceImportTest compares; by default it is of four class tokens and a mean.
     */
    @Test
    void aHeadOverFourBlocksIsRefusedOrReplaced() throws IOException {
        Path reference = ReferenceCase.folder("dinov2_reg_linear");
        Files.copy(
                reference.resolve("config.json"),
                checkpoint.resolve("config.json"),
                StandardCopyOption.REPLACE_EXISTING);
        tensors.clear();
        read(reference.resolve("model.safetensors"));
        assertThat(plan(ImportOptions.DEFAULT).config().model().pooling())
                .isEqualTo(Pooling.TOKEN_AND_MEAN);
        put("linear_head.weight", new Shape(10, 5 * 24), new float[10 * 5 * 24]);
        refused(
                "tensor \"linear_head.weight\" is (10, 120)",
                "class tokens of the last 4 encoder blocks",
                "mean of the patches",
                "(10, 48)",
                "layers=1",
                "--reset-head");
        ImportPlan plan = plan(ImportOptions.DEFAULT.withResetHead(new Labels.Counted(3)));
        assertThat(plan.tensors().get("head.weight").shape()).isEqualTo(new Shape(3, 48));
        put("linear_head.weight", new Shape(10, 5 * 24 + 1), new float[10 * (5 * 24 + 1)]);
        refused("\"linear_head.weight\" is (10, 121)", "must be (10, 48)");
    }

    @Test
    void aHeadWithoutClassesIsNone() {
        put("classifier.weight", new Shape(0, 24));
        tensors.remove("classifier.bias");
        refused("has no classifier head", "--reset-head");
    }

    /** The default of these model functions in timm's vision_transformer.py. */
    @ParameterizedTest
    @CsvSource({"test_vit, 2", "test_vit2, 2", "test_vit4, 3"})
    void headsFollowTheNameOfAnArchitecture(String architecture, int heads) throws IOException {
        copyTimm("timm_noqkvbias");
        change(
                "config.json",
                root -> {
                    root.put("architecture", architecture);
                    ((ObjectNode) root.get("model_args")).remove("num_heads");
                });
        try (Checkpoint opened = Checkpoint.open(checkpoint)) {
            assertThat(opened.plan(ImportOptions.DEFAULT).config().model().heads())
                    .isEqualTo(heads);
        }
    }

    /** Of timm's model functions, test_vit3 alone pools class and register tokens too. */
    @Test
    void poolingOfOtherTokensThanPatchesIsRefused() throws IOException {
        copyTimm("timm_siglip_map");
        read(weights());
        put("reg_token", new Shape(1, 1, 24), new float[24]);
        assertThat(plan(ImportOptions.DEFAULT).config().model().registers()).isEqualTo(1);
        change("config.json", root -> root.put("architecture", "test_vit3"));
        refused("test_vit3", "pools patches alone");
        change(
                "config.json",
                root -> ((ObjectNode) root.get("model_args")).put("pool_include_prefix", true));
        refused("pool_include_prefix", "patches alone");
    }

    /** transformers: antialias is set in modeling_dinov2_with_registers.py alone. */
    @ParameterizedTest
    @CsvSource({"hf_dinov2, BICUBIC", "hf_dinov2_reg, BICUBIC_ANTIALIAS"})
    void positionsAreResampledAsTheNetworkDoes(String name, PositionResampling expected)
            throws IOException {
        try (Checkpoint opened = Checkpoint.open(ReferenceCase.folder(name))) {
            assertThat(opened.plan(ImportOptions.DEFAULT).config().model().positionResampling())
                    .isEqualTo(expected);
        }
    }

    /** transformers' image_processing_bit.py, and dinov2-base's preprocessor_config.json. */
    @Test
    void theProcessorOfDinov2IsNotToldWhatItsFileLeavesOut() throws IOException {
        Files.delete(checkpoint.resolve("config.json"));
        copyTimm("hf_dinov2");
        try (Checkpoint opened = Checkpoint.open(checkpoint)) {
            ImportPlan plan = opened.plan(ImportOptions.DEFAULT);
            assertThat(plan.config().preprocessing().mean()).containsExactly(0.485, 0.456, 0.406);
            assertThat(plan.notes()).anyMatch(note -> note.contains("published DINOv2"));
        }
        Files.writeString(
                checkpoint.resolve("preprocessor_config.json"),
                "{\"image_processor_type\": \"BitImageProcessor\"}");
        try (Checkpoint opened = Checkpoint.open(checkpoint)) {
            ImportPlan plan = opened.plan(ImportOptions.DEFAULT);
            assertThat(plan.config().preprocessing().mean())
                    .containsExactly(0.48145466, 0.4578275, 0.40821073);
        }
    }

    private Path weights() {
        return checkpoint.resolve("model.safetensors");
    }

    private void copyTimm(String name) throws IOException {
        tensors.clear();
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(
                    ReferenceCase.folder(name).resolve(file),
                    checkpoint.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void namesThatNobodyHasAreNoFamilys() {
        tensors.clear();
        put("conv1.weight", new Shape(1), 1);
        refused("conv1.weight", "timm", "torchvision");
    }

    private void change(String document, Consumer<ObjectNode> change) throws IOException {
        Path file = checkpoint.resolve(document);
        ObjectNode root = (ObjectNode) JSON.readTree(file.toFile());
        change.accept(root);
        JSON.writeValue(file.toFile(), root);
    }

    private static void setJson(ObjectNode root, String key, String value) {
        try {
            root.set(key, JSON.readTree(value));
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
