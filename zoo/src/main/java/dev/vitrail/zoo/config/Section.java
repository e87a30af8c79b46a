package dev.vitrail.zoo.config;

import dev.vitrail.zoo.config.JsonNode.JsonArray;
import dev.vitrail.zoo.config.JsonNode.JsonBoolean;
import dev.vitrail.zoo.config.JsonNode.JsonNumber;
import dev.vitrail.zoo.config.JsonNode.JsonObject;
import dev.vitrail.zoo.config.JsonNode.JsonString;
import dev.vitrail.zoo.config.JsonNode.Location;
import dev.vitrail.zoo.config.JsonNode.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One object of a config while it is read. Each method reads a key and returns its value, the
 * fallback where the key is absent, or null where it is wrong and the problem has been noted.
 */
final class Section {

    private final JsonObject object;
    private final String path;
    private final Problems problems;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    Section(JsonObject object, String path, Problems problems) {
        this.object = object;
        this.path = path;
        this.problems = problems;
        object.members().forEach(member -> members.put(member.key(), member));
    }

    /** A key's path: the object's, a dot, the key. */
    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The value of a key, or null. */
    JsonNode node(String key) {
        known.add(key);
        Member member = members.get(key);
        return member == null ? null : member.value();
    }

    /** Where a message about a key points: to its value, or to the object that lacks it. */
    Location at(String key) {
        Member member = members.get(key);
        return member == null ? object.at() : member.value().at();
    }

    /** Whether the key stands in the object. */
    boolean has(String key) {
        return members.containsKey(key);
    }

    Integer integer(String key, int from, int to, Integer fallback) {
        return read(key, fallback, integerWords(from, to), node -> integer(node, from, to));
    }

    Long whole(String key, long from, long to, Long fallback) {
        return read(
                key,
                fallback,
                integerWords(from, to),
                node -> {
                    OptionalLong value = integer(node);
                    return value.isPresent() && value.getAsLong() >= from && value.getAsLong() <= to
                            ? value.getAsLong()
                            : null;
                });
    }

    Double number(String key, Range range, Double fallback) {
        return read(key, fallback, range.words(), node -> number(node, range));
    }

    Boolean flag(String key, Boolean fallback) {
        return read(
                key,
                fallback,
                "true or false",
                node -> node instanceof JsonBoolean value ? value.value() : null);
    }

    <E> E choice(String key, E[] choices, Function<E, String> id, E fallback) {
        String words =
                Arrays.stream(choices)
                        .map(choice -> JsonNode.quoted(id.apply(choice)))
                        .collect(Collectors.joining(" or "));
        return read(
                key,
                fallback,
                words,
                node -> {
                    for (E choice : choices) {
                        if (node instanceof JsonString string
                                && string.text().equals(id.apply(choice))) {
                            return choice;
                        }
                    }
                    return null;
                });
    }

    /** An array of exactly this many numbers. */
    List<Double> numbers(String key, int count, Range range, List<Double> fallback) {
        String words = "an array of " + count + ", each " + range.words();
        return read(
                key,
                fallback,
                words,
                node -> {
                    if (!(node instanceof JsonArray array) || array.elements().size() != count) {
                        return null;
                    }
                    List<Double> values = new ArrayList<>();
                    for (JsonNode element : array.elements()) {
                        Double value = number(element, range);
                        if (value == null) {
                            return null;
                        }
                        values.add(value);
                    }
                    return values;
                });
    }

    /** An array of integers, of a length between two bounds. */
    List<Integer> integers(
            String key, int shortest, int longest, int from, int to, List<Integer> fallback) {
        String words =
                "an array of " + shortest + " to " + longest + ", each " + integerWords(from, to);
        return read(
                key,
                fallback,
                words,
                node -> {
                    if (!(node instanceof JsonArray array)
                            || array.elements().size() < shortest
                            || array.elements().size() > longest) {
                        return null;
                    }
                    List<Integer> values = new ArrayList<>();
                    for (JsonNode element : array.elements()) {
                        Integer value = integer(element, from, to);
                        if (value == null) {
                            return null;
                        }
                        values.add(value);
                    }
                    return values;
                });
    }

    /** An array of texts that are not blank. */
    List<String> strings(String key, List<String> fallback) {
        return read(
                key,
                fallback,
                "an array of texts in double quotes",
                node -> {
                    if (!(node instanceof JsonArray array)) {
                        return null;
                    }
                    List<String> values = new ArrayList<>();
                    for (JsonNode element : array.elements()) {
                        if (!(element instanceof JsonString string) || string.text().isBlank()) {
                            return null;
                        }
                        values.add(string.text());
                    }
                    return values;
                });
    }

    /** Two numbers above 0 that do not fall: the ends of a range. */
    List<Double> rising(String key, double largest, List<Double> fallback) {
        List<Double> ends = numbers(key, 2, Range.FACTOR, fallback);
        if (ends != null && (ends.get(0) > ends.get(1) || ends.get(1) > largest)) {
            refuse(key, "two numbers in (0, " + largest + "] that do not fall");
            return null;
        }
        return ends;
    }

    /** An integer, or a pair of integers; the pair has both the same where one was given. */
    List<Integer> edges(String key, int from, int to, List<Integer> fallback) {
        String words = integerWords(from, to) + " or [height, width] of them";
        return read(
                key,
                fallback,
                words,
                node -> {
                    if (node instanceof JsonArray array && array.elements().size() == 2) {
                        Integer height = integer(array.elements().get(0), from, to);
                        Integer width = integer(array.elements().get(1), from, to);
                        return height == null || width == null ? null : List.of(height, width);
                    }
                    Integer edge = integer(node, from, to);
                    return edge == null ? null : List.of(edge, edge);
                });
    }

    String string(String key, String fallback) {
        return read(
                key,
                fallback,
                "a string of 1 to 200 characters on one line",
                node ->
                        node instanceof JsonString string && isLine(string.text())
                                ? string.text()
                                : null);
    }

    /** Whether a text can stand as a name: not blank, not long, without control characters. */
    static boolean isLine(String text) {
        return !text.isBlank()
                && text.length() <= 200
                && text.chars().noneMatch(Character::isISOControl);
    }

    /** A nested object; an empty one where the key is absent and may be. */
    Section section(String key, boolean required) {
        JsonNode node = node(key);
        String nested = join(path, key);
        if (node instanceof JsonObject present) {
            return new Section(present, nested, problems);
        }
        if (node != null || required) {
            refuse(key, "an object");
            return null;
        }
        return new Section(new JsonObject(object.at(), List.of()), nested, problems);
    }

    /** Notes that a key's value is wrong, or that it is missing. */
    void refuse(String key, String right) {
        JsonNode node = node(key);
        String is = node == null ? " is missing, must be " : " is " + node.shown() + ", must be ";
        problems.add(join(path, key), at(key), join(path, key) + is + right);
    }

    /** Notes a problem of a key's value in words that begin with the key. */
    void note(String key, String message) {
        problems.add(join(path, key), at(key), join(path, message));
    }

    /** Notes a problem of the object as a whole. */
    void noteSelf(String message) {
        problems.add(path, object.at(), path + " " + message);
    }

    /** Notes the keys that nobody asked for. */
    void refuseUnknownKeys() {
        for (Member member : members.values()) {
            if (!known.contains(member.key())) {
                String nearest = NearestKey.among(known, member.key());
                problems.add(
                        join(path, member.key()),
                        member.at(),
                        String.format(
                                "%s is not a known key; did you mean %s?",
                                join(path, shownKey(member.key())), join(path, nearest)));
            }
        }
    }

    /** The keys asked for so far, with their paths. */
    List<String> knownPaths() {
        return known.stream().distinct().map(key -> join(path, key)).toList();
    }

    private static String shownKey(String key) {
        String quoted = JsonNode.quoted(key);
        return quoted.substring(1, quoted.length() - 1);
    }

    private <T> T read(String key, T fallback, String words, Function<JsonNode, T> reader) {
        JsonNode node = node(key);
        if (node == null) {
            if (fallback == null) {
                refuse(key, words);
            }
            return fallback;
        }
        T value = reader.apply(node);
        if (value == null) {
            refuse(key, words);
        }
        return value;
    }

    private static String integerWords(long from, long to) {
        return "an integer from " + from + " to " + to;
    }

    private static Integer integer(JsonNode node, int from, int to) {
        OptionalLong value = integer(node);
        boolean fits = value.isPresent() && value.getAsLong() >= from && value.getAsLong() <= to;
        return fits ? Math.toIntExact(value.getAsLong()) : null;
    }

    /** Only what is written as an integer: 224.0 and 1e5 are meant as something else. */
    private static OptionalLong integer(JsonNode node) {
        if (node instanceof JsonNumber number && number.text().matches("0|-?[1-9][0-9]{0,17}")) {
            return OptionalLong.of(Long.parseLong(number.text()));
        }
        return OptionalLong.empty();
    }

    private static Double number(JsonNode node, Range range) {
        if (!(node instanceof JsonNumber number)) {
            return null;
        }
        double value =
                switch (number.text()) {
                    case "NaN", "INF", "Infinity", "+INF", "+Infinity", "-INF", "-Infinity" ->
                            Double.NaN;
                    default -> Double.parseDouble(number.text());
                };
        boolean minusZero = value == 0 && number.text().startsWith("-");
        return range.contains(value) && !minusZero ? value : null;
    }
}
