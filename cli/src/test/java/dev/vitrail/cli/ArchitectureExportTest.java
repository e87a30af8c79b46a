package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.vitrail.converter.ExportOptions;
import dev.vitrail.converter.ExportReport;
import dev.vitrail.converter.Exporter;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.Call;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.SymbolicAxis;
import dev.vitrail.converter.trace.Trace;
import dev.vitrail.converter.trace.Tracer;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.ModelPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a config can say and what ships, from the key to ONNX Runtime: each key of the model in a
 * small network that is exported and run, and every shipped variant traced without weights.
 */
class ArchitectureExportTest {

    private static final Map<String, Long> ONE_IMAGE = Map.of("batch", 1L);

    @TempDir private Path folder;

    @BeforeAll
    static void findTheConfigs() {
        System.setProperty("vitrail.home", System.getProperty("vitrail.root"));
    }

    /** One small network with this in its config; exports agree with DJL or are refused. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'qkv_bias': false, 'patch_bias': false",
                "'class_token': false, 'pool': 'mean'",
                "'distillation_token': true",
                "'registers': 3, 'positions_on_patches_only': true",
                "'registers': 2, 'class_token': false, 'pool': 'mean', 'fc_norm': true",
                "'position_embedding': 'sincos_mae'",
                "'position_embedding': 'sincos_big_vision', 'positions_on_patches_only': true",
                "'pre_norm': true, 'activation': 'quick_gelu', 'norm_eps': 1e-5",
                "'qk_norm': true, 'layer_scale': 0.1",
                "'mlp': 'swiglu', 'mlp_dim': 40",
                "'activation': 'gelu_tanh', 'final_norm': false",
                "'pool': 'attention', 'class_token': false",
                "'pool': 'attention', 'registers': 2",
                "'pool': 'token_and_mean', 'registers': 2",
                "'pre_logits': 9",
                "'stem': {'type': 'convolution', 'channels': [6, 8, 8], 'strides': [2, 1, 2]}",
                "'stem': {'type': 'resnet', 'depths': [2, 1], 'width': 32}",
                "'stem': {'type': 'resnet', 'depths': [], 'width': 32}"
            })
    void exportsWhatEachKeySays(String keys) {
        ModelConfig config = small(keys);
        VisionTransformer network = network(config);
        try (NDManager manager = NDManager.newBaseManager()) {
            network.initialize(manager, 1);
            for (int opset : new int[] {17, 23}) {
                ExportReport report =
                        NetworkExport.verified(
                                config,
                                network,
                                new NetworkExport.Settings(
                                        folder.resolve(opset + ".onnx"),
                                        opset,
                                        ExternalDataPolicy.NEVER),
                                List.of());
                assertThat(report.verification()).isPresent();
            }
        }
        countsWhatIsTraced(config);
    }

    static Stream<String> shipped() {
        findTheConfigs();
        return Configs.shipped().stream().map(ModelConfig::name);
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void countsWhatTheShippedVariantsAreTracedTo(String name) {
        countsWhatIsTraced(Configs.ofName(name));
    }

    /** The last three columns of the README's tables, which begin with a config's name. */
    @ParameterizedTest
    @MethodSource("shipped")
    void findsTheShippedVariantsInTheReadme(String name) throws IOException {
        ModelConfig config = Configs.ofName(name);
        ModelPlan plan = ModelPlan.of(config.model(), config.labels().count());
        double giga = plan.multiplyAccumulates() / 1e9;
        String columns =
                String.format(
                        Locale.ROOT,
                        giga < 0.1 ? " | %d | %s | %.4f | %.1f |" : " | %d | %s | %.2f | %.1f |",
                        plan.tokens(),
                        String.format(Locale.ROOT, "%,d", plan.parameters()).replace(',', ' '),
                        giga,
                        plan.onnxBytes(config.model().depth()) / 1048576.0);
        assertThat(Files.readAllLines(Path.of(System.getProperty("vitrail.root"), "README.md")))
                .anySatisfy(
                        line ->
                                assertThat(line)
                                        .startsWith("| `" + name + "` |")
                                        .endsWith(columns));
    }

    /** Nothing is allocated, so that the largest variants can be counted too. */
    private static void countsWhatIsTraced(ModelConfig config) {
        VisionTransformer network = network(config);
        Architecture model = config.model();
        List<ArrayInput> inputs =
                List.of(
                        ArrayInput.batchOf(
                                "pixels",
                                model.channels(),
                                model.imageHeight(),
                                model.imageWidth()));
        Tracer.plan(network, inputs);
        Trace trace =
                new Tracer(network, ParameterNames.of(network)::nameOfPath)
                        .trace(inputs, List.of(SymbolicAxis.of("batch")));
        ModelPlan plan = ModelPlan.of(model, config.labels().count());
        assertThat(trace.parameterCount()).isEqualTo(plan.parameters());
        assertThat(multiplyAccumulates(trace)).isEqualTo(plan.multiplyAccumulates());

        Graph graph = new Exporter(network, ExportOptions.defaults()).input(inputs.get(0)).graph();
        // Constants of norms and shapes come on top of the weights; a folded batch norm goes.
        assertThat((double) graph.weightBytes())
                .isBetween(plan.weightBytes() * 0.99, plan.weightBytes() * 1.02 + 100_000);
        // What is planned includes room for the nodes, which is most of a small file.
        assertThat(plan.onnxBytes(model.depth()) - graph.weightBytes())
                .isBetween(-plan.weightBytes() / 100, 100_000L + plan.weightBytes() / 100);
    }

    /** For each number that a layer or a product gives, the length of the sum that it is. */
    private static long multiplyAccumulates(Trace trace) {
        long sum = 0;
        for (Call call : trace.calls()) {
            sum +=
                    switch (call.operation()) {
                        case "linear", "convolution" -> {
                            List<Extent> weight = trace.type(call.operands().get(1)).shape();
                            yield count(call.result().shape())
                                    * count(weight.subList(1, weight.size()));
                        }
                        case "matMul" -> {
                            List<Extent> left = trace.type(call.operands().get(0)).shape();
                            yield count(call.result().shape())
                                    * left.get(left.size() - 1).at(ONE_IMAGE);
                        }
                        default -> 0;
                    };
        }
        return sum;
    }

    private static long count(List<Extent> shape) {
        return shape.stream().mapToLong(extent -> extent.at(ONE_IMAGE)).reduce(1, (a, b) -> a * b);
    }

    private static ModelConfig small(String keys) {
        String json =
                """
                {"model": {"image_size": [32, 24], "patch_size": 8, "dim": 24, "depth": 2,
                           "heads": 3, %s},
                 "labels": {"count": 5}}
                """
                        .formatted(keys.replace('\'', '"'));
        return ConfigReader.parse(json, "small.json", Path.of("."));
    }

    private static VisionTransformer network(ModelConfig config) {
        return new VisionTransformer(config.model(), config.labels().count());
    }
}
