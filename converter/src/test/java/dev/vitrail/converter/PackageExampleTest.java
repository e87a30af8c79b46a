package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.lower.Emission;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.NumberType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in the package documentation runs, and is the code that runs here. */
class PackageExampleTest {
    private static final Path MODULE = Path.of(System.getProperty("vitrail.root"), "converter");
    private static final String PACKAGE = "java/dev/vitrail/converter";

    @TempDir Path folder;

    @Test
    void exportsTheNetworkOfTheExample() {
        try (NDManager manager = NDManager.newBaseManager()) {
            // example begins
            Block network =
                    new SequentialBlock()
                            .add(
                                    Conv2d.builder()
                                            .setKernelShape(new Shape(3, 3))
                                            .setFilters(8)
                                            .build())
                            .add(Activation::relu)
                            .add(Pool.globalAvgPool2dBlock())
                            .add(Linear.builder().setUnits(5).build());
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 32, 32));
            ExportReport report =
                    new Exporter(network, ExportOptions.defaults())
                            .input("pixel_values", 3, 32, 32)
                            .export(folder.resolve("network.onnx"));
            // example ends
            assertThat(report.verification().orElseThrow().passed()).isTrue();
        }
    }

    /** Sets to zero what is not above a limit, number by number in Java. */
    static final class Threshold extends AbstractBlock {
        private final float limit;

        Threshold(float limit) {
            this.limit = limit;
        }

        float limit() {
            return limit;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            float[] values = inputs.head().toFloatArray();
            for (int i = 0; i < values.length; i++) {
                values[i] = values[i] > limit ? values[i] : 0;
            }
            return new NDList(inputs.getManager().create(values, inputs.head().getShape()));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    private static Value isZero(Emission e) {
        ArrayType truth = new ArrayType(NumberType.BOOLEAN, e.type(0).shape());
        return e.node("Equal", truth, e.operand(0), zero(e));
    }

    private static Value zero(Emission e) {
        return e.number(NumberType.FLOAT32, 0);
    }

    private static Value reciprocal(Emission e) {
        return e.result("Reciprocal", e.operand(0));
    }

    @Test
    void translatesABlockAndAnOperationAsTheSecondExampleDoes() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block network =
                    new SequentialBlock()
                            .add(new SequentialBlock().add(new Threshold(0.25f)))
                            .add(
                                    x -> {
                                        NDArray eye = x.getManager().eye(4);
                                        NDArray diagonal = x.head().add(1).expandDims(-1).mul(eye);
                                        return new NDList(diagonal.inverse());
                                    });
            network.initialize(manager, DataType.FLOAT32, new Shape(1, 4));
            // second example begins
            Exporter exporter =
                    new Exporter(network, ExportOptions.defaults())
                            .input("x", 4)
                            // Reads values in Java, which no trace can follow; ONNX can say it.
                            .block(
                                    Threshold.class,
                                    block ->
                                            e ->
                                                    List.of(
                                                            e.node(
                                                                    "ThresholdedRelu",
                                                                    e.call().result(),
                                                                    Map.of(
                                                                            "alpha",
                                                                            Attribute.of(
                                                                                    block.limit())),
                                                                    e.operand(0))))
                            // Of diagonal matrices; the result is of the operand's type.
                            .operation(
                                    "inverse",
                                    (operands, arguments) -> operands,
                                    e ->
                                            List.of(
                                                    e.result(
                                                            "Where",
                                                            isZero(e),
                                                            zero(e),
                                                            reciprocal(e))));
            // second example ends
            ExportReport report = exporter.export(folder.resolve("network.onnx"));

            assertThat(report.verification().orElseThrow().passed()).isTrue();
            assertThat(report.operators()).containsKeys("ThresholdedRelu", "Reciprocal");
        }
    }

    @Test
    void isTheExampleOfTheDocumentation() throws IOException {
        String page =
                Files.readString(MODULE.resolve("src/main/" + PACKAGE + "/package-info.java"));
        String test =
                Files.readString(
                        MODULE.resolve("src/test/" + PACKAGE + "/PackageExampleTest.java"));

        String[] examples = page.split("<pre>");
        assertThat(code(examples[1], "{@code\n", "}</pre>"))
                .isEqualTo(code(test, "// example begins\n", "// example ends"));
        assertThat(code(examples[2], "{@code\n", "}</pre>"))
                .isEqualTo(code(test, "// second example begins\n", "// second example ends"));
    }

    /** Without line breaks, indents and the stars of comments, which formatting decides. */
    private static String code(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from))
                .replaceAll("(?m)^ \\* ", "")
                .replaceAll("\\s", "");
    }
}
