package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.testing.FunctionBlock;
import dev.vitrail.converter.testing.OnnxChecker;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import dev.vitrail.converter.trace.SymbolicAxis;
import dev.vitrail.converter.verify.VerificationOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sizes that follow a symbolic axis otherwise than in proportion: sums behind a class token, and
 * what strides make of a height. Every graph runs in ONNX Runtime at sizes that were not traced.
 */
class SymbolicSizesTest {
    @TempDir Path folder;

    private static ArrayInput input(Object... sizes) {
        return new ArrayInput(
                "x",
                new ArrayType(
                        NumberType.FLOAT32,
                        Arrays.stream(sizes)
                                .map(
                                        size ->
                                                size instanceof String axis
                                                        ? Extent.axis(axis)
                                                        : Extent.of((Integer) size))
                                .toList()));
    }

    private static ExportOptions options(int opset) {
        ExportOptions defaults = ExportOptions.defaults();
        return new ExportOptions(
                opset,
                "network",
                List.of("y"),
                new TreeMap<>(),
                "test",
                "1",
                defaults.externalData(),
                // Every remainder of the strides, and a size far up.
                Optional.of(
                        VerificationOptions.defaults().withSteps(0, 1, 2, 3, 4, 5, 7, 12, 33, 70)),
                Map.of());
    }

    private Graph export(Block block, long minimum, ArrayInput input) {
        return export(block, 17, minimum, input);
    }

    private Graph export(Block block, int opset, long minimum, ArrayInput input) {
        Exporter exporter = new Exporter(block, options(opset)).input(input);
        for (Extent extent : input.type().shape()) {
            extent.axes().stream()
                    .filter(axis -> !axis.equals("batch"))
                    .forEach(
                            axis -> exporter.axis(new SymbolicAxis(axis, minimum, Long.MAX_VALUE)));
        }
        ExportReport report = exporter.export(folder.resolve("network.onnx"));
        assertThat(report.verification().orElseThrow().passed()).isTrue();
        OnnxChecker.checkWherePresent(report.file(), opset);
        return exporter.graph();
    }

    private Graph export(Function<NDArray, NDArray> forward, long minimum, ArrayInput input) {
        return export(FunctionBlock.ofOne(forward), minimum, input);
    }

    private static String output(Graph graph) {
        return graph.outputs().stream().map(Value::type).findFirst().orElseThrow().text();
    }

    private static NDArray withToken(NDArray x) {
        NDArray token = x.getManager().ones(new Shape(x.getShape().get(0), 1, 8));
        return NDArrays.concat(new NDList(token, x), 1);
    }

    @Test
    void putsAClassTokenBeforeASequenceOfAnyLength() {
        Graph graph =
                export(
                        x -> {
                            NDArray y = withToken(x);
                            long batch = y.getShape().get(0);
                            long tokens = y.getShape().get(1);
                            NDArray heads = y.reshape(batch, tokens, 2, 4).transpose(0, 2, 1, 3);
                            NDArray scores = heads.matMul(heads.transpose(0, 1, 3, 2)).softmax(3);
                            return scores.matMul(heads)
                                    .transpose(0, 2, 1, 3)
                                    .reshape(batch * tokens, 8)
                                    .reshape(batch, tokens, 8)
                                    .div(tokens);
                        },
                        1,
                        input("batch", "sequence", 8));

        assertThat(output(graph)).isEqualTo("float[batch,sequence+1,8]");
    }

    @Test
    void takesPartsOfASequenceByPlacesThatWereComputed() {
        ArrayInput tokens = input("batch", "sequence", 8);

        assertThat(output(export(x -> withToken(x).get(":, 1:"), 1, tokens)))
                .isEqualTo("float[batch,sequence,8]");
        assertThat(output(export(x -> x.get(":, 1:-1"), 3, tokens)))
                .isEqualTo("float[batch,sequence-2,8]");
        assertThat(output(export(x -> x.get(":, {}:{}", 1, x.getShape().get(1) - 1), 3, tokens)))
                .isEqualTo("float[batch,sequence-2,8]");
        assertThat(output(export(x -> x.get(":, {}", x.getShape().get(1) - 2), 3, tokens)))
                .isEqualTo("float[batch,8]");
        assertThat(output(export(x -> x.get(":, ::2").mul(2), 2, tokens)))
                .isEqualTo("float[batch,floor((sequence+1)/2),8]");
    }

    @Test
    void addsPositionsMadeForTheLength() {
        Graph graph =
                export(
                        x -> {
                            NDArray y = withToken(x);
                            int tokens = (int) y.getShape().get(1);
                            NDArray positions =
                                    x.getManager().arange(0, tokens, 1, DataType.FLOAT32);
                            return y.add(positions.reshape(1, tokens, 1));
                        },
                        1,
                        input("batch", "sequence", 8));

        assertThat(output(graph)).isEqualTo("float[batch,sequence+1,8]");
    }

    private static Conv2d convolution(int kernel, int stride, int padding, int filters) {
        return Conv2d.builder()
                .setKernelShape(new Shape(kernel, kernel))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(padding, padding))
                .setFilters(filters)
                .build();
    }

    private static Block initialised(NDManager manager, Block block, long... shape) {
        manager.getEngine().setRandomSeed(3);
        block.initialize(manager, DataType.FLOAT32, new Shape(shape));
        return block;
    }

    @Test
    void convolvesASequenceOfAnyLength() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block network =
                    new SequentialBlock()
                            .add(
                                    Conv1d.builder()
                                            .setKernelShape(new Shape(5))
                                            .optStride(new Shape(2))
                                            .optPadding(new Shape(1))
                                            .setFilters(4)
                                            .build())
                            .add(Activation.reluBlock())
                            .add(
                                    Conv1d.builder()
                                            .setKernelShape(new Shape(3))
                                            .optStride(new Shape(3))
                                            .setFilters(3)
                                            .build());

            Graph graph =
                    export(initialised(manager, network, 1, 2, 40), 9, input("batch", 2, "length"));

            assertThat(output(graph)).isEqualTo("float[batch,3,floor((length-1)/6)]");
        }
    }

    @Test
    void runsAFullyConvolutionalNetworkOnImagesOfAnySize() {
        try (NDManager manager = NDManager.newBaseManager()) {
            // Down to a quarter, back up to the size of the first stage, and beside it.
            Block network =
                    new SequentialBlock()
                            .add(convolution(3, 2, 1, 4))
                            .add(BatchNorm.builder().build())
                            .add(
                                    LambdaBlock.singleton(
                                            x -> {
                                                NDArray small =
                                                        x.getNDArrayInternal()
                                                                .maxPool(
                                                                        new Shape(2, 2),
                                                                        new Shape(2, 2),
                                                                        new Shape(0, 0),
                                                                        false);
                                                long[] size = {
                                                    x.getShape().get(2), x.getShape().get(3)
                                                };
                                                NDArray back =
                                                        small.getNDArrayInternal()
                                                                .interpolation(size, 0, false);
                                                return NDArrays.concat(new NDList(x, back), 1);
                                            }))
                            .add(convolution(1, 1, 0, 3));

            Graph graph =
                    export(
                            initialised(manager, network, 1, 3, 32, 32),
                            4,
                            input("batch", 3, "height", "width"));

            assertThat(output(graph))
                    .isEqualTo("float[batch,3,floor((height+1)/2),floor((width+1)/2)]");
        }
    }

    @Test
    void cutsImagesOfAnySizeIntoPatches() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block network =
                    new SequentialBlock()
                            .add(convolution(8, 8, 0, 8))
                            .add(
                                    LambdaBlock.singleton(
                                            x ->
                                                    x.reshape(x.getShape().get(0), 8, -1)
                                                            .transpose(0, 2, 1)
                                                            .softmax(1)));

            Graph graph =
                    export(
                            initialised(manager, network, 1, 3, 32, 32),
                            8,
                            input("batch", 3, "height", "width"));

            assertThat(output(graph)).isEqualTo("float[batch,floor(height/8)*floor(width/8),8]");
        }
    }

    @Test
    void refusesATokenBesideAProductOfTwoAxes() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block network =
                    new SequentialBlock()
                            .add(convolution(8, 8, 0, 8))
                            .add(
                                    LambdaBlock.singleton(
                                            x ->
                                                    withToken(
                                                            x.reshape(x.getShape().get(0), 8, -1)
                                                                    .transpose(0, 2, 1))));

            assertThatThrownBy(
                            () ->
                                    export(
                                            initialised(manager, network, 1, 3, 32, 32),
                                            8,
                                            input("batch", 3, "height", "width")))
                    .isInstanceOf(ExportException.class)
                    .hasMessageContainingAll("\"concat\"", "no multiple of");
        }
    }

    @Test
    void poolsADeepNetworkOnImagesOfAnySize() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block network =
                    ResNetV1.builder()
                            .setImageShape(new Shape(3, 64, 64))
                            .setNumLayers(18)
                            .setOutSize(5)
                            .build();

            Graph graph =
                    export(
                            initialised(manager, network, 1, 3, 64, 64),
                            33,
                            input("batch", 3, "height", "width"));

            assertThat(output(graph)).isEqualTo("float[batch,5]");
        }
    }

    @Test
    void takesAMultipleOfAnAxisForWhatMustDivide() {
        // Up by two what was brought down by two: only even sizes meet again.
        Function<NDArray, NDArray> meeting =
                x -> {
                    NDArray small =
                            x.getNDArrayInternal()
                                    .maxPool(
                                            new Shape(2, 2),
                                            new Shape(2, 2),
                                            new Shape(0, 0),
                                            false);
                    return small.repeat(2, 2).repeat(3, 2).add(x);
                };
        assertThatThrownBy(() -> export(meeting, 2, input("batch", 3, "height", 8)))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("do not broadcast");

        ArrayInput even =
                new ArrayInput(
                        "x",
                        new ArrayType(
                                NumberType.FLOAT32,
                                List.of(
                                        Extent.axis("batch"),
                                        Extent.of(3),
                                        Extent.axis("half_height").times(2),
                                        Extent.of(8))));
        assertThat(output(export(meeting, 1, even))).isEqualTo("float[batch,3,2*half_height,8]");
    }

    @Test
    void refusesAPoolThatRoundsUpASymbolicSize() {
        assertThatThrownBy(
                        () ->
                                export(
                                        x ->
                                                x.getNDArrayInternal()
                                                        .maxPool(
                                                                new Shape(3, 3),
                                                                new Shape(2, 2),
                                                                new Shape(0, 0),
                                                                true),
                                        4,
                                        input("batch", 3, "height", 8)))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("\"maxPool\"", "rounds up", "floor(height/2)");
    }
}
