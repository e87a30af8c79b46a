package dev.vitrail.benchmarks;

import ai.djl.ndarray.NDManager;
import dev.vitrail.converter.ExportOptions;
import dev.vitrail.converter.Exporter;
import dev.vitrail.converter.onnx.ExternalDataPolicy;
import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Exports a network that lies in memory, and prints how much memory there was before and at most.
 */
public final class InitialisedExport {
    private InitialisedExport() {}

    /**
     * Prints two numbers of bytes, of memory that is not the page cache's.
     *
     * @param arguments a config and the file to be written
     * @throws IOException if the system does not tell
     * @throws InterruptedException if somebody ends it
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        ModelConfig config = ConfigReader.read(Path.of(arguments[0]));
        VisionTransformer block = new VisionTransformer(config.model(), config.labels().count());
        try (NDManager manager = NDManager.newBaseManager()) {
            block.initialize(manager, 1);
            // Arrays that random numbers were drawn into are no part of an export.
            System.gc();
            long before = AnonymousMemory.bytes(ProcessHandle.current().pid());
            CountDownLatch done = new CountDownLatch(1);
            Peak peak = new Peak(done);
            peak.start();
            new Exporter(block, options())
                    .input(UntrainedRun.pixels(config))
                    .naming(ParameterNames.of(block).parameters())
                    .export(Path.of(arguments[1]));
            done.countDown();
            peak.join();
            System.out.println(before + " " + peak.bytes);
        }
    }

    private static ExportOptions options() {
        ExportOptions defaults = ExportOptions.defaults();
        return new ExportOptions(
                defaults.opset(),
                "benchmark",
                List.of("logits"),
                new TreeMap<>(),
                "vitrail",
                "benchmark",
                ExternalDataPolicy.AUTO,
                Optional.empty(),
                defaults.translations());
    }

    /** Looks at the memory again and again. */
    private static final class Peak extends Thread {
        private static final int EVERY_MILLISECONDS = 20;

        private final CountDownLatch done;
        private long bytes;

        Peak(CountDownLatch done) {
            this.done = done;
        }

        @Override
        public void run() {
            try {
                do {
                    bytes = Math.max(bytes, AnonymousMemory.bytes(ProcessHandle.current().pid()));
                } while (!done.await(EVERY_MILLISECONDS, TimeUnit.MILLISECONDS));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
