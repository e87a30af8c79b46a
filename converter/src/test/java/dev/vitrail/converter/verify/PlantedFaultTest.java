package dev.vitrail.converter.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.vitrail.converter.ExportOptions;
import dev.vitrail.converter.Exporter;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.Initializer;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.onnx.OnnxMetadata;
import dev.vitrail.converter.onnx.OnnxWriter;
import dev.vitrail.converter.onnx.PendingModel;
import dev.vitrail.converter.testing.TinyVit;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.SymbolicAxis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mistakes planted in a good graph, of the kinds that exporters make: the verification sees each.
 */
class PlantedFaultTest {
    private static final ArrayInput PIXELS = ArrayInput.batchOf("pixel_values", 3, 32, 32);

    @TempDir Path folder;
    private NDManager manager;
    private TinyVit vit;
    private Graph good;

    @BeforeEach
    void exportAGoodGraph() {
        manager = NDManager.newBaseManager();
        vit = TinyVit.initialised(manager, TinyVit.Config.TINY);
        good = new Exporter(vit, ExportOptions.defaults()).input(PIXELS).graph();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private PendingModel write(Graph graph) {
        return OnnxWriter.write(
                graph,
                OnnxMetadata.of("test", "1", Map.of()),
                folder.resolve("vit.onnx"),
                ExternalDataPolicy.AUTO);
    }

    private VerificationReport verify(Graph graph) {
        try (PendingModel model = write(graph)) {
            return new Verification(
                            vit,
                            List.of(PIXELS),
                            List.of(SymbolicAxis.of("batch")),
                            VerificationOptions.defaults())
                    .run(model.model(), folder.resolve("vit.onnx"));
        }
    }

    private Graph with(UnaryOperator<Node> change) {
        return good.with(good.initializers(), good.nodes().stream().map(change).toList());
    }

    private static Node withInputs(Node node, Value... inputs) {
        return node.withInputs(List.of(inputs));
    }

    @Test
    void passesTheGoodGraph() {
        VerificationReport report = verify(good);

        assertThat(report.passed()).isTrue();
        assertThat(report.samples()).hasSize(5);
        assertThat(report.largestRelativeDifference()).isPositive();
    }

    @Test
    void catchesAWrongEpsilon() {
        Graph wrong =
                with(
                        node ->
                                node.is("LayerNormalization")
                                        ? new Node(
                                                node.operator(),
                                                node.name(),
                                                node.inputs(),
                                                node.outputs(),
                                                Map.of(
                                                        "axis", Attribute.of(-1),
                                                        "epsilon", Attribute.of(1e-3f)))
                                        : node);

        assertThat(verify(wrong).passed()).isFalse();
    }

    @Test
    void catchesSwappedQueriesAndKeys() {
        // In one block only; query and key are the first and second place of the same axis.
        List<Node> gathers =
                good.nodes().stream()
                        .filter(n -> n.is("Gather") && n.name().startsWith("blocks.1.attn"))
                        .toList();
        Node query = gathers.get(0);
        Node key = gathers.get(1);
        Graph wrong =
                with(
                        node ->
                                node.equals(query)
                                        ? withInputs(node, query.input(0), key.input(1))
                                        : node.equals(key)
                                                ? withInputs(node, key.input(0), query.input(1))
                                                : node);

        assertThat(verify(wrong).passed()).isFalse();
    }

    @Test
    void catchesADroppedBias() {
        Graph wrong =
                with(
                        node ->
                                node.is("Gemm")
                                        ? withInputs(node, node.input(0), node.input(1))
                                        : node);
        List<Initializer> used = new ArrayList<>(wrong.initializers());
        used.removeIf(i -> i.name().equals("head.bias"));

        // The bias starts at zero; give the network one that was trained.
        vit.getParameters().stream()
                .filter(p -> p.getKey().endsWith("head_bias"))
                .forEach(p -> p.getValue().getArray().addi(0.01f));
        assertThat(verify(good).passed()).isTrue();
        assertThat(verify(wrong.with(used, wrong.nodes())).passed()).isFalse();
    }

    @Test
    void catchesABatchThatWasBakedIn() {
        assertThatThrownBy(() -> verify(bakedIn()))
                .isInstanceOf(ExportException.class)
                .hasMessageStartingWith(
                        folder.resolve("vit.onnx") + ": ONNX Runtime cannot run this file: ")
                .hasMessageNotContainingAny("Error code", "\n", "partial");
    }

    @Test
    void namesTheTargetOfAFileThatCannotBeLoaded() throws IOException {
        try (PendingModel model = write(good)) {
            Files.writeString(model.model(), "no model");
            Path target = Path.of("named.onnx");
            Verification verification =
                    new Verification(
                            vit,
                            List.of(PIXELS),
                            List.of(SymbolicAxis.of("batch")),
                            VerificationOptions.defaults());
            assertThatThrownBy(() -> verification.run(model.model(), target))
                    .isInstanceOf(ExportException.class)
                    .hasMessageStartingWith("named.onnx: ONNX Runtime cannot run this file: ")
                    .hasMessageNotContainingAny("Error code", "partial");
        }
    }

    @Test
    void printsNothingOfItsOwn() throws IOException, InterruptedException {
        try (PendingModel model = write(bakedIn())) {
            // ONNX Runtime writes to the process's stderr: only another process can see that.
            Path errors = folder.resolve("errors.txt");
            Process child =
                    new ProcessBuilder(
                                    ProcessHandle.current().info().command().orElseThrow(),
                                    "-cp",
                                    System.getProperty(
                                            "surefire.test.class.path",
                                            System.getProperty("java.class.path")),
                                    FailingRun.class.getName(),
                                    model.model().toString())
                            .redirectError(errors.toFile())
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            assertThat(child.waitFor()).isEqualTo(FailingRun.FAILED);
            assertThat(errors).content().doesNotContain("[E:onnxruntime");
        }
    }

    private Graph bakedIn() {
        Node expand = good.nodes().stream().filter(n -> n.is("Expand")).findFirst().orElseThrow();
        TensorType type = TensorType.of(ElementType.INT64, 3);
        Initializer baked = new Initializer("baked", type, TensorData.ofLongs(2, 1, 1));
        List<Initializer> initializers = new ArrayList<>(good.initializers());
        initializers.add(baked);
        Graph wrong =
                with(
                        node ->
                                node.equals(expand)
                                        ? withInputs(node, node.input(0), baked.value())
                                        : node);

        return wrong.with(initializers, wrong.nodes());
    }

    @Test
    void catchesTheApproximateGelu() {
        ExportOptions opset20 =
                new ExportOptions(
                        20,
                        "vit",
                        List.of(),
                        new TreeMap<>(),
                        "test",
                        "1",
                        ExternalDataPolicy.AUTO,
                        Optional.empty(),
                        Map.of());
        good = new Exporter(vit, opset20).input(PIXELS).graph();
        Graph wrong =
                with(
                        node ->
                                node.is("Gelu")
                                        ? new Node(
                                                "Gelu",
                                                node.name(),
                                                node.inputs(),
                                                node.outputs(),
                                                Map.of("approximate", Attribute.of("tanh")))
                                        : node);

        assertThat(verify(good).passed()).isTrue();
        assertThat(verify(wrong).passed()).isFalse();
    }
}
