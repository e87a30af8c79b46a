package dev.vitrail.runtime;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Makes ONNX Runtime's environment in a thread whose stack is deep enough for it. Where it may
 * report its use, which {@code ORT_DISABLE_TELEMETRY} alone forbids in time, 1.29 reads the command
 * line of the process with a regular expression that takes some 260 bytes of stack for each of its
 * characters: with a class path of 4 kB the process ends in a segmentation fault, without a word of
 * Java's.
 */
final class Environments {

    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final long STACK = 4L << 20;
    private static final long STACK_FOR_A_CHARACTER = 512;
    private static final long MOST = 1L << 30;

    private Environments() {}

    /** The environment of this process, made by the first call. */
    static OrtEnvironment get() {
        FutureTask<OrtEnvironment> made = new FutureTask<>(OrtEnvironment::getEnvironment);
        long stack = Math.min(MOST, STACK + STACK_FOR_A_CHARACTER * commandLineLength());
        new Thread(null, made, "vitrail-onnxruntime", stack).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return made.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Only Linux builds read it, and only there is it in this place. */
    private static int commandLineLength() {
        try {
            return Files.exists(COMMAND_LINE) ? Files.readAllBytes(COMMAND_LINE).length : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
