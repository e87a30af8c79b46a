package dev.vitrail.zoo.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.vitrail.zoo.JsonProblem;
import dev.vitrail.zoo.config.JsonNode.JsonArray;
import dev.vitrail.zoo.config.JsonNode.JsonBoolean;
import dev.vitrail.zoo.config.JsonNode.JsonNull;
import dev.vitrail.zoo.config.JsonNode.JsonNumber;
import dev.vitrail.zoo.config.JsonNode.JsonObject;
import dev.vitrail.zoo.config.JsonNode.JsonString;
import dev.vitrail.zoo.config.JsonNode.Location;
import dev.vitrail.zoo.config.JsonNode.Member;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Text to {@link JsonNode}, strictly: what lenient parsers let pass is a problem here, said in the
 * words of somebody who edits a config and not of a parser.
 */
final class JsonTreeReader {

    private static final int MAXIMUM_DEPTH = 64;
    private static final int MAXIMUM_NUMBER = 100;
    private static final int MAXIMUM_NAME = 1_000;
    private static final int MAXIMUM_STRING = 100_000;

    private static final JsonFactory JSON =
            new JsonFactoryBuilder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAXIMUM_DEPTH)
                                    .maxNumberLength(MAXIMUM_NUMBER)
                                    .maxNameLength(MAXIMUM_NAME)
                                    .maxStringLength(MAXIMUM_STRING)
                                    .build())
                    // Read as a number so that the message can name key and range.
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build();

    private final String text;
    private final Problems problems;
    private boolean isComplete;

    private JsonTreeReader(String text, Problems problems) {
        this.text = text;
        this.problems = problems;
    }

    /**
     * Reads a document.
     *
     * @return the document, or null where it is so broken that nothing can be read; what is wrong
     *     is among the problems then
     */
    static JsonNode read(String text, Problems problems) {
        return new JsonTreeReader(text, problems).read();
    }

    private JsonNode read() {
        try (JsonParser parser = JSON.createParser(text)) {
            try {
                return document(parser);
            } catch (JsonProcessingException e) {
                JsonProblem problem =
                        JsonProblem.of(e, parser, isComplete, () -> new StringReader(text));
                problems.add("", new Location(problem.line(), problem.column()), problem.words());
            }
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be read", e);
        }
        return null;
    }

    private JsonNode document(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            problems.add("", new Location(1, 1), "is empty, an object is expected");
            return null;
        }
        JsonNode root = value(parser, "");
        isComplete = true;
        if (parser.nextToken() != null) {
            problems.add("", location(parser.currentTokenLocation()), JsonProblem.GOES_ON);
        }
        return root;
    }

    private JsonNode value(JsonParser parser, String path) throws IOException {
        Location at = location(parser.currentTokenLocation());
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser, path, at);
            case START_ARRAY -> array(parser, path, at);
            case VALUE_STRING -> new JsonString(at, checked(parser.getText(), path, at));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(at, parser.getText());
            case VALUE_TRUE -> new JsonBoolean(at, true);
            case VALUE_FALSE -> new JsonBoolean(at, false);
            case VALUE_NULL -> new JsonNull(at);
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalStateException("no value begins with " + token);
        };
    }

    private JsonObject object(JsonParser parser, String path, Location at) throws IOException {
        Map<String, Member> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Location keyAt = location(parser.currentTokenLocation());
            String memberPath = Section.join(path, checked(key, path, keyAt));
            parser.nextToken();
            Member member = new Member(key, keyAt, value(parser, memberPath));
            Member first = members.putIfAbsent(key, member);
            if (first != null) {
                problems.add(
                        memberPath,
                        keyAt,
                        String.format(
                                "%s is there twice, on lines %d and %d",
                                memberPath, first.at().line(), keyAt.line()));
            }
        }
        return new JsonObject(at, List.copyOf(members.values()));
    }

    private JsonArray array(JsonParser parser, String path, Location at) throws IOException {
        List<JsonNode> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser, path + "[" + elements.size() + "]"));
        }
        return new JsonArray(at, List.copyOf(elements));
    }

    /** Half of a surrogate pair can be written with an escape, but is no text. */
    private String checked(String string, String path, Location at) {
        boolean broken =
                string.codePoints()
                        .anyMatch(
                                point ->
                                        point >= Character.MIN_SURROGATE
                                                && point <= Character.MAX_SURROGATE);
        if (broken) {
            problems.add(path, at, "a string has half of a surrogate pair, which is no character");
        }
        return string;
    }

    private static Location location(JsonLocation location) {
        return new Location(location.getLineNr(), location.getColumnNr());
    }
}
