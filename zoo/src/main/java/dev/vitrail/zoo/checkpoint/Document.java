package dev.vitrail.zoo.checkpoint;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.vitrail.zoo.JsonProblem;
import dev.vitrail.zoo.ZooException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A JSON file that another project wrote beside its weights. Unknown keys are left alone, since
 * such files carry much that is not about the network; a key that is asked for must have the right
 * type, and absent and {@code null} are the same.
 */
final class Document {

    /** The labels of 21 843 classes, there and back, take two megabytes. */
    private static final int MAXIMUM_BYTES = 16 << 20;

    private static final int MAXIMUM_DEPTH = 64;

    private static final ObjectMapper JSON =
            new ObjectMapper(
                            new JsonFactoryBuilder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAXIMUM_DEPTH)
                                                    .build())
                                    .build())
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final Path file;
    private final String path;
    private final JsonNode node;

    private Document(Path file, String path, JsonNode node) {
        this.file = file;
        this.path = path;
        this.node = node;
    }

    /** Reads a file if it is there. */
    static Optional<Document> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream input = Files.newInputStream(file)) {
            byte[] bytes = input.readNBytes(MAXIMUM_BYTES + 1);
            if (bytes.length > MAXIMUM_BYTES) {
                throw new CheckpointException(
                        file, "has more than " + MAXIMUM_BYTES + " bytes, which is the limit");
            }
            return Optional.of(of(file, tree(file, text(file, bytes))));
        } catch (IOException e) {
            throw new CheckpointException(
                    file, "cannot be read (" + ZooException.reason(e) + ")", e);
        }
    }

    private static String text(Path file, byte[] bytes) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file, "is not text in UTF-8; JSON is expected", e);
        }
    }

    private static JsonNode tree(Path file, String text) throws IOException {
        try (JsonParser parser = JSON.createParser(text)) {
            boolean isComplete = false;
            try {
                JsonNode root = JSON.readTree(parser);
                if (root == null) {
                    throw new CheckpointException(file, "is empty, must hold a JSON object");
                }
                isComplete = true;
                if (parser.nextToken() == null) {
                    return root;
                }
                JsonLocation at = parser.currentTokenLocation();
                throw notJson(
                        file,
                        new JsonProblem(at.getLineNr(), at.getColumnNr(), JsonProblem.GOES_ON),
                        null);
            } catch (JsonProcessingException e) {
                throw notJson(
                        file,
                        JsonProblem.of(e, parser, isComplete, () -> new StringReader(text)),
                        e);
            }
        }
    }

    private static CheckpointException notJson(Path file, JsonProblem problem, Throwable cause) {
        return new CheckpointException(file, problem.sentence(), cause);
    }

    static Document of(Path file, JsonNode root) {
        if (!root.isObject()) {
            throw new CheckpointException(file, "must hold a JSON object");
        }
        return new Document(file, "", root);
    }

    Path file() {
        return file;
    }

    /** Whether a key is there and not null. */
    boolean has(String key) {
        return node.hasNonNull(key);
    }

    JsonNode node(String key) {
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? MissingNode.getInstance() : value;
    }

    /** An object; one without keys where there is none. */
    Document child(String key) {
        JsonNode value = node(key);
        if (!value.isMissingNode() && !value.isObject()) {
            throw refused(key, "an object");
        }
        return new Document(
                file, path + key + ".", value.isMissingNode() ? JSON.createObjectNode() : value);
    }

    Optional<String> text(String key) {
        JsonNode value = node(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw refused(key, "a string");
        }
        return Optional.of(value.textValue());
    }

    Optional<Boolean> flag(String key) {
        JsonNode value = node(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw refused(key, "true or false");
        }
        return Optional.of(value.booleanValue());
    }

    Optional<Integer> integer(String key) {
        JsonNode value = node(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!isInteger(value)) {
            throw refused(key, "an integer");
        }
        return Optional.of(value.intValue());
    }

    Optional<Double> number(String key) {
        JsonNode value = node(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw refused(key, "a number");
        }
        return Optional.of(value.doubleValue());
    }

    /** Height and width, from one integer or a pair. */
    Optional<List<Integer>> edges(String key) {
        JsonNode value = node(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (isInteger(value)) {
            return Optional.of(List.of(value.intValue(), value.intValue()));
        }
        if (value.isArray()
                && value.size() == 2
                && isInteger(value.get(0))
                && isInteger(value.get(1))) {
            return Optional.of(List.of(value.get(0).intValue(), value.get(1).intValue()));
        }
        throw refused(key, "an integer or [height, width]");
    }

    Optional<List<Double>> numbers(String key, int count) {
        JsonNode value = node(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        List<Double> numbers = new ArrayList<>();
        for (JsonNode element : value) {
            if (element.isNumber() && Double.isFinite(element.doubleValue())) {
                numbers.add(element.doubleValue());
            }
        }
        if (!value.isArray() || numbers.size() != count || value.size() != count) {
            throw refused(key, count + " numbers");
        }
        return Optional.of(numbers);
    }

    Optional<List<String>> texts(String key) {
        JsonNode value = node(key);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) {
            if (element.isTextual()) {
                texts.add(element.textValue());
            }
        }
        if (!value.isArray() || texts.size() != value.size()) {
            throw refused(key, "a list of strings");
        }
        return Optional.of(texts);
    }

    /** The refusal of a key's value. */
    CheckpointException refused(String key, String right) {
        String shown = node(key).toString();
        return new CheckpointException(
                file,
                path
                        + key
                        + " is "
                        + (shown.length() > 60 ? shown.substring(0, 60) + "…" : shown)
                        + ", must be "
                        + right);
    }

    /** The refusal of what several keys come to. */
    CheckpointException refused(String problem) {
        return new CheckpointException(file, problem);
    }

    private static boolean isInteger(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt();
    }
}
