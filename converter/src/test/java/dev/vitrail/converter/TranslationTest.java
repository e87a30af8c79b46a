package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.lower.Translation;
import dev.vitrail.converter.testing.FunctionBlock;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.CustomOperation;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import dev.vitrail.converter.verify.VerificationOptions;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Translations that callers add, axes beside the batch, and words that no engine of DJL runs. */
class TranslationTest {
    @TempDir Path folder;

    private static ExportOptions options(
            Map<String, Translation> translations, Optional<VerificationOptions> verification) {
        ExportOptions defaults = ExportOptions.defaults();
        return new ExportOptions(
                17,
                "network",
                List.of("y"),
                new TreeMap<>(),
                "test",
                "1",
                defaults.externalData(),
                verification,
                translations);
    }

    private static Block cube() {
        Block lambda = LambdaBlock.singleton(x -> x.mul(x).mul(x), "cube");
        return new SequentialBlock()
                .add(Linear.builder().setUnits(4).build())
                .add(new CustomOperation("cube", lambda, UnaryOperator.identity()));
    }

    @Test
    void exportsABlockAsTheOperationThatTheCallerTranslates() {
        Translation translation =
                e -> List.of(e.result("Pow", e.operand(0), e.number(NumberType.FLOAT32, 3)));
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = cube();
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));

            ExportReport report =
                    new Exporter(
                                    block,
                                    options(
                                            Map.of("cube", translation),
                                            Optional.of(VerificationOptions.defaults())))
                            .input("x", 3)
                            .export(folder.resolve("cube.onnx"));

            assertThat(report.operators()).containsEntry("Pow", 1).doesNotContainKey("Mul");
        }
    }

    @Test
    void refusesACustomOperationWithoutTranslation() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Block block = cube();
            block.initialize(manager, DataType.FLOAT32, new Shape(1, 3));

            assertThatThrownBy(
                            () ->
                                    new Exporter(block, options(Map.of(), Optional.empty()))
                                            .input("x", 3)
                                            .graph())
                    .isInstanceOf(ExportException.class)
                    .hasMessageContainingAll("\"cube\"", "register one");
        }
    }

    @Test
    void keepsSeveralAxesSymbolic() {
        ArrayInput tokens =
                new ArrayInput(
                        "tokens",
                        new ArrayType(
                                NumberType.FLOAT32,
                                List.of(
                                        Extent.axis("batch"),
                                        Extent.axis("sequence"),
                                        Extent.of(8))));
        Block attention =
                FunctionBlock.ofOne(
                        x -> {
                            long batch = x.getShape().get(0);
                            long sequence = x.getShape().get(1);
                            NDArray heads = x.reshape(batch, sequence, 2, 4).transpose(0, 2, 1, 3);
                            NDArray scores = heads.matMul(heads.transpose(0, 1, 3, 2)).softmax(3);
                            NDArray y = scores.matMul(heads).transpose(0, 2, 1, 3);
                            // Folds both axes and unfolds them, as BERT's embedding does.
                            return y.reshape(batch * sequence, 8)
                                    .reshape(batch, sequence, 8)
                                    .div(sequence);
                        });

        Exporter exporter =
                new Exporter(
                                attention,
                                options(Map.of(), Optional.of(VerificationOptions.defaults())))
                        .input(tokens);
        ExportReport report = exporter.export(folder.resolve("attention.onnx"));
        Graph graph = exporter.graph();

        assertThat(report.verification().orElseThrow().passed()).isTrue();
        assertThat(graph.inputs().get(0).type().text()).isEqualTo("float[batch,sequence,8]");
        assertThat(graph.outputs().get(0).type().text()).isEqualTo("float[batch,sequence,8]");
        assertThat(graph.nodes().stream().filter(n -> n.is("Shape")).map(Node::name))
                .hasSizeLessThanOrEqualTo(2);
    }

    // ---- DJL's PyTorch engine refuses these, so formulas are the witness

    private float[] run(Forward forward, float... x) throws OrtException {
        Block block = FunctionBlock.of(forward::apply);
        Path file = folder.resolve("formula.onnx");
        new Exporter(block, options(Map.of(), Optional.empty())).input("x", x.length).export(file);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor input =
                        OnnxTensor.createTensor(
                                environment, FloatBuffer.wrap(x), new long[] {1, x.length});
                OrtSession.Result result = session.run(Map.of("x", input))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] array = new float[values.remaining()];
            values.get(array);
            return array;
        }
    }

    private interface Forward {
        NDList apply(NDList inputs);
    }

    @Test
    void computesInverseHyperbolicFunctions() throws OrtException {
        assertThat(run(list -> new NDList(list.head().asinh()), 0.5f, -2f))
                .containsExactly(new float[] {0.48121182f, -1.4436355f}, offset(1e-6f));
        assertThat(run(list -> new NDList(list.head().acosh()), 1.5f, 3f))
                .containsExactly(new float[] {0.9624237f, 1.7627472f}, offset(1e-6f));
        assertThat(run(list -> new NDList(list.head().atanh()), 0.5f, -0.25f))
                .containsExactly(new float[] {0.5493061f, -0.25541282f}, offset(1e-6f));
    }

    @Test
    void computesTheParametricRelu() throws OrtException {
        Forward prelu =
                list ->
                        list.head()
                                .getNDArrayInternal()
                                .prelu(list.head(), list.head().getManager().create(0.25f));

        assertThat(run(prelu, 2f, -2f)).containsExactly(2f, -0.5f);
    }

    @Test
    void computesTheTransposedConvolution() throws OrtException {
        // One channel, stride 2: every number is spread by the kernel (1, 10).
        Forward deconvolution =
                list -> {
                    NDArray x = list.head().reshape(-1, 1, 3);
                    NDArray kernel = x.getManager().create(new float[] {1, 10}, new Shape(1, 1, 2));
                    return x.getNDArrayInternal()
                            .deconvolution(
                                    x,
                                    kernel,
                                    null,
                                    new Shape(2),
                                    new Shape(0),
                                    new Shape(0),
                                    new Shape(1),
                                    1);
                };

        assertThat(run(deconvolution, 1f, 2f, 3f)).containsExactly(1f, 10f, 2f, 20f, 3f, 30f);
    }

    @Test
    void computesTheSumOfADiagonal() throws OrtException {
        assertThat(
                        run(
                                list -> new NDList(list.head().reshape(-1, 2, 2).trace(0, 1, 2)),
                                1f,
                                2f,
                                3f,
                                4f))
                .containsExactly(5f);
        assertThat(
                        run(
                                list -> new NDList(list.head().reshape(-1, 2, 2).trace(1, 1, 2)),
                                1f,
                                2f,
                                3f,
                                4f))
                .containsExactly(2f);
    }

    @Test
    void computesProductsOfMatricesBatchByBatch() throws OrtException {
        Forward product =
                list -> {
                    NDArray x = list.head().reshape(-1, 1, 2);
                    return new NDList(x.batchDot(x.transpose(0, 2, 1)));
                };

        assertThat(run(product, 1f, 2f, 3f, 4f)).containsExactly(5f, 25f);
    }

    @Test
    void masksWhatIsBehindASequence() throws OrtException {
        Forward masked =
                list -> {
                    NDArray x = list.head().reshape(-1, 3);
                    return new NDList(x.sequenceMask(x.get(":, 0"), -1));
                };

        assertThat(run(masked, 1f, 5f, 6f, 2f, 7f, 8f)).containsExactly(1f, -1f, -1f, 2f, 7f, -1f);
    }

    /** The prior boxes of SSD: constants of the sizes, of which DJL's operation is registered. */
    @Test
    void recordsALayersOperationThatTheCallerTranslates() {
        Block priors =
                FunctionBlock.of(
                        list ->
                                list.head()
                                        .getNDArrayInternal()
                                        .multiBoxPrior(
                                                List.of(0.5f),
                                                List.of(1f),
                                                List.of(-1f, -1f),
                                                List.of(0.5f, 0.5f),
                                                false));
        Exporter exporter =
                new Exporter(priors, options(Map.of(), Optional.empty())).input("x", 3, 1, 1);
        assertThatThrownBy(exporter::graph)
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("\"multiBoxPrior\"", "Exporter.operation");

        Graph graph =
                exporter.operation(
                                "multiBoxPrior",
                                (operands, arguments) ->
                                        List.of(ArrayType.of(NumberType.FLOAT32, 1, 1, 4)),
                                e -> List.of(e.filled(e.call().result(), 0.25)))
                        .graph();

        assertThat(graph.outputs().get(0).type().text()).isEqualTo("float[1,1,4]");
    }
}
