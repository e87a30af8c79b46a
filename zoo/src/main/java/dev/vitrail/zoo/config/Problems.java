package dev.vitrail.zoo.config;

import dev.vitrail.zoo.config.JsonNode.Location;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is found wrong with one document. */
final class Problems {

    private final List<ConfigProblem> found = new ArrayList<>();

    void add(String path, Location at, String message) {
        found.add(new ConfigProblem(path, at.line(), at.column(), message));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    int count() {
        return found.size();
    }

    /** In the order of the file. */
    List<ConfigProblem> sorted() {
        return found.stream()
                .sorted(
                        Comparator.comparingInt(ConfigProblem::line)
                                .thenComparingInt(ConfigProblem::column))
                .toList();
    }
}
