package dev.vitrail.zoo;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.Reader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a text is no JSON, in the words of somebody who wrote or fetched the file: Jackson's own are
 * about its tokens and about where it was told to read.
 *
 * @param line from 1
 * @param column from 1
 * @param words what is there and what would be right
 */
public record JsonProblem(int line, int column, String words) {

    private static final int SHOWN = 20;

    private static final Pattern TWICE = Pattern.compile("Duplicate field '(.*)'", Pattern.DOTALL);

    /** What is wrong at the place where a complete document goes on. */
    public static final String GOES_ON = "the document goes on after its end";

    /** A text, read once more from its beginning. */
    public interface Text {

        /**
         * Opens it.
         *
         * @return the same characters as the parser was given
         * @throws IOException if it cannot be opened
         */
        Reader open() throws IOException;
    }

    /**
     * What a parser stumbled over.
     *
     * @param e what it threw
     * @param parser still open
     * @param isComplete whether a whole document had been read before
     * @param text what the parser was reading
     * @return place and words
     */
    public static JsonProblem of(
            JsonProcessingException e, JsonParser parser, boolean isComplete, Text text) {
        if (e instanceof StreamConstraintsException limit) { // it carries no place of its own
            return at(
                    parser.currentLocation(),
                    limit(limit.getOriginalMessage(), parser.streamReadConstraints()));
        }
        Matcher twice = TWICE.matcher(e.getOriginalMessage());
        if (twice.matches()) {
            return at(
                    parser.currentTokenLocation(),
                    "the key \"" + shown(twice.group(1)) + "\" is there twice in its object");
        }
        JsonLocation location = e.getLocation();
        return at(location, syntax(e, isComplete, Surroundings.of(text, location)));
    }

    /**
     * Place and words.
     *
     * @return such as {@code line 3, column 7: not JSON: the document ends in the middle}
     */
    public String sentence() {
        return "line " + line + ", column " + column + ": " + words;
    }

    private static JsonProblem at(JsonLocation location, String words) {
        return new JsonProblem(location.getLineNr(), location.getColumnNr(), words);
    }

    private static String limit(String message, StreamReadConstraints limits) {
        if (message.contains("nesting depth")) {
            return "nested deeper than " + limits.getMaxNestingDepth() + ", which is the limit";
        }
        if (message.contains("Number")) {
            return "a number has more than " + characters(limits.getMaxNumberLength());
        }
        if (message.contains("Name")) {
            return "a key has more than " + characters(limits.getMaxNameLength());
        }
        return "a string has more than " + characters(limits.getMaxStringLength());
    }

    private static String characters(int limit) {
        return limit + " characters, which is the limit";
    }

    private static String syntax(
            JsonProcessingException e, boolean isComplete, Surroundings surroundings) {
        String rest = surroundings.rest;
        if (rest.startsWith("/") || rest.startsWith("#")) {
            return "not JSON: a comment, which JSON does not have";
        }
        if (isComplete) {
            return GOES_ON;
        }
        if (e.getOriginalMessage().contains("surrogate")) {
            return "a string has half of a surrogate pair, which is no character";
        }
        if (rest.startsWith("'")) {
            return "not JSON: a single quote, must be a double quote";
        }
        boolean closes = rest.startsWith("}") || rest.startsWith("]");
        if (closes && surroundings.before == ',') {
            return "not JSON: a comma before the closing bracket";
        }
        if (rest.isBlank()) {
            return "not JSON: the document ends in the middle";
        }
        if (e.getOriginalMessage().contains("CTRL-CHAR")) {
            return "not JSON: a string holds a line end or another control character; write \\n";
        }
        return "not JSON: "
                + shown(rest.lines().findFirst().orElseThrow())
                + " cannot stand here; keys and strings are in double quotes, and every bracket"
                + " closes one of its kind";
    }

    /** Short, and without characters that move a cursor. */
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        for (char character : text.substring(0, Math.min(SHOWN, text.length())).toCharArray()) {
            if (Character.isISOControl(character)) {
                shown.append(String.format("\\u%04x", (int) character));
            } else {
                shown.append(character);
            }
        }
        return text.length() > SHOWN ? shown.append("...").toString() : shown.toString();
    }

    /**
     * What stands around a place.
     *
     * @param before the last character in front of it that is not white, or 0
     * @param rest from the place on without white space in front, as far as it is shown
     */
    private record Surroundings(char before, String rest) {

        static Surroundings of(Text text, JsonLocation location) {
            try (Reader reader = text.open()) {
                char before = 0;
                for (long i = 0; i < location.getCharOffset(); i++) {
                    int character = reader.read();
                    if (character < 0) {
                        break;
                    }
                    before = Character.isWhitespace(character) ? before : (char) character;
                }
                return new Surroundings(before, rest(reader));
            } catch (IOException e) {
                return new Surroundings((char) 0, ""); // then the file has changed under way
            }
        }

        private static String rest(Reader reader) throws IOException {
            StringBuilder rest = new StringBuilder();
            int character = reader.read();
            while (character >= 0 && rest.length() <= SHOWN) {
                if (rest.length() > 0 || !Character.isWhitespace(character)) {
                    rest.append((char) character);
                }
                character = reader.read();
            }
            return rest.toString();
        }
    }
}
