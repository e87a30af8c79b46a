package dev.vitrail.zoo.block;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What training steps take from the system, read from Linux. */
class TrainingMemoryTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path PEAK_RESET = Path.of("/proc/self/clear_refs");

    @Test
    @Tag("slow")
    void staysWhereItIsOverSteps() throws IOException {
        assumeTrue(Files.exists(STATUS), "needs Linux's /proc");
        Architecture network =
                Architecture.of(64, 8, 96, 3, 4)
                        .with()
                        .dropout(0.1)
                        .attentionDropout(0.1)
                        .dropPath(0.1)
                        .build();
        try (NDManager manager = NDManager.newBaseManager()) {
            VisionTransformer block = new VisionTransformer(network, 10);
            block.initialize(manager, 1);
            ParameterStore store = new ParameterStore(manager, false);
            for (int step = 0; step < 10; step++) {
                step(block, store, manager, 16);
            }
            int arrays = manager.getManagedArrays().size();
            long before = kilobytes("VmRSS");
            int steps = 40;
            for (int step = 0; step < steps; step++) {
                step(block, store, manager, 16);
            }
            assertThat(manager.getManagedArrays()).hasSize(arrays);
            // One step's activations, kept, would be this much each time.
            long oneStep = 16 * ModelPlan.of(network, 10).trainingActivationBytes() / 1024;
            assertThat(kilobytes("VmRSS") - before).isLessThan(5 * oneStep);
        }
    }

    /**
     * Each in a process of its own: what an allocator keeps from one network would be there for the
     * next.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'norm_eps': 1e-6",
                "'activation': 'gelu_tanh'",
                "'activation': 'quick_gelu', 'pre_norm': true",
                "'mlp': 'swiglu', 'layer_scale': 0.1, 'registers': 4",
                "'qk_norm': true, 'pool': 'attention'",
                "'stem': {'type': 'convolution', 'channels': [24, 48, 96, 192]}",
                "'stem': {'type': 'resnet', 'depths': [3, 4, 9], 'width': 32}"
            })
    @Tag("slow")
    void takesWhatThePlanSays(String keys) throws IOException, InterruptedException {
        assumeTrue(Files.exists(STATUS), "needs Linux's /proc");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                TrainingMemoryTest.class.getName(),
                                keys)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(Double.parseDouble(output.strip()))
                .as("measured to planned")
                .isBetween(0.9, 1.1);
    }

    /**
     * Prints what a step of ViT-Ti/16 with some keys changed takes, over what the plan says. From
     * before a step to its peak; one image's worth may have been there before.
     *
     * @param arguments the keys, with single quotes
     */
    public static void main(String[] arguments) throws IOException {
        Architecture network = network(arguments[0]);
        try (NDManager manager = NDManager.newBaseManager()) {
            VisionTransformer block = new VisionTransformer(network, 1000);
            block.initialize(manager, 1);
            ParameterStore store = new ParameterStore(manager, false);
            step(block, store, manager, 1);
            long before = kilobytes("VmRSS");
            Files.writeString(PEAK_RESET, "5"); // proc(5): the peak begins anew
            int batch = 12;
            step(block, store, manager, batch);
            double measured = (kilobytes("VmHWM") - before) * 1024.0 / batch;
            double planned = ModelPlan.of(network, 1000).trainingActivationBytes();
            System.out.println(measured / planned);
        }
    }

    private static Architecture network(String keys) {
        String json =
                """
                {"model": {"image_size": 224, "patch_size": 16, "dim": 192, "depth": 12,
                           "heads": 3, %s},
                 "labels": {"count": 1000}}
                """
                        .formatted(keys.replace('\'', '"'));
        return ConfigReader.parse(json, "tiny.json", Path.of(".")).model();
    }

    private static void step(
            VisionTransformer block, ParameterStore store, NDManager manager, int batch) {
        try (NDManager scope = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray images = scope.randomNormal(block.inputShape(batch));
            NDArray logits = block.forward(store, new NDList(images), true).singletonOrThrow();
            collector.backward(logits.square().mean());
        }
    }

    private static long kilobytes(String field) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
