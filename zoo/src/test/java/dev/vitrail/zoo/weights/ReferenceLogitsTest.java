package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The network against timm itself: weights, input and logits that timm computed in float64. */
class ReferenceLogitsTest {

    /**
     * Float32 engines land within 3e-6 of these logits; a wrong epsilon, GELU form or order of
     * query, key and value is 1e-3 and more away.
     */
    private static final float TOLERANCE = 1e-5f;

    @ParameterizedTest
    @CsvSource({
        "timm_token,false",
        "timm_token,true",
        "timm_token_nonsquare,false",
        "timm_token_nonsquare,true"
    })
    void meetsTheLogitsOfTimm(String name, boolean mapped) throws IOException {
        Path folder = Path.of(System.getProperty("vitrail.shared"), "reference", name);
        assumeTrue(Files.isDirectory(folder), "needs ../shared: reference/" + name);
        JsonNode config = new ObjectMapper().readTree(folder.resolve("config.json").toFile());
        VisionTransformer network =
                new VisionTransformer(
                        architecture(config.get("model_args")),
                        config.get("num_classes").intValue());
        NpyArray input = NpyArray.read(folder.resolve("input.npy"));
        NpyArray expected = NpyArray.read(folder.resolve("logits.npy"));
        try (NDManager manager = NDManager.newBaseManager();
                SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            if (mapped) {
                file.mapInto(network, manager, network.inputShape(1));
            } else {
                file.loadInto(network, manager, network.inputShape(1));
            }
            NDArray images = manager.create(input.values(), input.shape());
            float[] logits =
                    network.forward(new ParameterStore(manager, false), new NDList(images), false)
                            .singletonOrThrow()
                            .toFloatArray();
            float largest = 0;
            for (int i = 0; i < logits.length; i++) {
                largest = Math.max(largest, Math.abs(logits[i] - expected.values()[i]));
            }
            assertThat(logits).hasSameSizeAs(expected.values());
            assertThat(largest).isLessThan(TOLERANCE);
        }
    }

    /** What the head reads, which the network without it gives. */
    @ParameterizedTest
    @ValueSource(strings = {"timm_token", "timm_token_nonsquare"})
    void meetsTheFeaturesOfTimmWithoutAHead(String name) throws IOException {
        Path folder = Path.of(System.getProperty("vitrail.shared"), "reference", name);
        assumeTrue(Files.isDirectory(folder), "needs ../shared: reference/" + name);
        JsonNode config = new ObjectMapper().readTree(folder.resolve("config.json").toFile());
        VisionTransformer network =
                VisionTransformer.withoutHead(architecture(config.get("model_args")));
        NpyArray input = NpyArray.read(folder.resolve("input.npy"));
        NpyArray expected = NpyArray.read(folder.resolve("pooled.npy"));
        try (NDManager manager = NDManager.newBaseManager();
                Weights weights =
                        new WeightsWithout(
                                SafetensorsFile.open(folder.resolve("model.safetensors")),
                                VisionTransformer::isOfHead)) {
            weights.loadInto(network, manager, network.inputShape(1));
            NDArray images = manager.create(input.values(), input.shape());
            float[] features =
                    network.forward(new ParameterStore(manager, false), new NDList(images), false)
                            .singletonOrThrow()
                            .toFloatArray();
            assertThat(features).containsExactly(expected.values(), within(TOLERANCE));
        }
    }

    private static Architecture architecture(JsonNode timm) {
        JsonNode size = timm.get("img_size");
        return Architecture.of(
                (size.isArray() ? size.get(0) : size).intValue(),
                (size.isArray() ? size.get(1) : size).intValue(),
                timm.get("patch_size").intValue(),
                timm.get("embed_dim").intValue(),
                timm.get("depth").intValue(),
                timm.get("num_heads").intValue());
    }
}
