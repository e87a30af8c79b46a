package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.data.BatchLoader;
import dev.vitrail.zoo.data.Batches;
import dev.vitrail.zoo.data.LabelledImage;
import dev.vitrail.zoo.data.SoftTargets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class TrainingStepTest {

    private static final int SAMPLE = 3 * 32 * 32;
    private static final ByteBuffer ONE =
            ByteBuffer.allocateDirect(Float.BYTES * SAMPLE).order(ByteOrder.nativeOrder());

    /** Steps whose arrays are not freed grow by megabytes each; see the package documentation. */
    @Test
    void nativeMemoryStaysFlatOverSteps() throws IOException {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/proc/self/statm")), "needs /proc to read memory");
        ModelConfig config = TinyTraining.config(100);
        try (Classification objective = TinyTraining.objective(2);
                Network network = objective.network(Device.cpu(), (b, m) -> b.initialize(m, 0));
                TrainingStep<Network> step =
                        new TrainingStep<>(
                                objective,
                                network,
                                config.training(),
                                LearningRate.of(config.training(), 100),
                                Optional.empty());
                BatchLoader loader = noise(64)) {
            take(loader, network, step, 20);
            long before = residentBytes();
            int arrays = network.manager().getManagedArrays().size();
            take(loader, network, step, 60);
            long grown = residentBytes() - before;
            assertThat(network.manager().getManagedArrays()).hasSize(arrays);
            // One step's activations are about 20 MB: a leak of them would be 1 GB by now.
            assertThat(grown).isLessThan(100L << 20);
        }
    }

    /** The engine's gradient mode belongs to a thread; training must not depend on which. */
    @Test
    void trainsInAnyThread() throws Exception {
        CompletableFuture<float[]> other = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                other.complete(weightsAfterSteps());
                            } catch (RuntimeException | Error e) {
                                other.completeExceptionally(e);
                            }
                        });
        float[] here = weightsAfterSteps();
        thread.start();
        assertThat(other.get()).isEqualTo(here);
    }

    private static float[] weightsAfterSteps() {
        ModelConfig config = TinyTraining.config(100);
        try (Classification objective = TinyTraining.objective(2);
                Network network = objective.network(Device.cpu(), (b, m) -> b.initialize(m, 0));
                TrainingStep<Network> step =
                        new TrainingStep<>(
                                objective,
                                network,
                                config.training(),
                                LearningRate.of(config.training(), 100),
                                Optional.empty());
                BatchLoader loader = noise(8)) {
            take(loader, network, step, 3);
            return network.parameters().get("head.weight").getArray().toFloatArray();
        }
    }

    private static BatchLoader noise(int batchSize) {
        return new BatchLoader(
                (file, random, target) -> {
                    for (int i = 0; i < SAMPLE; i++) {
                        target.put(random.nextFloat());
                    }
                },
                SAMPLE,
                batchSize,
                1,
                Optional.of(SoftTargets.of(2, 0)),
                image -> {});
    }

    private static void take(
            BatchLoader loader, Network network, TrainingStep<Network> step, int steps) {
        List<LabelledImage> images =
                List.of(new LabelledImage(Path.of("a"), 0), new LabelledImage(Path.of("b"), 1));
        int[] order = new int[64 * steps];
        Arrays.setAll(order, i -> i % 2);
        try (Batches batches = loader.start(images, order, 0, 0)) {
            for (int i = 0; i < steps; i++) {
                step.take(i, batches, 1);
                network.logits(ONE, 1);
            }
        }
    }

    private static long residentBytes() throws IOException {
        String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
        return Long.parseLong(pages[1]) * 4096;
    }
}
