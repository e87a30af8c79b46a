package dev.vitrail.zoo.config;

import dev.vitrail.zoo.ZooException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A config that cannot be used. The message has a line for every problem in the order of the file,
 * each naming file, line, key, value and what would be right.
 */
public final class ConfigException extends ZooException {

    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    ConfigException(String origin, List<ConfigProblem> problems) {
        super(
                problems.stream()
                        .map(problem -> problem.describe(origin))
                        .collect(Collectors.joining(System.lineSeparator())));
        this.problems = List.copyOf(problems);
    }

    /**
     * Everything that is wrong.
     *
     * @return one or more, in the order of the file
     */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
