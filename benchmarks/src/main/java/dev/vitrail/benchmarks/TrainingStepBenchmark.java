package dev.vitrail.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Settings;
import dev.vitrail.zoo.data.DrawnDataset;
import dev.vitrail.zoo.data.DrawnShape;
import dev.vitrail.zoo.train.Training;
import dev.vitrail.zoo.train.TrainingDevice;
import dev.vitrail.zoo.train.TrainingListener;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a step of a training takes, from one step to the next as a user has it: waiting for the
 * batch, forward, backward, the gradients' norm, AdamW. {@code benchmarks/training-step} runs it in
 * turn with the same network in plain PyTorch where a Python has that.
 */
public final class TrainingStepBenchmark {

    /** Steps that do not count. */
    static final int WARM_UP = 3;

    private static final int CLASSES = DrawnShape.values().length;

    private TrainingStepBenchmark() {}

    /**
     * Prints the seconds and the CPU seconds of a step, each a median.
     *
     * @param arguments a config, the batch size, how many steps are measured, and a folder for
     *     pictures and run
     */
    public static void main(String[] arguments) {
        int batchSize = Integer.parseInt(arguments[1]);
        int steps = Integer.parseInt(arguments[2]) + WARM_UP;
        Clock clock = new Clock();
        train(Path.of(arguments[0]), batchSize, steps, Path.of(arguments[3]), clock);
        System.out.printf(
                Locale.ROOT, "%.4f %.4f%n", median(clock.seconds), median(clock.cpuSeconds));
    }

    /** One epoch of so many steps, on pictures that are drawn for it. */
    static void train(
            Path configFile, int batchSize, int steps, Path folder, TrainingListener listener) {
        ModelConfig config = recipe(configFile, batchSize);
        Path pictures = folder.resolve("pictures");
        int perClass = (steps * batchSize + CLASSES - 1) / CLASSES;
        new DrawnDataset(List.of(DrawnShape.values()), perClass, config.model().imageHeight(), 1)
                .write(pictures);
        Training.Options options =
                new Training.Options(
                        pictures,
                        Optional.empty(),
                        folder.resolve("run"),
                        new Training.Start.Fresh(true),
                        TrainingDevice.CPU);
        new Training(config, options, listener).run();
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().skip(WARM_UP).mapToDouble(value -> value).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** The network of a config, with a recipe that leaves nothing to do but the step. */
    private static ModelConfig recipe(Path config, int batchSize) {
        return Settings.apply(
                ConfigReader.read(config),
                Map.of(
                        "training",
                        "{\"epochs\": 1, \"batch_size\": "
                                + batchSize
                                + ", \"warmup_epochs\": 0, \"validation_split\": 0,"
                                + " \"label_smoothing\": 0.1, \"checkpoint_minutes\": 0,"
                                + " \"optimizer\": {\"type\": \"adamw\", \"learning_rate\": 1e-4,"
                                + " \"weight_decay\": 0.05}}",
                        "model.drop_path",
                        "0"));
    }

    /** Looks at both clocks after every step. */
    private static final class Clock implements TrainingListener {
        private final OperatingSystemMXBean system =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        private final List<Double> seconds = new ArrayList<>();
        private final List<Double> cpuSeconds = new ArrayList<>();
        private long time;
        private long cpu;

        @Override
        public void onStart(Plan plan) {
            time = System.nanoTime();
            cpu = system.getProcessCpuTime();
        }

        @Override
        public void onStep(Progress progress) {
            long now = System.nanoTime();
            long cpuNow = system.getProcessCpuTime();
            seconds.add((now - time) / 1e9);
            cpuSeconds.add((cpuNow - cpu) / 1e9);
            time = now;
            cpu = cpuNow;
        }
    }
}
