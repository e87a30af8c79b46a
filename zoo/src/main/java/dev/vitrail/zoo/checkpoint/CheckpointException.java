package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.ZooException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A checkpoint that cannot be imported, or a run that a family of checkpoints cannot hold. The
 * message is a sentence for the user: the file, the tensor or key, what is wrong and what would be
 * right.
 */
public final class CheckpointException extends ZooException {

    private static final long serialVersionUID = 1L;

    /** More than these are counted in the message, not named. */
    private static final int NAMED_PROBLEMS = 12;

    private final transient List<String> problems;

    CheckpointException(Object origin, String problem) {
        super(origin + ": " + problem);
        problems = List.of(problem);
    }

    CheckpointException(Object origin, String problem, Throwable cause) {
        super(origin + ": " + problem, cause);
        problems = List.of(problem);
    }

    private CheckpointException(String message, List<String> problems) {
        super(message);
        this.problems = List.copyOf(problems);
    }

    /** Several problems of one kind, the first of them named in the message. */
    static CheckpointException of(
            Object origin, String summary, List<String> problems, String advice) {
        String named = problems.stream().limit(NAMED_PROBLEMS).collect(Collectors.joining("; "));
        int more = problems.size() - NAMED_PROBLEMS;
        String tail = more > 0 ? "; and " + more + " more" : "";
        return new CheckpointException(
                origin + ": " + summary + ": " + named + tail + advice, problems);
    }

    /**
     * Everything that was found wrong, without the file's name.
     *
     * @return one or more
     */
    public List<String> problems() {
        return problems;
    }
}
