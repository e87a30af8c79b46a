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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
        // Biases start at zero; give the network some that were trained.
        vit.getParameters().stream()
                .filter(p -> p.getKey().endsWith("bias"))
                .forEach(p -> p.getValue().getArray().addi(0.01f));
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

    /** The faults, as a table that the module's DIFFERENCES.md has too. */
    @Test
    void catchesEveryFault() throws IOException {
        List<String> table = new ArrayList<>();
        table.add("| Planted in a vision transformer | Difference | Allowed |");
        table.add("| --- | --- | --- |");
        OutputDifference sound = verify(good).outputs().get(0);
        assertThat(sound.isWithinTolerance()).isTrue();
        table.add(row("nothing", sound));
        Map<String, Graph> faults = faults();
        faults.forEach(
                (fault, graph) -> {
                    OutputDifference found = verify(graph).outputs().get(0);
                    assertThat(found.isWithinTolerance()).as("%s: %s", fault, found).isFalse();
                    table.add(row(fault, found));
                });
        String baked = "a batch of 2 in a shape";
        assertThatThrownBy(() -> verify(bakedIn())).isInstanceOf(ExportException.class);
        table.add("| " + baked + " | cannot be run | |");

        Path target = Path.of("target");
        Files.createDirectories(target);
        Files.write(target.resolve("faults.md"), table);
        List<String> names = new ArrayList<>(faults.keySet());
        names.add(baked);
        assertThat(Path.of(System.getProperty("vitrail.root"), "converter", "DIFFERENCES.md"))
                .as("DIFFERENCES.md, whose table target/faults.md has anew")
                .content()
                .contains(names.stream().map(name -> "| " + name + " | ").toList());
    }

    private static String row(String fault, OutputDifference found) {
        return String.format(
                Locale.ROOT, "| %s | %.0e | %.0e |", fault, found.relative(), found.tolerance());
    }

    private Map<String, Graph> faults() {
        Map<String, Graph> faults = new LinkedHashMap<>();
        faults.put("epsilon of the layer norms 1e-3 for 1e-6", withEpsilon(1e-3f));
        faults.put("epsilon of the layer norms 1e-5 for 1e-6", withEpsilon(1e-5f));
        faults.put("queries and keys exchanged in one block", withQueriesAndKeysExchanged());
        faults.put("bias of the head dropped", withoutBias("head"));
        faults.put("bias of one block's queries, keys and values dropped", withoutQkvBias());
        faults.put("class token behind the patches", withTokenBehind());
        faults.put("softmax over the queries in one block", withSoftmaxOverQueries());
        faults.put("attention scaled by the whole dimension", withScaleOfTheWholeDimension());
        faults.put("tanh form of GELU", withTanhGelu());
        return faults;
    }

    private Graph withEpsilon(float epsilon) {
        return with(
                node ->
                        node.is("LayerNormalization")
                                ? withAttributes(
                                        node,
                                        Map.of(
                                                "axis", Attribute.of(-1),
                                                "epsilon", Attribute.of(epsilon)))
                                : node);
    }

    private static Node withAttributes(Node node, Map<String, Attribute> attributes) {
        return new Node(node.operator(), node.name(), node.inputs(), node.outputs(), attributes);
    }

    private Graph withQueriesAndKeysExchanged() {
        // Query and key are the first and second place of the same axis.
        List<Node> gathers =
                good.nodes().stream()
                        .filter(n -> n.is("Gather") && n.name().startsWith("blocks.1.attn"))
                        .toList();
        Node query = gathers.get(0);
        Node key = gathers.get(1);
        return with(
                node ->
                        node.equals(query)
                                ? withInputs(node, query.input(0), key.input(1))
                                : node.equals(key)
                                        ? withInputs(node, key.input(0), query.input(1))
                                        : node);
    }

    private Graph withoutBias(String block) {
        Graph wrong =
                with(
                        node ->
                                node.name().equals(block)
                                        ? withInputs(node, node.input(0), node.input(1))
                                        : node);
        List<Initializer> used = new ArrayList<>(wrong.initializers());
        used.removeIf(i -> i.name().equals(block + ".bias"));
        return wrong.with(used, wrong.nodes());
    }

    private Graph withoutQkvBias() {
        Value bias =
                good.initializers().stream()
                        .filter(i -> i.name().equals("blocks.1.attn.qkv.bias"))
                        .findFirst()
                        .orElseThrow()
                        .value();
        Initializer zeros =
                new Initializer(
                        "zeros",
                        bias.type(),
                        TensorData.ofFloats(new float[(int) bias.type().elementCount()]));
        List<Initializer> initializers = new ArrayList<>(good.initializers());
        initializers.removeIf(i -> i.value().equals(bias));
        initializers.add(zeros);
        Graph changed = with(node -> node.mapValues(v -> v.equals(bias) ? zeros.value() : v));
        return changed.with(initializers, changed.nodes());
    }

    private Graph withTokenBehind() {
        return with(
                node ->
                        node.is("Concat") && node.output().type().rank() == 3
                                ? withInputs(node, node.input(1), node.input(0))
                                : node);
    }

    private Graph withSoftmaxOverQueries() {
        return with(
                node ->
                        node.name().equals("blocks.1.attn/Softmax")
                                ? withAttributes(node, Map.of("axis", Attribute.of(-2)))
                                : node);
    }

    private Graph withScaleOfTheWholeDimension() {
        Initializer wrong =
                new Initializer(
                        "wrong.scale",
                        TensorType.of(ElementType.FLOAT),
                        TensorData.ofFloats((float) (1 / Math.sqrt(48))));
        List<Initializer> initializers = new ArrayList<>(good.initializers());
        initializers.add(wrong);
        Graph changed =
                with(
                        node ->
                                node.is("Mul") && node.name().startsWith("blocks.1.attn")
                                        ? withInputs(node, node.input(0), wrong.value())
                                        : node);
        return changed.with(initializers, changed.nodes());
    }

    private Graph withTanhGelu() {
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
        Graph exact = new Exporter(vit, opset20).input(PIXELS).graph();
        assertThat(verify(exact).passed()).isTrue();
        return exact.with(
                exact.initializers(),
                exact.nodes().stream()
                        .map(
                                node ->
                                        node.is("Gelu")
                                                ? withAttributes(
                                                        node,
                                                        Map.of("approximate", Attribute.of("tanh")))
                                                : node)
                        .toList());
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
    void usesAToleranceOfTheCallersAsItIs() {
        VerificationOptions loose = VerificationOptions.defaults().withTolerance(1e-4);
        try (PendingModel model = write(withEpsilon(1e-5f))) {
            VerificationReport found =
                    new Verification(vit, List.of(PIXELS), List.of(SymbolicAxis.of("batch")), loose)
                            .run(model.model(), folder.resolve("vit.onnx"));

            assertThat(found.passed()).isTrue();
            assertThat(found.outputs().get(0).tolerance()).isEqualTo(1e-4);
        }
    }
}
