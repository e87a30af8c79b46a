package dev.vitrail.zoo.data;

import java.util.List;
import java.util.stream.Collectors;

/** A line of comma-separated values (RFC 4180), without its end. */
public final class CsvLine {

    private CsvLine() {}

    /**
     * Joins fields, those in quotes that need it.
     *
     * @param fields any texts
     * @return the line
     */
    public static String of(List<String> fields) {
        return fields.stream().map(CsvLine::quoted).collect(Collectors.joining(","));
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
