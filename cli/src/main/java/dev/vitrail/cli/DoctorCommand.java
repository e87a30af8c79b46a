package dev.vitrail.cli;

import ai.djl.engine.Engine;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.runtime.Classifier;
import dev.vitrail.runtime.Provider;
import dev.vitrail.runtime.ProviderStatus;
import dev.vitrail.runtime.RuntimeFailure;
import dev.vitrail.runtime.SessionConfig;
import dev.vitrail.zoo.config.MachineMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vitrail doctor}: what this machine can run on, and why not more. */
@Command(
        name = "doctor",
        header = "Show what this machine can run on, and why not more.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private static final double GIBIBYTE = 1 << 30;
    private static final int BATCH = 8;
    private static final long WARM_UP = 300_000_000;
    private static final long MEASURED = 1_000_000_000;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Console console;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("vitrail", Version.current());
        report.put("java", Runtime.version() + " (" + System.getProperty("java.vendor") + ")");
        report.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        report.put("processors", Runtime.getRuntime().availableProcessors());
        Machine machine = Machine.here();
        machine.processor().ifPresent(name -> report.put("processor", name));
        report.put("processor_features", machine.features());
        report.put("memory_bytes", MachineMemory.bytes());
        machine.memoryLimit().ifPresent(limit -> report.put("memory_limit_bytes", limit));
        report.put("heap_bytes", Runtime.getRuntime().maxMemory());
        report.put("file_names", System.getProperty("sun.jnu.encoding"));
        boolean canClassify = addProviders(report);
        if (canClassify) {
            report.put("benchmark", benchmark());
        }
        boolean canTrain = addEngine(report);
        if (json) {
            console.json(report);
        } else {
            print(report);
        }
        return (canClassify && canTrain ? ExitCode.DONE : ExitCode.FAILED).code();
    }

    private static boolean addProviders(Map<String, Object> report) {
        List<Map<String, Object>> providers = new ArrayList<>();
        report.put("providers", providers);
        try {
            for (ProviderStatus status : ProviderStatus.all()) {
                providers.add(entry(status.provider().id(), status.available(), status.reason()));
            }
            return true;
        } catch (RuntimeFailure e) {
            providers.add(entry("cpu", false, e.getMessage()));
            return false;
        }
    }

    /** The shipped model on prepared pixels: about a second, after a short one to warm up. */
    private static Map<String, Object> benchmark() {
        SessionConfig cpu = SessionConfig.defaults().withProvider(Provider.CPU);
        try (Classifier classifier = ShippedModel.open(cpu)) {
            Preprocessing pixels = classifier.card().preprocessing();
            int floats = BATCH * 3 * pixels.outputHeight() * pixels.outputWidth();
            FloatBuffer batch =
                    ByteBuffer.allocateDirect(floats * Float.BYTES)
                            .order(ByteOrder.nativeOrder())
                            .asFloatBuffer();
            imagesPerSecond(classifier, batch, WARM_UP);
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("model", ShippedModel.NAME);
            figures.put("batch", BATCH);
            double rate = imagesPerSecond(classifier, batch, MEASURED);
            figures.put("images_per_second", (double) Math.round(rate));
            return figures;
        }
    }

    private static double imagesPerSecond(
            Classifier classifier, FloatBuffer batch, long nanoseconds) {
        long start = System.nanoTime();
        long images = 0;
        while (System.nanoTime() - start < nanoseconds) {
            classifier.logits(batch, BATCH);
            images += BATCH;
        }
        return images * 1e9 / (System.nanoTime() - start);
    }

    private static boolean addEngine(Map<String, Object> report) {
        List<Map<String, Object>> devices = new ArrayList<>();
        report.put("training", devices);
        try {
            Engine engine = Engine.getInstance();
            String version = engine.getEngineName() + " " + engine.getVersion();
            devices.add(entry("cpu", true, version));
            int gpus = engine.getGpuCount();
            devices.add(
                    entry(
                            "gpu",
                            gpus > 0,
                            gpus > 0
                                    ? gpus + " seen by " + version
                                    : version
                                            + " sees none: it is a CPU build, or there is no"
                                            + " NVIDIA driver (see the README, 'On a GPU')"));
            return true;
        } catch (RuntimeException | LinkageError e) {
            devices.add(entry("cpu", false, "cannot be loaded: " + e.getMessage()));
            return false;
        }
    }

    private static Map<String, Object> entry(String name, boolean available, String reason) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", name);
        entry.put("available", available);
        entry.put("reason", reason);
        return entry;
    }

    private void print(Map<String, Object> report) {
        line("Vitrail", report.get("vitrail"));
        line("Java", report.get("java"));
        line("system", report.get("system"));
        line(
                "processors",
                report.get("processors")
                        + (report.containsKey("processor") ? " x " + report.get("processor") : "")
                        + features((List<?>) report.get("processor_features")));
        line(
                "memory",
                gibibytes(report.get("memory_bytes"))
                        + ", of which "
                        + gibibytes(report.get("heap_bytes"))
                        + " for the Java heap"
                        + (report.containsKey("memory_limit_bytes")
                                ? "; limited to " + gibibytes(report.get("memory_limit_bytes"))
                                : ""));
        Object names = report.get("file_names");
        line(
                "file names",
                isUnicode(names)
                        ? names
                        : names + ": names that are not ASCII are lost; set LC_ALL=C.UTF-8");
        console.print("classifying (ONNX Runtime)");
        entries(report.get("providers"));
        if (report.get("benchmark") instanceof Map<?, ?> figures) {
            console.print(
                    String.format(
                            Locale.ROOT,
                            "  speed      %.0f images/s with %s on cpu, in batches of %s",
                            figures.get("images_per_second"),
                            figures.get("model"),
                            figures.get("batch")));
        }
        console.print("training (DJL)");
        entries(report.get("training"));
    }

    private static String features(List<?> features) {
        return features.isEmpty()
                ? ""
                : " (" + String.join(", ", features.stream().map(Object::toString).toList()) + ")";
    }

    private static boolean isUnicode(Object charset) {
        return charset != null
                && Charset.forName(charset.toString()).newEncoder().canEncode('\u4e2d');
    }

    private void entries(Object list) {
        for (Object item : (List<?>) list) {
            Map<?, ?> entry = (Map<?, ?>) item;
            console.print(
                    String.format(
                            "  %-5s %-3s  %s",
                            entry.get("name"),
                            (boolean) entry.get("available") ? "yes" : "no",
                            entry.get("reason")));
        }
    }

    private void line(String name, Object value) {
        console.print(String.format("%-11s %s", name, value));
    }

    private static String gibibytes(Object bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", (long) bytes / GIBIBYTE);
    }
}
