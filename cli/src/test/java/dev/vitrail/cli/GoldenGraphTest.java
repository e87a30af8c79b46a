package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrail.converter.ExportOptions;
import dev.vitrail.converter.Exporter;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphText;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.Tracer;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The graph of every config, G/14 included, without its weights: whole for the smallest, counted
 * and hashed for all. A change of one is meant, or a mistake; what it is now stands in {@code
 * target/graphs}, to be looked at and copied to the resources.
 */
class GoldenGraphTest {
    private static final Path ROOT = Path.of(System.getProperty("vitrail.root"));
    private static final Path GOLDEN = ROOT.resolve("cli/src/test/resources/graphs");
    private static final Path FOUND = Path.of("target", "graphs");

    private static Graph graph(ModelConfig config, int opset) {
        Architecture model = config.model();
        VisionTransformer block = new VisionTransformer(model, config.labels().count());
        ArrayInput pixels =
                ArrayInput.batchOf(
                        "pixel_values", model.channels(), model.imageHeight(), model.imageWidth());
        Tracer.plan(block, List.of(pixels));
        Exporter exporter =
                new Exporter(
                                block,
                                new ExportOptions(
                                        opset,
                                        config.name(),
                                        List.of("logits"),
                                        new TreeMap<>(),
                                        "test",
                                        "1",
                                        ExportOptions.defaults().externalData(),
                                        Optional.empty(),
                                        ExportOptions.defaults().translations()))
                        .input(pixels)
                        .naming(ParameterNames.of(block).parameters());
        assertThat(exporter.trace().parameterCount()).isEqualTo(config.parameterCount());
        return exporter.graph();
    }

    private static void compare(String name, String text) throws IOException {
        Files.createDirectories(FOUND);
        Files.writeString(FOUND.resolve(name), text);
        assertThat(GOLDEN.resolve(name))
                .as("target/graphs/%s has what it is now", name)
                .content()
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 20, 23})
    void theSmallestIsAsItWas(int opset) throws IOException {
        ModelConfig config = ConfigReader.read(ROOT.resolve("configs/vit-pico-patch8-32.json"));

        compare(
                "vit-pico-patch8-32-opset-" + opset + ".txt",
                GraphText.print(graph(config, opset)));
    }

    @Test
    void everyOneIsAsItWas() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("config | parameters | nodes | bytes of weights | SHA-256 of the text, opset 17");
        try (Stream<Path> files = Files.list(ROOT.resolve("configs"))) {
            for (Path file : files.filter(GoldenGraphTest::isConfig).sorted().toList()) {
                ModelConfig config = ConfigReader.read(file);
                Graph graph = graph(config, 17);
                String text = GraphText.print(graph);
                Files.createDirectories(FOUND);
                Files.writeString(FOUND.resolve(config.name() + ".txt"), text);
                lines.add(
                        String.format(
                                Locale.ROOT,
                                "%s | %d | %d | %d | %s",
                                config.name(),
                                config.parameterCount(),
                                graph.nodes().size(),
                                graph.weightBytes(),
                                hash(text)));
            }
        }
        compare("every-config.txt", String.join("\n", lines) + "\n");
    }

    private static boolean isConfig(Path file) {
        return !file.toString().endsWith("schema.json");
    }

    private static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
