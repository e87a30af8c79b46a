package dev.vitrail.benchmarks;

import dev.vitrail.zoo.config.ConfigReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * What an import, an export under Hugging Face's names and an import of that cost beside reading
 * and copying the same weights, and whether the same bytes come back. Each is a process of its own,
 * the command with a heap that is smaller than large weights are.
 */
public final class RoundTripBenchmark {
    private static final int BUFFER = 1 << 20;
    private static final String WEIGHTS = "model.safetensors";

    private final String heap;
    private final Path folder;
    private final Path checkpoint;
    private final Path run;
    private final Path given;
    private final Path back;

    private RoundTripBenchmark(String heap, Path folder) {
        this.heap = "-Xmx" + heap;
        this.folder = folder;
        checkpoint = folder.resolve("checkpoint");
        run = folder.resolve("run");
        given = folder.resolve("given");
        back = folder.resolve("back");
    }

    /** Seconds of one round in the order of the columns, memory in bytes. */
    private record Round(double[] seconds, long memory, boolean isSame) {}

    /**
     * Prints a line for each network.
     *
     * @param arguments configs, by name in {@code configs} or by path; {@code heap=1g} and {@code
     *     rounds=1} where they are to be others
     * @throws IOException if a file cannot be written or a command fails
     * @throws InterruptedException if somebody ends it
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        String heap = "1g";
        int rounds = 1;
        List<Path> configs = new ArrayList<>();
        for (String argument : arguments) {
            String value = argument.substring(argument.indexOf('=') + 1);
            if (argument.startsWith("heap=")) {
                heap = value;
            } else if (argument.startsWith("rounds=")) {
                rounds = Integer.parseInt(value);
            } else {
                boolean path = argument.endsWith(".json");
                configs.add(path ? Path.of(argument) : Path.of("configs", argument + ".json"));
            }
        }
        System.out.printf(
                "%-24s %8s %6s %6s %6s %7s %7s %9s %7s %5s%n",
                "",
                "MB",
                "start",
                "read",
                "copy",
                "import",
                "export",
                "re-import",
                "memory",
                "same");
        for (Path config : configs) {
            Path folder = Files.createTempDirectory(Path.of("benchmarks", "target"), "roundtrip");
            try {
                System.out.println(new RoundTripBenchmark(heap, folder).line(config, rounds));
            } finally {
                delete(folder);
            }
        }
    }

    private String line(Path config, int rounds) throws IOException, InterruptedException {
        Files.createDirectory(checkpoint);
        long bytes = UntrainedRun.write(ConfigReader.read(config), checkpoint);
        List<Round> all = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            all.add(round());
        }
        double[] seconds = new double[all.get(0).seconds().length];
        for (int i = 0; i < seconds.length; i++) {
            int column = i;
            seconds[i] = median(all.stream().mapToDouble(round -> round.seconds()[column]));
        }
        return String.format(
                Locale.ROOT,
                "%-24s %8.1f %6.2f %6.2f %6.2f %7.2f %7.2f %9.2f %7d %5s",
                config.getFileName().toString().replace(".json", ""),
                bytes / 1e6,
                seconds[0],
                seconds[1],
                seconds[2],
                seconds[3],
                seconds[4],
                seconds[5],
                all.stream().mapToLong(Round::memory).max().orElseThrow() / 1_000_000,
                all.stream().allMatch(Round::isSame) ? "yes" : "no");
    }

    private Round round() throws IOException, InterruptedException {
        double start = ChildProcess.vitrail(heap, "--version").seconds();
        double read = read();
        double copy = copy();
        ChildProcess in = imported(checkpoint, run);
        ChildProcess out =
                ChildProcess.vitrail(
                        heap,
                        "export",
                        "--format",
                        "safetensors",
                        "--names",
                        "huggingface",
                        "--model",
                        run.toString(),
                        "--out",
                        given.toString());
        ChildProcess again = imported(given, back);
        boolean isSame = Files.mismatch(run.resolve(WEIGHTS), back.resolve(WEIGHTS)) < 0;
        for (Path made : List.of(run, given, back)) {
            delete(made);
        }
        return new Round(
                new double[] {start, read, copy, in.seconds(), out.seconds(), again.seconds()},
                Stream.of(in, out, again)
                        .mapToLong(ChildProcess::anonymousBytes)
                        .max()
                        .orElseThrow(),
                isSame);
    }

    private ChildProcess imported(Path weights, Path target)
            throws IOException, InterruptedException {
        return ChildProcess.vitrail(
                heap, "import", "--weights", weights.toString(), "--out", target.toString());
    }

    /** As {@code cat} to nowhere does. */
    private double read() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        long start = System.nanoTime();
        try (FileChannel from = FileChannel.open(checkpoint.resolve(WEIGHTS))) {
            while (from.read(buffer.clear()) >= 0) {
                // The bytes are of no interest.
            }
        }
        return secondsSince(start);
    }

    private double copy() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        long start = System.nanoTime();
        try (FileChannel from = FileChannel.open(checkpoint.resolve(WEIGHTS));
                FileChannel to =
                        FileChannel.open(
                                folder.resolve("copy"),
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.DELETE_ON_CLOSE)) {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
            to.force(true);
            return secondsSince(start);
        }
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
