package dev.vitrail.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Memory of a process that is its own: heap, buffers, native arrays; not mapped files. */
final class AnonymousMemory {
    private AnonymousMemory() {}

    /** Bytes, 0 for a process that has ended or where the system does not tell. */
    static long bytes(long process) throws IOException {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + process + "/status"))) {
                if (line.startsWith("RssAnon:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
            return 0;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
