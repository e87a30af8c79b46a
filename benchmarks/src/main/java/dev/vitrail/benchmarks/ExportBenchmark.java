package dev.vitrail.benchmarks;

import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What an export costs beside writing as many bytes to the same disk. The export is a process of
 * its own, the command with a heap of 512 MB, from a run folder and without verifying; a plain
 * write and a plain copy, both forced, are taken in turn with it.
 *
 * <p>A pause goes before each, so that all begin alike: a virtual machine gives freed memory back
 * to its host within seconds, and to ask for it again costs more than the disk does. Whoever writes
 * just after a large file was deleted is spared that.
 */
public final class ExportBenchmark {
    private static final String HEAP = "-Xmx512m";
    private static final int BUFFER = 1 << 20;

    private final int rounds;
    private final int pause;
    private final Path folder;
    private final Path copy;
    private final Path model;
    private final Path data;

    private ExportBenchmark(int rounds, int pause, Path folder) {
        this.rounds = rounds;
        this.pause = pause;
        this.folder = folder;
        copy = folder.resolve("copy");
        model = folder.resolve("model.onnx");
        data = folder.resolve("model.onnx_data");
    }

    /**
     * Prints a line for each network.
     *
     * @param arguments configs, by name in {@code configs} or by path; {@code rounds=5} and {@code
     *     pause=10}, in seconds, where they are to be others
     * @throws IOException if a file cannot be written or an export fails
     * @throws InterruptedException if somebody ends it
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = 5;
        int pause = 10;
        List<Path> configs = new ArrayList<>();
        for (String argument : arguments) {
            String value = argument.substring(argument.indexOf('=') + 1);
            if (argument.startsWith("rounds=")) {
                rounds = Integer.parseInt(value);
            } else if (argument.startsWith("pause=")) {
                pause = Integer.parseInt(value);
            } else {
                boolean path = argument.endsWith(".json");
                configs.add(path ? Path.of(argument) : Path.of("configs", argument + ".json"));
            }
        }
        System.out.printf(
                "%-24s %8s %6s %6s %6s %6s %7s %7s %7s %7s %6s %5s%n",
                "", "MB", "start", "write", "copy", "export", "/write", "/copy", "memory", "beyond",
                "added", "same");
        for (Path config : configs) {
            Path folder = Files.createTempDirectory(Path.of("benchmarks", "target"), "export");
            ExportBenchmark benchmark = new ExportBenchmark(rounds, pause, folder);
            try {
                System.out.println(benchmark.line(config));
            } finally {
                benchmark.deleteAll();
            }
        }
    }

    private String line(Path config) throws IOException, InterruptedException {
        ModelConfig model = ConfigReader.read(config);
        long bytes = UntrainedRun.write(model, folder);
        double[] start = new double[rounds];
        double[] write = new double[rounds];
        double[] plainCopy = new double[rounds];
        double[] export = new double[rounds];
        long memory = 0;
        Set<String> hashes = new HashSet<>();
        for (int i = 0; i < rounds; i++) {
            start[i] = ChildProcess.vitrail(HEAP, "--version").seconds();
            write[i] = write(bytes);
            plainCopy[i] = copy();
            ChildProcess process = export("--model", folder.toString());
            export[i] = process.seconds();
            memory = Math.max(memory, process.anonymousBytes());
            if (i < 2) {
                hashes.add(sha256(this.model) + (Files.exists(data) ? sha256(data) : ""));
            }
            deleteModel();
        }
        long[] initialised = initialised(config);
        double begun = median(start);
        return String.format(
                Locale.ROOT,
                "%-24s %8.1f %6.2f %6.2f %6.2f %6.2f %7.2f %7.2f %7d %7d %6d %5s",
                model.name(),
                bytes / 1e6,
                begun,
                median(write),
                median(plainCopy),
                median(export),
                (median(export) - begun) / median(write),
                (median(export) - begun) / median(plainCopy),
                memory / 1_000_000,
                (initialised[1] - bytes) / 1_000_000,
                (initialised[1] - initialised[0]) / 1_000_000,
                hashes.size() == 1 ? "yes" : "no");
    }

    private ChildProcess export(String... source) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(pause);
        List<String> arguments = new ArrayList<>(List.of("export", "--no-verify", "--out"));
        arguments.add(model.toString());
        arguments.addAll(List.of(source));
        return ChildProcess.vitrail(HEAP, arguments.toArray(new String[0]));
    }

    /** Memory before the export of a network that lies in memory, and the most in it. */
    private long[] initialised(Path config) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                HEAP,
                                "-XX:+UseParallelGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                InitialisedExport.class.getName(),
                                config.toString(),
                                model.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("the export of a network in memory failed: " + config);
        }
        return Arrays.stream(output.strip().split(" ")).mapToLong(Long::parseLong).toArray();
    }

    private double write(long bytes) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(pause);
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        long start = System.nanoTime();
        try (FileChannel file = create()) {
            for (long rest = bytes; rest > 0; rest -= BUFFER) {
                buffer.clear().limit((int) Math.min(BUFFER, rest));
                writeFully(file, buffer);
            }
            file.force(true);
            return secondsSince(start);
        }
    }

    private double copy() throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(pause);
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        long start = System.nanoTime();
        try (FileChannel from = FileChannel.open(folder.resolve("model.safetensors"));
                FileChannel to = create()) {
            while (from.read(buffer.clear()) >= 0) {
                writeFully(to, buffer.flip());
            }
            to.force(true);
            return secondsSince(start);
        }
    }

    /** Anew: replacing a file's bytes is cheaper. */
    private FileChannel create() throws IOException {
        return FileChannel.open(
                copy,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    private static void writeFully(FileChannel file, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static String sha256(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            while (file.read(buffer.clear()) >= 0) {
                digest.update(buffer.flip());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private void deleteModel() throws IOException {
        Files.deleteIfExists(model);
        Files.deleteIfExists(data);
    }

    private void deleteAll() throws IOException {
        deleteModel();
        for (String name : UntrainedRun.FILES) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Files.delete(folder);
    }
}
