package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Architecture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {

    private static final Architecture SMALL = Architecture.of(16, 8, 12, 2, 3);

    @TempDir Path folder;
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void readsBackWhatItWroteBitForBit() {
        VisionTransformer written = network(1);
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, written);
        VisionTransformer read = new VisionTransformer(SMALL, 4);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.metadata()).containsEntry("format", "pt");
            opened.loadInto(read, manager, read.inputShape(1));
        }
        assertThat(values(read)).usingRecursiveComparison().isEqualTo(values(written));
    }

    @Test
    void replacesWhatABlockHeld() {
        VisionTransformer written = network(1);
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, written);
        VisionTransformer other = network(2);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            opened.loadInto(other, manager, other.inputShape(1));
        }
        assertThat(values(other)).usingRecursiveComparison().isEqualTo(values(written));
    }

    @Test
    void comparesNamesAndShapesWithoutTouchingTheBlock() {
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, network(1));
        VisionTransformer same = network(2);
        VisionTransformer deeper = new VisionTransformer(Architecture.of(16, 8, 12, 3, 3), 4);
        deeper.initialize(manager, DataType.FLOAT32, deeper.inputShape(1));
        VisionTransformer moreClasses = new VisionTransformer(SMALL, 5);
        moreClasses.initialize(manager, DataType.FLOAT32, moreClasses.inputShape(1));
        List<float[]> before = values(same);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            opened.requireFit(same);
            assertThat(values(same)).usingRecursiveComparison().isEqualTo(before);
            assertThatThrownBy(() -> opened.requireFit(deeper))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("tensor \"blocks.2.attn.qkv.weight\" is missing");
            assertThatThrownBy(() -> opened.requireFit(moreClasses))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("tensor \"head.bias\" is (4), must be (5)");
        }
    }

    @Test
    void keepsAMappedBlockFromTraining() {
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, network(1));
        VisionTransformer mapped = new VisionTransformer(SMALL, 4);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            opened.mapInto(mapped, manager, mapped.inputShape(1));
        }
        assertThat(mapped.getParameters().values())
                .isNotEmpty()
                .noneMatch(Parameter::requiresGradient)
                .noneMatch(parameter -> parameter.getArray().hasGradient());
    }

    @Test
    void leavesTheFileAloneWhenLoadedWeightsChange() throws IOException {
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, network(1));
        byte[] before = Files.readAllBytes(file);
        VisionTransformer read = new VisionTransformer(SMALL, 4);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            opened.loadInto(read, manager, read.inputShape(1));
        }
        for (Parameter parameter : read.getParameters().values()) {
            parameter.freeze(true);
            parameter.getArray().addi(1);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void writesTheSameBytesForTheSameWeights() throws IOException {
        Path one = folder.resolve("one.safetensors");
        Path two = folder.resolve("two.safetensors");
        SafetensorsWriter.write(one, network(1));
        SafetensorsWriter.write(two, network(1));
        assertThat(two).hasSameBinaryContentAs(one);
    }

    @Test
    void writesIntegersAndScalarsToo() {
        Path file = folder.resolve("state.safetensors");
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        tensors.put("step", manager.create(7L));
        tensors.put("rate", manager.create(0.25f));
        SafetensorsWriter.write(file, tensors, Map.of());
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.shapes()).containsEntry("step", new Shape());
            assertThat(opened.floats("rate").getFloat()).isEqualTo(0.25f);
        }
    }

    @Test
    void namesEveryTensorThatDoesNotFit() {
        Path file = folder.resolve("model.safetensors");
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        ParameterNames.of(network(1))
                .parameters()
                .forEach((name, parameter) -> tensors.put(name, parameter.getArray()));
        tensors.remove("norm.bias");
        tensors.put("head.weight", manager.zeros(new Shape(5, 12)));
        tensors.put("head_dist.weight", manager.zeros(new Shape(4, 12)));
        SafetensorsWriter.write(file, tensors, Map.of());
        VisionTransformer read = new VisionTransformer(SMALL, 4);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            WeightsException refusal =
                    catchThrowableOfType(
                            WeightsException.class,
                            () -> opened.loadInto(read, manager, read.inputShape(1)));
            assertThat(refusal.problems())
                    .containsExactlyInAnyOrder(
                            "tensor \"norm.bias\" is missing",
                            "tensor \"head_dist.weight\" has no place in it",
                            "tensor \"head.weight\" is (5, 12), must be (4, 12)");
            assertThat(refusal).hasMessageStartingWith(file + ": these weights do not fit");
        }
        assertThat(read.isInitialized()).isFalse();
    }

    @Test
    void namesTheTensorAndIndexOfAValueThatIsNotFinite() {
        Path file = folder.resolve("model.safetensors");
        VisionTransformer network = network(1);
        Parameter head = ParameterNames.of(network).parameters().get("head.weight");
        float[] values = head.getArray().toFloatArray();
        values[1 * 12 + 3] = Float.NaN;
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        ParameterNames.of(network)
                .parameters()
                .forEach((name, parameter) -> tensors.put(name, parameter.getArray()));
        tensors.put("head.weight", manager.create(values, new Shape(4, 12)));
        SafetensorsWriter.write(file, tensors, Map.of());
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            VisionTransformer read = new VisionTransformer(SMALL, 4);
            assertThatThrownBy(() -> opened.loadInto(read, manager, read.inputShape(1)))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("tensor \"head.weight\" has NaN at index [1, 3]");
        }
    }

    @Test
    void leavesTheOldFileWhereANewOneCannotBeWritten() throws IOException {
        Path file = folder.resolve("model.safetensors");
        SafetensorsWriter.write(file, network(1));
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(
                        () ->
                                AtomicFile.write(
                                        file,
                                        100,
                                        output -> {
                                            output.append(ByteBuffer.allocate(100));
                                            throw new IOException("no space left on device");
                                        }))
                .isInstanceOf(IOException.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        try (Stream<Path> names = Files.list(folder)) {
            assertThat(names).containsExactly(file);
        }
    }

    @Test
    void saysWhyAFileCannotBeWritten() {
        Path file = folder.resolve("no/such/folder/model.safetensors");
        VisionTransformer network = network(1);
        assertThatThrownBy(() -> SafetensorsWriter.write(file, network))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": cannot be written (no such file or folder");
    }

    private VisionTransformer network(long seed) {
        VisionTransformer network = new VisionTransformer(SMALL, 4);
        network.initialize(manager, seed);
        return network;
    }

    private static List<float[]> values(VisionTransformer network) {
        return network.getParameters().values().stream()
                .map(parameter -> parameter.getArray().toType(DataType.FLOAT32, false))
                .map(NDArray::toFloatArray)
                .toList();
    }
}
