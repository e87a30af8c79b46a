package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {

    @TempDir Path folder;

    @Test
    void aMappedNetworkIsTheLoadedOneWithoutGradients() throws IOException {
        Run run = Run.create(folder, TinyTraining.config(1));
        writeRandomWeights(run);
        ByteBuffer pixels = pixels(2 * 3 * 32 * 32);
        try (Network loaded = run.network(Device.cpu());
                Network mapped = run.mappedNetwork()) {
            assertThat(mapped.logits(pixels, 2)).isDeepEqualTo(loaded.logits(pixels, 2));
            assertThat(loaded.parameters().values()).anyMatch(Parameter::requiresGradient);
            assertThat(mapped.parameters().values()).noneMatch(Parameter::requiresGradient);
        }
    }

    @Test
    void saysThatThereAreNoWeightsYet() throws IOException {
        Run run = Run.create(folder, TinyTraining.config(1));
        assertThatThrownBy(run::mappedNetwork)
                .isInstanceOf(ZooException.class)
                .hasMessage(
                        folder
                                + ": holds no model.safetensors; its training did not finish an"
                                + " epoch");
    }

    private static void writeRandomWeights(Run run) {
        VisionTransformer block = run.block();
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            block.initialize(manager, DataType.FLOAT32, block.inputShape(1));
            SafetensorsWriter.write(run.weightsFile(), block);
        }
    }

    private static ByteBuffer pixels(int count) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(count * Float.BYTES).order(ByteOrder.nativeOrder());
        Random random = new Random(5);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(i * Float.BYTES, random.nextFloat());
        }
        return bytes;
    }
}
