package dev.vitrail.zoo.train;

import ai.djl.nn.Parameter;
import dev.vitrail.zoo.ZooException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Takes parameters out of a training by patterns of their names. */
final class Freezing {

    private static final String NOT = "!";

    private Freezing() {}

    /**
     * Freezes what the patterns match, the last one that matches a name deciding.
     *
     * @param parameters by name, initialised
     * @param patterns with {@code *} for any text; what one that begins with {@code !} matches is
     *     trained after all
     * @throws ZooException if a pattern matches nothing, or nothing is left to train
     */
    static void apply(Map<String, Parameter> parameters, List<String> patterns) {
        Set<String> frozen = new HashSet<>();
        for (String pattern : patterns) {
            boolean thaws = pattern.startsWith(NOT);
            Pattern names = compiled(thaws ? pattern.substring(NOT.length()) : pattern);
            List<String> matched =
                    parameters.keySet().stream()
                            .filter(name -> names.matcher(name).matches())
                            .toList();
            if (matched.isEmpty()) {
                throw new ZooException(
                        "training.freeze: \""
                                + pattern
                                + "\" matches no parameter; their names are such as "
                                + parameters.keySet().stream()
                                        .limit(3)
                                        .collect(Collectors.joining(", ")));
            }
            if (thaws) {
                matched.forEach(frozen::remove);
            } else {
                frozen.addAll(matched);
            }
        }
        frozen.forEach(name -> parameters.get(name).freeze(true));
        if (parameters.values().stream().noneMatch(Parameter::requiresGradient)) {
            throw new ZooException(
                    "training.freeze: " + patterns + " leaves no parameter to be trained");
        }
    }

    private static Pattern compiled(String glob) {
        return Pattern.compile(
                Arrays.stream(glob.split("\\*", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")));
    }
}
