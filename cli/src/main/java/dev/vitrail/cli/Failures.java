package dev.vitrail.cli;

import dev.vitrail.converter.error.ExportException;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.SystemReason;
import dev.vitrail.runtime.OtherRun;
import dev.vitrail.runtime.RuntimeFailure;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.ConfigException;
import dev.vitrail.zoo.config.InputException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;

/** What a user is told of an exception: sentences without class names, and an exit code. */
final class Failures {
    private Failures() {}

    /** The sentences, one or more. */
    static List<String> sentences(Throwable e) {
        return isExpected(e) ? e.getMessage().lines().toList() : List.of(unexpected(e));
    }

    /** The first sentence of a message that may have picocli's usage behind it. */
    static String sentence(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? "wrong use" : message.strip();
    }

    static ExitCode exitCode(Throwable e) {
        if (e instanceof Failure failure) {
            return failure.exitCode();
        }
        return e instanceof ConfigException || e instanceof InputException || e instanceof OtherRun
                ? ExitCode.WRONG_USE
                : ExitCode.FAILED;
    }

    /** Exceptions whose message was written for the user. */
    private static boolean isExpected(Throwable e) {
        return e instanceof Failure
                || e instanceof ZooException
                || e instanceof ExportException
                || e instanceof RuntimeFailure
                || e instanceof ImageException;
    }

    private static String unexpected(Throwable e) {
        if (e instanceof OutOfMemoryError) {
            return "out of memory (" + e.getMessage() + "); set VITRAIL_JAVA_OPTS=-Xmx... higher";
        }
        if (e instanceof FileSystemException failure && failure.getFile() != null) {
            return failure.getFile() + ": " + SystemReason.of(failure);
        }
        if (e instanceof IOException failure) {
            return SystemReason.of(failure);
        }
        return "an error that should not happen ("
                + (e.getMessage() == null ? "no message" : e.getMessage())
                + "); --verbose shows where, please report it";
    }

    /** The first exception of a type among an exception and its causes, or null. */
    static <T extends Throwable> T find(Throwable e, Class<T> type) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
