package dev.vitrail.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import dev.vitrail.zoo.weights.StreamedTensor;
import dev.vitrail.zoo.weights.WeightsFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints that were saved from within a wrapper of PyTorch. */
class UnwrappedTest {

    @TempDir Path folder;

    private Path wrapped;

    @BeforeEach
    void make() throws IOException {
        wrapped = Files.createDirectory(folder.resolve("wrapped"));
    }

    @ParameterizedTest
    @CsvSource({
        "timm_reg, timm, module.",
        "timm_reg, timm, _orig_mod.",
        "timm_reg, timm, model.",
        "timm_reg, timm, module._orig_mod.",
        "timm_reg, timm, _orig_mod.module.",
        "timm_reg, timm, model._orig_mod.module.model.",
        "hf_vit_nonsquare, Hugging Face ViT, model.",
        "hf_clip_vision, Hugging Face CLIP, module._orig_mod.",
        "torchvision_vit, torchvision, module.",
        "dinov2_reg_linear, DINOv2, _orig_mod."
    })
    void isImportedAsItIsWithoutIt(String name, String family, String prefix) throws IOException {
        Path reference = ReferenceCase.folder(name);
        ReferenceCase.writeRenamed(reference, wrapped, tensor -> prefix + tensor);
        ImportPlan expected = ReferenceCase.importInto(folder.resolve("expected"), reference);
        ImportPlan plan = ReferenceCase.importInto(folder.resolve("run"), wrapped);
        assertThat(plan.family()).isEqualTo(family);
        assertThat(plan.ledger()).isEqualTo(expected.ledger());
        assertThat(plan.notes())
                .filteredOn(note -> note.contains("left off"))
                .containsExactly(
                        "the names of all tensors begin with \""
                                + prefix
                                + "\", which is left off");
        assertThat(expected.notes()).noneMatch(note -> note.contains("left off"));
        assertThat(Files.readAllBytes(Run.open(folder.resolve("run")).weightsFile()))
                .isEqualTo(Files.readAllBytes(Run.open(folder.resolve("expected")).weightsFile()));
    }

    /** It is no wrapper then: the network may be a part of another. */
    @Test
    void staysWhereATensorDoesNotHaveIt() throws IOException {
        ReferenceCase.writeRenamed(
                ReferenceCase.folder("timm_reg"),
                wrapped,
                tensor -> tensor.equals("norm.bias") ? tensor : "module." + tensor);
        assertThatThrownBy(() -> Checkpoint.open(wrapped))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("\"module.");
    }

    @ParameterizedTest
    @CsvSource({
        "module.a.b, module.c, module.",
        "module.module.a, module.module.b, module.module.",
        "module.model.a, module.b, module.",
        "module.a, _orig_mod.a, ''",
        "module.a, modules.b, ''",
        "module., module.a, ''",
        "model.module., model.module.a, model.",
        "a, b, ''"
    })
    void aPrefixIsOfAllNamesAndLeavesSomethingOfEach(String one, String other, String prefix) {
        assertThat(Unwrapped.prefix(Set.of(one, other))).isEqualTo(prefix);
        assertThat(Unwrapped.prefix(Set.of())).isEmpty();
    }

    @Test
    void aValueThatIsNotFiniteIsOfTheNameInTheFile() throws IOException {
        Path file = folder.resolve("model.safetensors");
        StreamedTensor tensor =
                StreamedTensor.of(
                        "module.a",
                        new Shape(3),
                        sink -> sink.put(FloatBuffer.wrap(new float[] {1, 2, Float.NaN})));
        SafetensorsWriter.write(file, List.of(tensor), Map.of());
        try (Unwrapped weights = new Unwrapped(WeightsFile.open(file), "module.")) {
            for (int begin : List.of(0, 2)) {
                assertThatThrownBy(() -> weights.copyFiniteTo("a", begin, 3, values -> {}))
                        .isInstanceOf(ZooException.class)
                        .hasMessageContaining("\"module.a\" has NaN at index [2]");
            }
            assertThat(weights.floats("a").remaining()).isEqualTo(12);
        }
    }
}
