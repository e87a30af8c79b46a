package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.ModelConfig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From a network with weights to the embeddings that {@code vitrail classify} writes. */
class EmbeddingsTest {
    private static final Path TEST_IMAGES =
            Path.of(System.getProperty("vitrail.root"), "test-images");
    private static final int HEADER = 128;

    @TempDir private Path folder;

    private static ModelConfig config(String keys, int classes) {
        String json =
                """
                {"model": {"image_size": 48, "patch_size": 8, "dim": 24, "depth": 2, "heads": 3%s},
                 "labels": {"count": %d},
                 "preprocessing": {"resize": [48, 48], "crop": 48}}
                """
                        .formatted(keys.replace('\'', '"'), classes);
        return ConfigReader.parse(json, "small.json", Path.of("."));
    }

    private static NetworkExport.Settings settings(Path file) {
        return new NetworkExport.Settings(
                file,
                17,
                ExternalDataPolicy.NEVER,
                Optional.empty(),
                new NetworkExport.Additions(false, false, true));
    }

    private static List<Path> images() throws Exception {
        try (Stream<Path> all = Files.walk(TEST_IMAGES)) {
            return all.filter(Files::isRegularFile)
                    .filter(ImageDecoder::hasExtension)
                    .sorted()
                    .limit(5)
                    .toList();
        }
    }

    /**
     * DJL's answer needs no access to the inside of the network: with as many classes as features,
     * the identity as the head's weights and no bias, the logits are what the head reads.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "; 24",
                ", 'class_token': false, 'pool': 'mean', 'fc_norm': true; 24",
                ", 'pool': 'token_and_mean', 'registers': 2; 48",
                ", 'pool': 'attention', 'class_token': false; 24",
                ", 'pre_logits': 9; 9"
            })
    void areWhatTheHeadReadsInDjl(String keys, int size) throws Exception {
        ModelConfig config = config(keys == null ? "" : keys, size);
        VisionTransformer network = new VisionTransformer(config.model(), size);
        Path model = folder.resolve("model.onnx");
        Path out = folder.resolve("embeddings.npy");
        List<Path> images = images();
        try (NDManager manager = NDManager.newBaseManager()) {
            network.initialize(manager, 3);
            NetworkExport.verified(config, network, settings(model), List.of());
            List<Object> arguments = new ArrayList<>(List.of("classify", "--model", model));
            arguments.addAll(List.of("--embeddings", out, "--batch", 2));
            arguments.addAll(images);
            Command command = Command.run(arguments.toArray());
            assertThat(command.exitCode()).as(command.err()).isZero();
            assertThat(command.err()).contains("embeddings in " + out);

            readThrough(network, size);
            float[] expected = forward(network, manager, config.preprocessing(), images);
            byte[] bytes = Files.readAllBytes(out);
            assertThat(bytes).hasSize(HEADER + images.size() * size * Float.BYTES);
            FloatBuffer found =
                    ByteBuffer.wrap(bytes)
                            .position(HEADER)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asFloatBuffer();
            for (int i = 0; i < expected.length; i++) {
                // Single precision in another order of sums, as for the logits of an export.
                assertThat(found.get(i)).as("value %d", i).isCloseTo(expected[i], within(2e-5f));
            }
        }
    }

    private static void readThrough(VisionTransformer network, int size) {
        var parameters = ParameterNames.of(network).parameters();
        parameters.get("head.weight").getArray().set(eye(size));
        parameters.get("head.bias").getArray().set(new float[size]);
    }

    private static float[] eye(int size) {
        float[] eye = new float[size * size];
        for (int i = 0; i < size; i++) {
            eye[i * size + i] = 1;
        }
        return eye;
    }

    private static float[] forward(
            VisionTransformer network,
            NDManager manager,
            Preprocessing preprocessing,
            List<Path> images)
            throws Exception {
        FloatBuffer pixels = FloatBuffer.allocate(images.size() * 3 * 48 * 48);
        for (Path image : images) {
            preprocessing.apply(ImageDecoder.decode(image, preprocessing.decodeOptions()), pixels);
        }
        NDArray batch = manager.create(pixels.array(), new Shape(images.size(), 3, 48, 48));
        return network.forward(new ParameterStore(manager, false), new NDList(batch), false)
                .singletonOrThrow()
                .toFloatArray();
    }

    @Test
    void refusesWhatGivesNone() {
        Command command =
                Command.run("classify", TEST_IMAGES, "--embeddings", folder.resolve("e.npy"));
        assertThat(command.exitCode()).isEqualTo(1);
        assertThat(command.err()).contains("has no output embeddings", "--with-embeddings");
        assertThat(folder).isEmptyDirectory();
        Command named =
                Command.run("classify", TEST_IMAGES, "--embeddings", folder.resolve("e.csv"));
        assertThat(named.exitCode()).isEqualTo(2);
        assertThat(named.err()).contains("must end in .npy or .parquet");

        ModelConfig config = config(", 'distillation_token': true", 5);
        VisionTransformer network = new VisionTransformer(config.model(), 5);
        assertThatThrownBy(
                        () ->
                                NetworkExport.unverified(
                                        config, network, settings(folder.resolve("m.onnx"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("two heads read two vectors");
    }
}
