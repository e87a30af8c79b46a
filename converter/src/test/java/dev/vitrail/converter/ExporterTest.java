package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.testing.OnnxChecker;
import dev.vitrail.converter.testing.TinyVit;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.SymbolicAxis;
import dev.vitrail.converter.trace.Tracer;
import dev.vitrail.converter.verify.VerificationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExporterTest {
    @TempDir Path folder;
    private NDManager manager;
    private TinyVit vit;

    @BeforeEach
    void initialise() {
        manager = NDManager.newBaseManager();
        vit = TinyVit.initialised(manager, TinyVit.Config.TINY);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static ExportOptions options(int opset, Optional<VerificationOptions> verification) {
        return new ExportOptions(
                opset,
                "vit",
                List.of("logits"),
                new TreeMap<>(Map.of("vitrail.precision", "fp32")),
                "vitrail",
                "test",
                ExternalDataPolicy.AUTO,
                verification,
                Map.of());
    }

    private static ExportOptions unverified() {
        return options(17, Optional.empty());
    }

    private Exporter exporter(ExportOptions options) {
        return new Exporter(vit, options).input("pixel_values", 3, 32, 32);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 18, 19, 20, 21, 22, 23})
    void exportsAVisionTransformerThatComputesWhatDjlComputes(int opset) throws IOException {
        ExportReport report =
                exporter(options(opset, Optional.of(VerificationOptions.defaults())))
                        .export(folder.resolve("vit.onnx"));

        assertThat(report.verification())
                .hasValueSatisfying(found -> assertThat(found.passed()).isTrue());
        assertThat(report.operators()).containsEntry(opset >= 23 ? "Attention" : "Softmax", 3);
        assertThat(report.operators().containsKey("Gelu")).isEqualTo(opset >= 20);
        assertThat(report.parameters()).isEqualTo(95530);
        assertThat(files()).containsExactly("vit.onnx");
        OnnxChecker.checkWherePresent(report.file(), opset);
    }

    @Test
    void exportsAnAverageOverTheTokens() {
        vit = TinyVit.initialised(manager, TinyVit.Config.averaging());

        ExportReport report = exporter(ExportOptions.defaults()).export(folder.resolve("vit.onnx"));

        assertThat(report.operators()).containsEntry("ReduceMean", 1);
    }

    @Test
    void namesNodesAfterBlocksAndInitializersAfterParameters() {
        Graph graph = exporter(unverified()).graph();

        assertThat(graph.nodes())
                .extracting(Node::name)
                .contains(
                        "patch_embed",
                        "blocks.0.norm1",
                        "blocks.0.attn.qkv",
                        "blocks.2.mlp.fc2",
                        "head");
        assertThat(graph.nodes().stream().filter(n -> n.is("Softmax")).map(Node::name))
                .containsExactly(
                        "blocks.0.attn/Softmax", "blocks.1.attn/Softmax", "blocks.2.attn/Softmax");
        assertThat(graph.initializers())
                .extracting("name")
                .contains("cls_token", "blocks.0.attn.qkv.weight", "head.bias");
        assertThat(graph.inputs().get(0).type().text()).isEqualTo("float[batch,3,32,32]");
        assertThat(graph.outputs().get(0).type().text()).isEqualTo("float[batch,10]");
        assertThat(graph.outputs().get(0).name()).isEqualTo("logits");
    }

    @Test
    void takesNamesFromTheCaller() {
        Map<String, Parameter> names = new LinkedHashMap<>();
        vit.getParameters()
                .forEach(
                        pair ->
                                names.put(
                                        "vision." + pair.getKey().replace('_', '.'),
                                        pair.getValue()));

        Graph graph = exporter(unverified()).naming(names).graph();

        assertThat(graph.initializers()).extracting("name").contains("vision.cls.token");
    }

    @Test
    void writesTheSameBytesForTheSameNetwork() throws IOException {
        exporter(unverified()).export(folder.resolve("a.onnx"));
        exporter(unverified()).export(folder.resolve("b.onnx"));

        assertThat(folder.resolve("a.onnx")).hasSameBinaryContentAs(folder.resolve("b.onnx"));
    }

    /** ONNX Runtime reads the weights from the second file when it is compared with the engine. */
    @Test
    void writesWeightsOutsideThatComputeTheSameAndAreTheSameBytesEachTime() throws IOException {
        ExportOptions outside =
                new ExportOptions(
                        17,
                        "vit",
                        List.of("logits"),
                        new TreeMap<>(),
                        "vitrail",
                        "test",
                        ExternalDataPolicy.ALWAYS,
                        Optional.of(VerificationOptions.defaults()),
                        Map.of());
        Path target = folder.resolve("vit.onnx");
        ExportReport first = exporter(outside).export(target);
        byte[] model = Files.readAllBytes(target);
        byte[] data = Files.readAllBytes(first.dataFile().orElseThrow());

        ExportReport second = exporter(outside).export(target);

        assertThat(files()).containsExactly("vit.onnx", "vit.onnx_data");
        assertThat(target).hasBinaryContent(model);
        assertThat(folder.resolve("vit.onnx_data")).hasBinaryContent(data);
        assertThat(second.weightsSha256()).isEqualTo(first.weightsSha256());
        assertThat(first.weightsSha256())
                .isEqualTo(exporter(unverified()).export(target).weightsSha256());
    }

    @Test
    void readsTheBatchOnlyWhereTheClassTokenNeedsIt() {
        Graph graph = exporter(unverified()).graph();

        assertThat(graph.nodes().stream().filter(n -> n.is("Shape"))).hasSize(1);
    }

    @Test
    void buildsTheGraphOfAHugeNetworkWithoutItsWeights() {
        // ViT-H/14: 632 million parameters, 2.5 GB if they existed.
        TinyVit huge = new TinyVit(new TinyVit.Config(224, 14, 1280, 32, 16, 1000, false));
        ArrayInput pixels = ArrayInput.batchOf("pixel_values", 3, 224, 224);
        Tracer.plan(huge, List.of(pixels));
        Exporter exporter = new Exporter(huge, unverified()).input(pixels);

        assertThat(exporter.trace().parameterCount()).isEqualTo(632_045_800L);
        assertThat(exporter.graph().weightBytes()).isGreaterThan(2_500_000_000L);
        assertThatThrownBy(() -> exporter.export(folder.resolve("huge.onnx")))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("was planned", "no values");
    }

    @Test
    void plansWithoutDrawingWeightsAndLeavesTheInitializersToTheBlock() {
        TinyVit planned = new TinyVit(TinyVit.Config.TINY);
        Initializer drawing =
                (owner, shape, type) -> {
                    throw new IllegalStateException("drawn");
                };
        planned.getParameters().values().forEach(p -> p.setInitializer(drawing));
        Tracer.plan(planned, List.of(ArrayInput.batchOf("pixel_values", 3, 32, 32)));

        assertThat(planned.getParameters().values())
                .isNotEmpty()
                .allMatch(Parameter::isInitialized)
                .allMatch(parameter -> parameter.getInitializer() == drawing);
    }

    @Test
    void takesWeightsFromElsewhereForABlockThatHasNone() throws IOException {
        TinyVit planned = new TinyVit(TinyVit.Config.TINY);
        ArrayInput pixels = ArrayInput.batchOf("pixel_values", 3, 32, 32);
        Tracer.plan(planned, List.of(pixels));
        Tracer values = new Tracer(vit, null);

        new Exporter(planned, unverified())
                .input(pixels)
                .weights(
                        name ->
                                TensorData.ofBuffers(
                                        values.byteSize(name), () -> List.of(values.bytes(name))))
                .export(folder.resolve("planned.onnx"));
        exporter(unverified()).export(folder.resolve("vit.onnx"));

        assertThat(folder.resolve("planned.onnx"))
                .hasSameBinaryContentAs(folder.resolve("vit.onnx"));
    }

    @Test
    void refusesWeightsOfAnotherSize() {
        assertThatThrownBy(
                        () ->
                                exporter(unverified())
                                        .weights(name -> TensorData.ofFloats(1, 2))
                                        .export(folder.resolve("vit.onnx")))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("patch_embed.weight", "8 bytes", "must have 36864");
    }

    @Test
    void refusesWeightsThatAreNotFinite() throws IOException {
        NDArray weight = parameter("head_weight").getArray();
        weight.set(new NDIndex(2, 3), Float.NaN);

        assertThatThrownBy(
                        () -> exporter(ExportOptions.defaults()).export(folder.resolve("vit.onnx")))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("head.weight", "number 99", "NaN");
        assertThat(files()).isEmpty();
    }

    private Parameter parameter(String end) {
        return vit.getParameters().stream()
                .filter(pair -> pair.getKey().endsWith(end))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    @Test
    void leavesNothingBehindWhereTheVerificationFails() throws IOException {
        VerificationOptions impossible = VerificationOptions.defaults().withTolerance(1e-12);
        Path target = Files.writeString(folder.resolve("vit.onnx"), "an older file");

        assertThatThrownBy(() -> exporter(options(17, Optional.of(impossible))).export(target))
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll("vit.onnx", "not written", "logits");
        assertThat(files()).containsExactly("vit.onnx");
        assertThat(target).hasContent("an older file");
    }

    @Test
    void refusesWhatTheCallerGotWrong() {
        Path target = folder.resolve("vit.onnx");
        assertRefused(
                () -> exporter(options(16, Optional.empty())).graph(), "opset 16", "17 to 23");
        assertRefused(() -> new Exporter(vit, unverified()).graph(), "no input");
        assertRefused(
                () -> exporter(unverified()).axis(SymbolicAxis.of("sequence")),
                "symbolic axis sequence",
                "[batch]");
        assertRefused(
                () -> exporter(unverified()).export(folder.resolve("none").resolve("vit.onnx")),
                "there is no folder");
        assertRefused(
                () -> new Exporter(vit, unverified()).input("logits", 3, 32, 32).export(target),
                "logits",
                "used twice");
        assertRefused(
                () -> new Exporter(vit, unverified()).input("x", 3, 16, 16).graph(),
                "forward pass fails");
        assertThat(target).doesNotExist();
    }

    private static void assertRefused(Runnable work, String... parts) {
        assertThatThrownBy(work::run)
                .isInstanceOf(ExportException.class)
                .hasMessageContainingAll(parts);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 23})
    void handsOutWhatIsObserved(int opset) {
        Optional<VerificationOptions> verification = Optional.of(VerificationOptions.defaults());
        Exporter exporter =
                exporter(options(opset, verification))
                        .observe(
                                "softmax",
                                block -> Optional.of("weights." + block.replaceAll("\\D", "")));
        Graph graph = exporter.graph();
        assertThat(graph.outputs())
                .extracting(output -> output.name() + " " + output.type().text())
                .containsExactly(
                        "logits float[batch,10]",
                        "weights.0 float[batch,4,17,17]",
                        "weights.1 float[batch,4,17,17]",
                        "weights.2 float[batch,4,17,17]");
        // In opset 23 attention would be one operator otherwise.
        assertThat(graph.nodes().stream().filter(node -> node.is("Softmax"))).hasSize(3);
        // The network returns the logits alone, and those are compared.
        ExportReport report = exporter.export(folder.resolve("observed.onnx"));
        assertThat(report.verification()).isPresent();
        OnnxChecker.checkWherePresent(folder.resolve("observed.onnx"), opset);
    }

    @Test
    void refusesToObserveNothing() {
        assertThatThrownBy(
                        () ->
                                exporter(unverified())
                                        .observe("softmax", block -> Optional.empty())
                                        .graph())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("nothing to observe", "softmax");
    }

    @Test
    void refusesToObserveTwoResultsUnderOneName() {
        assertThatThrownBy(
                        () ->
                                exporter(unverified())
                                        .observe("softmax", block -> Optional.of("weights"))
                                        .graph())
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("observed as weights");
    }
}
