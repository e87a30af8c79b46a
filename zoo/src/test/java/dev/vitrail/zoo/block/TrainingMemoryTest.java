package dev.vitrail.zoo.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ModelPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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
     * From before a step of ViT-Ti/16 to its peak; one image's worth may have been there before.
     */
    @Test
    @Tag("slow")
    void takesWhatThePlanSays() throws IOException {
        assumeTrue(Files.exists(STATUS), "needs Linux's /proc");
        Architecture network = Architecture.of(224, 16, 192, 12, 3);
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
            assertThat(measured / planned).as("measured to planned").isBetween(0.9, 1.1);
        }
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
