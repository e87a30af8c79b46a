package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.testing.FunctionBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FiniteCheckTest {
    private final NDManager manager = NDManager.newBaseManager();
    @TempDir Path folder;

    @AfterEach
    void close() {
        manager.close();
    }

    /** Numbers in the order of the parameter, though the file has the matrix transposed. */
    @ParameterizedTest
    @EnumSource(ExternalDataPolicy.class)
    void saysWhichNumberOfAMatrixItIs(ExternalDataPolicy policy) throws IOException {
        Block linear = initialised(Linear.builder().setUnits(70).build(), new Shape(1, 60));
        parameter(linear, "weight").set(new NDIndex(3, 5), Float.NEGATIVE_INFINITY);

        assertThatThrownBy(() -> export(linear, policy, 60))
                .isInstanceOf(ExportException.class)
                .hasMessage(
                        "parameter weight: number 185 is -Infinity, must be finite; the training"
                                + " has diverged or the file is damaged");
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void looksAtTheLastNumberOfTheLastParameter(float value) throws IOException {
        Block linear = initialised(Linear.builder().setUnits(70).build(), new Shape(1, 60));
        parameter(linear, "bias").set(new NDIndex(69), value);

        assertThatThrownBy(() -> export(linear, ExternalDataPolicy.ALWAYS, 60))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("parameter bias: number 69 is " + value);
        assertThat(files()).isEmpty();
    }

    @Test
    void takesTheLargestAndTheSmallestNumbersThereAre() throws IOException {
        Block linear = initialised(Linear.builder().setUnits(4).build(), new Shape(1, 1));
        float[] extremes = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -0f};
        parameter(linear, "bias").set(extremes);

        export(linear, ExternalDataPolicy.AUTO, 1);

        assertThat(files()).containsExactly("block.onnx");
    }

    /** An infinite variance makes the folded weights zero: nothing of it is in the file. */
    @ParameterizedTest
    @ValueSource(strings = {"gamma", "beta", "runningMean", "runningVar"})
    void looksAtParametersThatAreFoldedIntoOthers(String name) throws IOException {
        Block block = convolutionAndNormalization();
        parameter(block, name).set(new NDIndex(1), Float.POSITIVE_INFINITY);

        assertThatThrownBy(() -> export(block, ExternalDataPolicy.AUTO, 3, 8, 8))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll(name, "number 1 is Infinity");
        assertThat(files()).isEmpty();
    }

    @Test
    void refusesWhatOnlyFoldingMakesInfinite() throws IOException {
        Block block = convolutionAndNormalization();
        parameter(block, "weight").set(new NDIndex(0), 1e38f);
        parameter(block, "gamma").set(new NDIndex(0), 1e3f);

        assertThatThrownBy(() -> export(block, ExternalDataPolicy.AUTO, 3, 8, 8))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("weight: is finite", "batch normalisation");
        assertThat(files()).isEmpty();
    }

    /** What masks attention is a constant of the graph and no parameter. */
    @Test
    void leavesConstantsAlone() throws IOException {
        Block block =
                FunctionBlock.ofOne(x -> x.maximum(x.getManager().create(Float.NEGATIVE_INFINITY)));

        export(block, ExternalDataPolicy.AUTO, 3);

        assertThat(files()).containsExactly("block.onnx");
    }

    private Block convolutionAndNormalization() {
        return initialised(
                new SequentialBlock()
                        .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(4).build())
                        .add(BatchNorm.builder().build()),
                new Shape(1, 3, 8, 8));
    }

    private Block initialised(Block block, Shape shape) {
        block.initialize(manager, DataType.FLOAT32, shape);
        return block;
    }

    private static NDArray parameter(Block block, String end) {
        return block.getParameters().stream()
                .filter(pair -> pair.getKey().endsWith(end))
                .findFirst()
                .orElseThrow()
                .getValue()
                .getArray();
    }

    private void export(Block block, ExternalDataPolicy policy, long... sizes) {
        ExportOptions defaults = ExportOptions.defaults();
        ExportOptions options =
                new ExportOptions(
                        17,
                        "block",
                        List.of(),
                        new TreeMap<>(),
                        "vitrail",
                        "test",
                        policy,
                        Optional.empty(),
                        defaults.translations());
        new Exporter(block, options).input("x", sizes).export(folder.resolve("block.onnx"));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
