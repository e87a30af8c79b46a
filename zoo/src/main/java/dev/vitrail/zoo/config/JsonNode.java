package dev.vitrail.zoo.config;

import java.util.List;

/** JSON that knows where in the file each part of it stood. */
sealed interface JsonNode {

    /** The place of the value's first character. */
    Location at();

    /** The value as a message shows it: as written, shortened. */
    String shown();

    /** A place in a text; line and column from 1. */
    record Location(int line, int column) implements Comparable<Location> {
        @Override
        public int compareTo(Location other) {
            int byLine = Integer.compare(line, other.line);
            return byLine != 0 ? byLine : Integer.compare(column, other.column);
        }
    }

    /** A key with its value. */
    record Member(String key, Location at, JsonNode value) {}

    /** An object; no key is there twice. */
    record JsonObject(Location at, List<Member> members) implements JsonNode {
        @Override
        public String shown() {
            return "an object";
        }
    }

    /** An array. */
    record JsonArray(Location at, List<JsonNode> elements) implements JsonNode {
        @Override
        public String shown() {
            return elements.size() <= 8
                    ? elements.stream().map(JsonNode::shown).toList().toString()
                    : "an array of " + elements.size();
        }
    }

    /** A string, unescaped. */
    record JsonString(Location at, String text) implements JsonNode {
        @Override
        public String shown() {
            return quoted(text);
        }
    }

    /** A number as written; also {@code NaN} and the infinities, which no key allows. */
    record JsonNumber(Location at, String text) implements JsonNode {
        @Override
        public String shown() {
            return shortened(text);
        }
    }

    /** {@code true} or {@code false}. */
    record JsonBoolean(Location at, boolean value) implements JsonNode {
        @Override
        public String shown() {
            return Boolean.toString(value);
        }
    }

    /** {@code null}. */
    record JsonNull(Location at) implements JsonNode {
        @Override
        public String shown() {
            return "null";
        }
    }

    /** Text in a message: quoted, its control characters escaped, at most a line of it. */
    static String quoted(String text) {
        StringBuilder shown = new StringBuilder("\"");
        shortened(text)
                .chars()
                .forEach(
                        c -> {
                            if (c < ' ' || c == 0x7F) {
                                shown.append(String.format("\\u%04x", c));
                            } else {
                                shown.append((char) c);
                            }
                        });
        return shown.append('"').toString();
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
