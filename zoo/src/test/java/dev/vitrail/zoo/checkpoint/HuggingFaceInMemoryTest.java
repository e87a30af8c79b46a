package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.SafetensorsFile;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import dev.vitrail.zoo.weights.StreamedTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Names that {@code state_dict()} of transformers 5.18 gives, which {@code save_pretrained} turns
 * into others: as printed for networks of these classes beside what the same networks saved.
 */
class HuggingFaceInMemoryTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Labels HEAD = new Labels.Counted(3);

    /** What is saved, and what it is in memory. */
    private static final Map<String, String> ATTENTION =
            Map.of(
                    "attention.attention.query.", "attention.q_proj.",
                    "attention.attention.key.", "attention.k_proj.",
                    "attention.attention.value.", "attention.v_proj.",
                    "attention.output.dense.", "attention.o_proj.");

    /** The rest of ViT and DeiT; of DINOv2 it has one name. */
    private static final Map<String, String> REST_OF_VIT =
            Map.of(
                    "encoder.layer.", "layers.",
                    "intermediate.dense.", "mlp.fc1.",
                    ".output.dense.", ".mlp.fc2.");

    private static final String GATE_AND_VALUE = "mlp.weights_in.";

    @TempDir Path folder;

    private Path inMemory;

    @BeforeEach
    void make() throws IOException {
        inMemory = Files.createDirectory(folder.resolve("in-memory"));
    }

    @ParameterizedTest
    @CsvSource({
        "hf_vit_nonsquare, Hugging Face ViT",
        "hf_vit_bare, Hugging Face ViT",
        "hf_vit_mim, Hugging Face ViT",
        "hf_deit, Hugging Face ViT",
        "hf_deit_distilled, Hugging Face ViT",
        "hf_dinov2, Hugging Face DINOv2",
        "hf_dinov2_reg, Hugging Face DINOv2",
        "hf_dinov2_swiglu, Hugging Face DINOv2"
    })
    void areReadAsThoseOfTheFile(String name, String family) throws IOException {
        Path reference = ReferenceCase.folder(name);
        Files.copy(reference.resolve("config.json"), inMemory.resolve("config.json"));
        write(reference, inMemory);
        ImportOptions options =
                Files.exists(reference.resolve("pooled.npy"))
                        ? ImportOptions.DEFAULT
                        : ImportOptions.DEFAULT.withResetHead(HEAD);
        Run expected = imported(reference, options, "expected", family);
        Run run = imported(inMemory, options, "run", family);
        assertThat(run.config().model()).isEqualTo(expected.config().model());
        assertThat(Files.readAllBytes(run.weightsFile()))
                .isEqualTo(Files.readAllBytes(expected.weightsFile()));
    }

    /** A tower of its own has no prefix since transformers 5, in memory and in its file. */
    @ParameterizedTest
    @CsvSource({
        "hf_clip_vision, Hugging Face CLIP, TOKEN",
        "hf_siglip_vision, Hugging Face SigLIP, ATTENTION"
    })
    void aTowerHasNoPrefix(String name, String family, Pooling pooling) throws IOException {
        Path reference = ReferenceCase.folder(name);
        Path within = Files.createDirectory(folder.resolve("within"));
        for (Path copy : List.of(within, inMemory)) {
            JSON.writeValue(
                    copy.resolve("config.json").toFile(),
                    JSON.readTree(reference.resolve("config.json").toFile()).get("vision_config"));
        }
        String prefix = "vision_model.";
        try (SafetensorsFile file = SafetensorsFile.open(weights(reference))) {
            List<StreamedTensor> named = new ArrayList<>();
            List<StreamedTensor> bare = new ArrayList<>();
            for (Map.Entry<String, Shape> entry : file.shapes().entrySet()) {
                String tensor = entry.getKey();
                if (tensor.startsWith(prefix)) {
                    named.add(tensor(file, tensor, entry.getValue(), tensor));
                    bare.add(
                            tensor(
                                    file,
                                    tensor,
                                    entry.getValue(),
                                    tensor.substring(prefix.length())));
                }
            }
            SafetensorsWriter.write(weights(within), named, Map.of());
            SafetensorsWriter.write(weights(inMemory), bare, Map.of());
        }
        ImportOptions options = ImportOptions.DEFAULT.withResetHead(HEAD);
        Run expected = imported(within, options, "expected", family);
        Run run = imported(inMemory, options, "run", family);
        assertThat(run.config().model()).isEqualTo(expected.config().model());
        assertThat(run.config().model().pooling()).isEqualTo(pooling);
        assertThat(Files.readAllBytes(run.weightsFile()))
                .isEqualTo(Files.readAllBytes(expected.weightsFile()));
    }

    /** In the spelling that the others have. */
    @Test
    void whatIsMissingIsNamedAsItWouldBe() throws IOException {
        Path reference = ReferenceCase.folder("hf_vit_nonsquare");
        Files.copy(reference.resolve("config.json"), inMemory.resolve("config.json"));
        write(reference, folder);
        try (SafetensorsFile file = SafetensorsFile.open(weights(folder))) {
            List<StreamedTensor> others = new ArrayList<>();
            file.shapes()
                    .forEach(
                            (name, shape) -> {
                                if (!name.matches(".*layers.1.*(k_proj.bias|fc1.weight)")) {
                                    others.add(tensor(file, name, shape, name));
                                }
                            });
            SafetensorsWriter.write(weights(inMemory), others, Map.of());
        }
        try (Checkpoint checkpoint = Checkpoint.open(inMemory)) {
            assertThatThrownBy(() -> checkpoint.plan(ImportOptions.DEFAULT))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContainingAll(
                            "\"vit.layers.1.attention.k_proj.bias\" is missing",
                            "\"vit.layers.1.mlp.fc1.weight\" is missing");
        }
    }

    private Run imported(Path checkpoint, ImportOptions options, String run, String family) {
        try (Checkpoint opened = Checkpoint.open(checkpoint)) {
            assertThat(opened.family()).isEqualTo(family);
            return opened.plan(options).write(folder.resolve(run), false);
        }
    }

    private static Path weights(Path checkpoint) {
        return checkpoint.resolve("model.safetensors");
    }

    private static void write(Path from, Path to) {
        try (SafetensorsFile file = SafetensorsFile.open(weights(from))) {
            boolean vit = file.shapes().keySet().stream().anyMatch(n -> n.contains("layernorm_b"));
            List<StreamedTensor> tensors = new ArrayList<>();
            file.shapes()
                    .forEach(
                            (name, shape) -> {
                                if (name.contains(GATE_AND_VALUE)) {
                                    tensors.add(half(file, name, shape, 0, "mlp.gate_proj."));
                                    tensors.add(half(file, name, shape, 1, "mlp.up_proj."));
                                } else {
                                    tensors.add(tensor(file, name, shape, renamed(name, vit)));
                                }
                            });
            SafetensorsWriter.write(weights(to), tensors, Map.of());
        }
    }

    private static String renamed(String name, boolean vit) {
        String renamed = name.replace("mlp.weights_out.", "mlp.down_proj.");
        for (Map.Entry<String, String> entry : ATTENTION.entrySet()) {
            renamed = renamed.replace(entry.getKey(), entry.getValue());
        }
        if (vit) {
            for (Map.Entry<String, String> entry : REST_OF_VIT.entrySet()) {
                renamed = renamed.replace(entry.getKey(), entry.getValue());
            }
        }
        return renamed;
    }

    private static StreamedTensor tensor(
            SafetensorsFile file, String name, Shape shape, String renamed) {
        return StreamedTensor.of(renamed, shape, sink -> file.copyTo(name, sink));
    }

    private static StreamedTensor half(
            SafetensorsFile file, String name, Shape shape, int which, String renamed) {
        long[] sizes = shape.getShape().clone();
        sizes[0] /= 2;
        long size = shape.size() / 2;
        return StreamedTensor.of(
                name.replace(GATE_AND_VALUE, renamed),
                new Shape(sizes),
                sink -> file.copyFiniteTo(name, which * size, (which + 1) * size, sink));
    }
}
