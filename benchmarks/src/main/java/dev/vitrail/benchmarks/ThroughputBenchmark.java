package dev.vitrail.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.runtime.BatchChoice;
import dev.vitrail.runtime.Classifier;
import dev.vitrail.runtime.FolderClassifier;
import dev.vitrail.runtime.FolderOptions;
import dev.vitrail.runtime.ImageFiles;
import dev.vitrail.runtime.OutputFormat;
import dev.vitrail.runtime.ProgressListener;
import dev.vitrail.runtime.Provider;
import dev.vitrail.runtime.ResultWriter;
import dev.vitrail.runtime.SessionConfig;
import dev.vitrail.runtime.Summary;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What a folder run keeps of the speed that the model has on prepared tensors, in a long run: after
 * as many images as Java takes to compile what decodes them, and in the batch that was chosen on
 * the way. Both are measured in turn, with the same session, and a folder run is compared with the
 * sessions before and after it, so that a machine that others use slows both.
 */
public final class ThroughputBenchmark {
    private static final int PREPARED = 8;

    /** Images until the time of decoding falls no longer. */
    private static final int WARM_UP = 1_000;

    private final Classifier classifier;
    private final ImageFiles files;
    private final OperatingSystemMXBean system =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private ThroughputBenchmark(Classifier classifier, ImageFiles files) {
        this.classifier = classifier;
        this.files = files;
    }

    /** Images a second, and CPU seconds an image. */
    private record Speed(double rate, double cpu) {}

    /**
     * Prints a line for each model.
     *
     * @param arguments a folder of photos and ONNX files; before them {@code rounds=5} where there
     *     are to be more or fewer
     * @throws ImageException if one of the first photos is damaged
     */
    public static void main(String[] arguments) throws ImageException {
        List<String> rest = new ArrayList<>(Arrays.asList(arguments));
        int rounds = 5;
        if (!rest.isEmpty() && rest.get(0).startsWith("rounds=")) {
            rounds = Integer.parseInt(rest.remove(0).substring("rounds=".length()));
        }
        ImageFiles files = ImageFiles.find(List.of(Path.of(rest.remove(0))));
        System.out.printf(
                "%-20s %8s %8s %6s %6s %6s %6s %8s %8s %6s%n",
                "", "session", "folder", "share", "least", "most", "batch", "CPU", "CPU", "share");
        SessionConfig config = SessionConfig.defaults().withProvider(Provider.CPU).forImages(files);
        for (String model : rest) {
            try (Classifier classifier = Classifier.open(Path.of(model), config)) {
                System.out.println(new ThroughputBenchmark(classifier, files).line(rounds));
            }
        }
    }

    private String line(int rounds) throws ImageException {
        FloatBuffer prepared = prepared();
        BatchChoice batch;
        int warm = 0;
        do {
            batch = folder(FolderOptions.defaults()).batch().orElseThrow();
            warm += files.size();
        } while (warm < WARM_UP);
        FolderOptions chosen = FolderOptions.defaults().withBatch(batch.images());
        double[] session = new double[rounds];
        double[] folder = new double[rounds];
        double[] share = new double[rounds];
        double[] sessionCpu = new double[rounds];
        double[] folderCpu = new double[rounds];
        double[] cpuShare = new double[rounds];
        Speed before = session(prepared, batch);
        for (int i = 0; i < rounds; i++) {
            Speed whole = timed(() -> folder(chosen));
            Speed after = session(prepared, batch);
            session[i] = after.rate();
            folder[i] = whole.rate();
            share[i] = whole.rate() * (1 / before.rate() + 1 / after.rate()) / 2;
            sessionCpu[i] = after.cpu();
            folderCpu[i] = whole.cpu();
            cpuShare[i] = (before.cpu() + after.cpu()) / 2 / whole.cpu();
            before = after;
        }
        return String.format(
                Locale.ROOT,
                "%-20s %8.2f %8.2f %6.3f %6.3f %6.3f %6d %8.4f %8.4f %6.3f",
                Path.of(classifier.card().name()).getFileName(),
                median(session),
                median(folder),
                median(share),
                Arrays.stream(share).min().orElseThrow(),
                Arrays.stream(share).max().orElseThrow(),
                batch.images(),
                median(sessionCpu),
                median(folderCpu),
                median(cpuShare));
    }

    private Speed session(FloatBuffer prepared, BatchChoice batch) {
        return timed(() -> runAlone(prepared, batch));
    }

    private Speed timed(Runnable work) {
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Speed(
                files.size() / seconds, (system.getProcessCpuTime() - cpu) / 1e9 / files.size());
    }

    private FloatBuffer prepared() throws ImageException {
        Preprocessing preprocessing = classifier.card().preprocessing();
        int floats = 3 * preprocessing.outputHeight() * preprocessing.outputWidth();
        FloatBuffer images =
                ByteBuffer.allocateDirect(PREPARED * floats * Float.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        for (int i = 0; i < PREPARED; i++) {
            Path photo = files.path(i % files.size());
            preprocessing.apply(ImageDecoder.decode(photo, preprocessing.decodeOptions()), images);
        }
        return images.clear();
    }

    /** As many runs at a time as the folder run has. */
    private void runAlone(FloatBuffer prepared, BatchChoice batch) {
        List<Callable<float[]>> runs = new ArrayList<>();
        for (int done = 0; done < files.size(); done += batch.images()) {
            int count = Math.min(batch.images(), files.size() - done);
            runs.add(() -> classifier.logits(prepared, count));
        }
        ExecutorService session = Executors.newFixedThreadPool(batch.runs());
        try {
            for (Future<float[]> run : session.invokeAll(runs)) {
                run.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("the session failed", e);
        } finally {
            session.shutdown();
        }
    }

    private Summary folder(FolderOptions options) {
        try (ResultWriter writer =
                OutputFormat.JSONL.toStream(
                        OutputStream.nullOutputStream(), "nowhere", options.topK())) {
            return new FolderClassifier(classifier, options, ProgressListener.NONE)
                    .run(files, writer);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
