package dev.vitrail.zoo.weights;

import dev.vitrail.zoo.ZooException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A weights file that cannot be used or written. The message is a sentence for the user: the file,
 * the tensor, what is wrong with it and what would be right.
 */
public final class WeightsException extends ZooException {

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
        boolean named =
                cause instanceof NoSuchFileException missing
                        && file.toString().equals(missing.getFile());
        String reason = named ? "no such file" : reason(cause);
        return new WeightsException(file, effect + " (" + reason + ")", cause);
    }

    /**
     * Everything that was found wrong, a sentence each without the file's name.
     *
     * @return one or more
     */
    public List<String> problems() {
        return problems;
    }
}
