package dev.vitrail.zoo.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.vitrail.zoo.JsonProblem;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The index of weights in several files: which tensor is in which. A file is named by a single
 * plain name, because the index comes with the files and may say anything.
 */
final class ShardIndex {

    private static final long MAXIMUM_BYTES = 100_000_000;
    private static final int MAXIMUM_SHARDS = 1_000;
    private static final int MAXIMUM_FILE_NAME = 255;
    private static final String WEIGHT_MAP = "weight_map";

    private static final JsonFactory JSON =
            new JsonFactoryBuilder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(32)
                                    .maxStringLength(1_000_000)
                                    .maxNameLength(10_000)
                                    .maxNumberLength(100)
                                    .build())
                    .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
                    .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
                    .build();

    private final Path path;
    private final Map<String, String> files = new LinkedHashMap<>();
    private final Set<String> shards = new TreeSet<>();
    private boolean isComplete;

    private ShardIndex(Path path) {
        this.path = path;
    }

    /**
     * Reads and checks an index; none of the files that it names is opened.
     *
     * @throws WeightsException if it cannot be read or is not sound
     */
    static ShardIndex read(Path path) {
        ShardIndex index = new ShardIndex(path);
        try (SourceFile file = SourceFile.open(path, "an index of weights")) {
            if (file.size() > MAXIMUM_BYTES) {
                throw index.refused(
                        String.format(
                                "has %d bytes, an index may have %d", file.size(), MAXIMUM_BYTES));
            }
            JsonProblem.Text text =
                    () ->
                            new InputStreamReader(
                                    file.stream(0, file.size()),
                                    StandardCharsets.UTF_8.newDecoder());
            try (JsonParser parser = JSON.createParser(text.open())) {
                index.read(parser, text);
            }
        } catch (CharacterCodingException e) {
            throw new WeightsException(path, "the index is not UTF-8", e);
        } catch (IOException e) {
            throw WeightsException.of(path, "cannot be read", e);
        }
        return index;
    }

    Path path() {
        return path;
    }

    /** The file names by tensor. */
    Map<String, String> files() {
        return Collections.unmodifiableMap(files);
    }

    /** Every file name once, in order. */
    Set<String> shards() {
        return Collections.unmodifiableSet(shards);
    }

    private void read(JsonParser parser, JsonProblem.Text text) throws IOException {
        try {
            readRoot(parser);
        } catch (JsonProcessingException e) {
            String problem = JsonProblem.of(e, parser, isComplete, text).sentence();
            throw new WeightsException(path, "the index cannot be read: " + problem, e);
        }
    }

    private void readRoot(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw refused("the index must be a JSON object");
        }
        boolean seen = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            if (!key.equals(WEIGHT_MAP)) {
                parser.skipChildren();
                continue;
            }
            if (seen) {
                throw refused("the index has " + WEIGHT_MAP + " twice");
            }
            seen = true;
            readMap(parser);
        }
        isComplete = true;
        if (parser.nextToken() != null) {
            throw refused("the index goes on after its JSON object");
        }
        if (files.isEmpty()) {
            throw refused("the index must have a " + WEIGHT_MAP + " that names tensors");
        }
    }

    private void readMap(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw refused(WEIGHT_MAP + " must be an object of tensor and file names");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String tensor = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw refused(Quoted.tensor(tensor) + " must have a file name in the index");
            }
            String file = parser.getText();
            if (!isPlainName(file)) {
                throw refused(
                        String.format(
                                "the index puts %s into %s, must be a file name without a folder",
                                Quoted.tensor(tensor), Quoted.of(file)));
            }
            if (files.size() == SafetensorsHeader.MAXIMUM_TENSORS) {
                throw refused(
                        "the index names more than "
                                + SafetensorsHeader.MAXIMUM_TENSORS
                                + " tensors, which is the limit");
            }
            if (files.put(tensor, file) != null) {
                throw refused("the index has " + Quoted.tensor(tensor) + " twice");
            }
            if (shards.add(file) && shards.size() > MAXIMUM_SHARDS) {
                throw refused(
                        "the index names more than "
                                + MAXIMUM_SHARDS
                                + " files, which is the limit");
            }
        }
    }

    /** On every system: a colon names a drive or a stream on Windows. */
    private static boolean isPlainName(String name) {
        return !name.isBlank()
                && name.length() <= MAXIMUM_FILE_NAME
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c < ' ' || c == 0x7F || "/\\:".indexOf(c) >= 0)
                && Quoted.isText(name);
    }

    private WeightsException refused(String problem) {
        return new WeightsException(path, problem);
    }
}
