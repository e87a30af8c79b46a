package dev.vitrail.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a run of the {@code vitrail} command took.
 *
 * @param seconds from its start to its end
 * @param anonymousBytes the most memory that was not the page cache's, 0 where the system does not
 *     tell
 */
record ChildProcess(double seconds, long anonymousBytes) {
    private static final Path VITRAIL = Path.of("cli", "target", "vitrail", "bin", "vitrail");
    private static final int EVERY_MILLISECONDS = 10;

    /** Runs it to its end, with options for its Java virtual machine. */
    static ChildProcess vitrail(String javaOptions, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(VITRAIL.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("VITRAIL_JAVA_OPTS", javaOptions);
        long start = System.nanoTime();
        Process process = builder.start();
        long most = 0;
        while (!process.waitFor(EVERY_MILLISECONDS, TimeUnit.MILLISECONDS)) {
            // The launcher is replaced by the virtual machine, which keeps its number.
            most = Math.max(most, AnonymousMemory.bytes(process.pid()));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (process.exitValue() != 0) {
            throw new IOException(command + " ended with " + process.exitValue());
        }
        return new ChildProcess(seconds, most);
    }
}
