package dev.vitrail.zoo.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One training of a sweep.
 *
 * @param number counted from 1
 * @param values what the swept keys are, as written on the command line, in the plan's order
 */
public record Trial(int number, Map<String, String> values) {

    /**
     * Copies the values.
     *
     * @param number counted from 1
     * @param values of the swept keys
     */
    public Trial {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * Returns where its run lies.
     *
     * @return such as {@code trials/0001}, below the sweep's folder
     */
    public String folder() {
        return String.format(Locale.ROOT, "%s/%04d", Sweep.TRIALS, number);
    }

    @Override
    public String toString() {
        return "trial "
                + number
                + values.entrySet().stream()
                        .map(value -> value.getKey() + "=" + value.getValue())
                        .collect(Collectors.joining(", ", " (", ")"));
    }
}
