package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Settings;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                                List.of(),
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

    /**
     * The devices are the CPU several times: pieces of a batch make the step of the whole one, but
     * for the order in which sums are added up. Plain SGD, whose steps are the gradients.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9})
    void devicesThatShareBatchesTakeTheStepsOfOne(int more) {
        ModelConfig config =
                Settings.apply(
                        TinyTraining.config(100),
                        Map.of(
                                "model.dropout",
                                "0",
                                "model.drop_path",
                                "0",
                                "training.optimizer",
                                "{\"type\": \"sgd\", \"learning_rate\": 0.1}",
                                "training.warmup_epochs",
                                "0"));
        Map<String, float[]> alone = weightsAfterSteps(config, 0, 3);
        Map<String, float[]> shared = weightsAfterSteps(config, more, 3);
        Map<String, float[]> before = weightsAfterSteps(config, 0, 0);
        double moved = 0;
        double apart = 0;
        for (String name : alone.keySet()) {
            for (int i = 0; i < alone.get(name).length; i++) {
                float value = alone.get(name)[i];
                moved = Math.max(moved, Math.abs(value - before.get(name)[i]));
                apart = Math.max(apart, Math.abs(value - shared.get(name)[i]));
            }
        }
        assertThat(moved).isGreaterThan(0.01);
        assertThat(apart).isLessThan(1e-5 * moved);
    }

    private static float[] weightsAfterSteps() {
        return weightsAfterSteps(TinyTraining.config(100), 0, 3).get("head.weight");
    }

    /** Batches of 7, so that pieces are of unequal size. */
    private static Map<String, float[]> weightsAfterSteps(
            ModelConfig config, int moreDevices, int steps) {
        ModelConfig labelled = config.withLabels(new Labels.Counted(2));
        try (Classification objective =
                        new Classification(labelled, Optional.empty(), Loading.of(1), image -> {});
                Network network = objective.network(Device.cpu(), (b, m) -> b.initialize(m, 0));
                TrainingStep<Network> step =
                        new TrainingStep<>(
                                objective,
                                network,
                                Collections.nCopies(moreDevices, Device.cpu()),
                                config.training(),
                                LearningRate.of(config.training(), 100),
                                Optional.empty());
                BatchLoader loader = noise(7)) {
            take(loader, network, step, steps);
            return network.parameters().entrySet().stream()
                    .collect(
                            Collectors.toMap(
                                    Map.Entry::getKey,
                                    entry -> entry.getValue().getArray().toFloatArray()));
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
