package dev.vitrail.zoo.weights;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A weights file that cannot be used or written. The message is a sentence for the user: the file,
 * the tensor, what is wrong with it and what would be right.
 */
public final class WeightsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** More than these are counted in the message, not named. */
    private static final int NAMED_PROBLEMS = 12;

    private final transient List<String> problems;

    private WeightsException(String message, List<String> problems, Throwable cause) {
        super(message, cause);
        this.problems = List.copyOf(problems);
    }

    /** One problem of a file. */
    WeightsException(Path file, String problem) {
        this(file + ": " + problem, List.of(problem), null);
    }

    /** One problem of a file, and what gave it away. */
    WeightsException(Path file, String problem, Throwable cause) {
        this(file + ": " + problem, List.of(problem), cause);
    }

    /** All problems of a file. */
    static WeightsException of(Path file, String summary, List<String> problems) {
        String named = problems.stream().limit(NAMED_PROBLEMS).collect(Collectors.joining("; "));
        int more = problems.size() - NAMED_PROBLEMS;
        String tail = more > 0 ? "; and " + more + " more" : "";
        return new WeightsException(file + ": " + summary + ": " + named + tail, problems, null);
    }

    /** What the system would not do with a file. */
    static WeightsException of(Path file, String effect, IOException cause) {
        return new WeightsException(file, effect + " (" + reason(cause) + ")", cause);
    }

    /**
     * Everything that was found wrong, a sentence each without the file's name.
     *
     * @return one or more
     */
    public List<String> problems() {
        return problems;
    }

    /** The library's messages for these are only the path again. */
    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException missing) {
            return "no such file or folder: " + missing.getFile();
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return cause.getMessage();
    }
}
