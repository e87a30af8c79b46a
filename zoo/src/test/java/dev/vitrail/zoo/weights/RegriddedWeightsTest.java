package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.grid.Regridding;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegriddedWeightsTest {

    private static final Architecture SMALL = Architecture.of(32, 8, 12, 2, 3);
    private static final Architecture LARGE = SMALL.with().imageSize(36, 60).patchSize(12).build();

    @TempDir private Path folder;

    @Test
    void fillsANetworkOfTheOtherSize() {
        Path file = folder.resolve("model.safetensors");
        Regridding regridding = new Regridding(SMALL, LARGE);
        try (NDManager manager = NDManager.newBaseManager()) {
            VisionTransformer small = new VisionTransformer(SMALL, 3);
            small.initialize(manager, 7);
            SafetensorsWriter.write(file, small);
            VisionTransformer large = new VisionTransformer(LARGE, 3);

            try (Weights weights = new RegriddedWeights(SafetensorsFile.open(file), regridding)) {
                weights.loadInto(large, manager, large.inputShape(1));
            }

            var before = ParameterNames.of(small).parameters();
            ParameterNames.of(large)
                    .parameters()
                    .forEach(
                            (name, parameter) -> {
                                float[] old = before.get(name).getArray().toFloatArray();
                                float[] expected =
                                        switch (name) {
                                            case "pos_embed" -> regridding.positions(old);
                                            case "patch_embed.proj.weight" ->
                                                    regridding.patchKernel(old);
                                            default -> old;
                                        };
                                assertThat(parameter.getArray().toFloatArray())
                                        .as(name)
                                        .isEqualTo(expected);
                            });
        }
    }

    @Test
    void handsThroughTheFilesOwnPagesWhereNothingChanges() {
        Path file = folder.resolve("model.safetensors");
        try (NDManager manager = NDManager.newBaseManager()) {
            VisionTransformer small = new VisionTransformer(SMALL, 3);
            small.initialize(manager, 7);
            SafetensorsWriter.write(file, small);
        }

        try (Weights weights =
                new RegriddedWeights(
                        SafetensorsFile.open(file),
                        new Regridding(SMALL, SMALL.with().imageSize(64, 32).build()))) {
            ByteBuffer kernel = weights.floats("patch_embed.proj.weight");
            assertThat(kernel.isReadOnly()).isTrue(); // mapped, not copied
            assertThat(weights.shapes())
                    .containsEntry("pos_embed", new Shape(1, 1 + 8 * 4, 12))
                    .containsEntry("patch_embed.proj.weight", new Shape(12, 3, 8, 8));
        }
    }

    @Test
    void refusesATableThatIsNotOfItsNetwork() {
        assertRefused(
                "pos_embed",
                new Shape(1, 16, 12),
                "tensor \"pos_embed\" is (1, 16, 12), must be (1, 17, 12)");
    }

    @Test
    void refusesAKernelThatIsNotOfItsNetwork() {
        assertRefused(
                "patch_embed.proj.weight",
                new Shape(12, 1, 8, 8),
                "tensor \"patch_embed.proj.weight\" is (12, 1, 8, 8), must be (12, 3, 8, 8)");
    }

    @Test
    void refusesATableOfMoreThanTwoGigabytes() {
        Architecture huge = SMALL.with().imageSize(8 * 8_192, 8 * 8_192).build();
        try (NDManager manager = NDManager.newBaseManager()) {
            SafetensorsFile file = write("pos_embed", manager.zeros(new Shape(1, 17, 12)));

            assertThatThrownBy(() -> new RegriddedWeights(file, new Regridding(SMALL, huge)))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("(1, 67108865, 12) at this size")
                    .hasMessageContaining("at most 2 GB");
        }
    }

    private void assertRefused(String name, Shape shape, String message) {
        try (NDManager manager = NDManager.newBaseManager()) {
            SafetensorsFile file = write(name, manager.zeros(shape));

            assertThatThrownBy(() -> new RegriddedWeights(file, new Regridding(SMALL, LARGE)))
                    .isInstanceOf(WeightsException.class)
                    .hasMessage(file.origin() + ": " + message);
        }
    }

    private SafetensorsFile write(String name, NDArray array) {
        Path file = folder.resolve("one.safetensors");
        SafetensorsWriter.write(file, Map.of(name, array), Map.of());
        return SafetensorsFile.open(file);
    }
}
