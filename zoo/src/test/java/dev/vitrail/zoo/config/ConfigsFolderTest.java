package dev.vitrail.zoo.config;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.block.VisionTransformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every file in {@code configs/}; a new one is covered by being there. */
class ConfigsFolderTest {

    private static final Path FOLDER = Path.of(System.getProperty("vitrail.root"), "configs");

    /** What is built here; larger networks are counted. */
    private static final long SMALL = 10_000_000;

    /** Published counts at 224 pixels and 1000 classes: timm and torchvision. */
    private static final Map<String, Long> PUBLISHED =
            Map.ofEntries(
                    entry("vit-tiny-patch16-224", 5_717_416L),
                    entry("vit-small-patch8-224", 22_055_272L),
                    entry("vit-small-patch16-224", 22_050_664L),
                    entry("vit-small-patch32-224", 22_878_952L),
                    entry("vit-medium-patch16-224", 38_837_736L),
                    entry("vit-base-patch8-224", 86_576_872L),
                    entry("vit-base-patch16-224", 86_567_656L),
                    entry("vit-base-patch32-224", 88_224_232L),
                    entry("vit-large-patch14-224", 304_203_752L),
                    entry("vit-large-patch16-224", 304_326_632L),
                    entry("vit-large-patch32-224", 306_535_400L),
                    entry("vit-so400m-patch14-224", 413_597_656L),
                    entry("vit-huge-patch14-224", 632_045_800L),
                    entry("vit-giant-patch14-224", 1_012_611_432L),
                    entry("vit-gigantic-patch14-224", 1_844_440_680L));

    static Stream<Path> configs() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files
                    .filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> !file.endsWith("model.schema.json"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Path> smallConfigs() {
        return configs().filter(file -> ConfigReader.read(file).parameterCount() < SMALL);
    }

    @ParameterizedTest
    @MethodSource("configs")
    void readsAndWritesBackEqual(Path file) {
        ModelConfig config = ConfigReader.read(file);
        assertThat(config.name() + ".json").isEqualTo(file.getFileName().toString());
        assertThat(ConfigReader.parse(config.toJson(), "again", FOLDER)).isEqualTo(config);
    }

    @ParameterizedTest
    @MethodSource("smallConfigs")
    void buildsTheNetworkThatWasCounted(Path file) {
        ModelConfig config = ConfigReader.read(file);
        VisionTransformer network = new VisionTransformer(config.model(), config.labels().count());
        try (NDManager manager = NDManager.newBaseManager()) {
            network.initialize(manager, 1);
            long built =
                    network.getParameters().values().stream()
                            .mapToLong(parameter -> parameter.getShape().size())
                            .sum();
            assertThat(built).isEqualTo(config.parameterCount());
            NDList images = new NDList(manager.zeros(network.inputShape(2)));
            NDList logits = network.forward(new ParameterStore(manager, false), images, false);
            assertThat(logits.singletonOrThrow().getShape())
                    .isEqualTo(new Shape(2, config.labels().count()));
        }
    }

    @Test
    void countsTheParametersThatWerePublished() {
        PUBLISHED.forEach(
                (name, count) -> {
                    ModelConfig config = ConfigReader.read(FOLDER.resolve(name + ".json"));
                    assertThat(config.parameterCount()).as(name).isEqualTo(count);
                });
    }

    @Test
    void hasASchemaWithTheKeysOfTheReader() throws IOException {
        JsonNode schema = new ObjectMapper().readTree(FOLDER.resolve("model.schema.json").toFile());
        Set<String> keys = new TreeSet<>();
        collectKeys(schema, "", keys);
        assertThat(keys).containsExactlyInAnyOrderElementsOf(ConfigReader.knownPaths());
    }

    private static void collectKeys(JsonNode schema, String path, Set<String> keys) {
        for (JsonNode alternative : schema.path("oneOf")) {
            collectKeys(alternative, path, keys);
        }
        schema.path("properties")
                .properties()
                .forEach(
                        property -> {
                            String key = Section.join(path, property.getKey());
                            keys.add(key);
                            collectKeys(property.getValue(), key, keys);
                        });
    }
}
