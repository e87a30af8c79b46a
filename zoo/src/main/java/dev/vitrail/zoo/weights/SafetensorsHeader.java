package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.vitrail.zoo.JsonProblem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The header of a safetensors file: read as a stream, believed only as far as it agrees with itself
 * and with the file's length.
 *
 * <p>The rules are those of the reference reader; where its text is stricter (a name twice), the
 * text's. Two limits are ours: the number of tensors, because a million empty ones are legal and
 * cost minutes, and their rank.
 */
final class SafetensorsHeader {

    static final int MAXIMUM_TENSORS = 100_000;
    static final int MAXIMUM_RANK = 32;
    private static final int MAXIMUM_FIELDS = 64;
    private static final int MAXIMUM_METADATA = 10_000_000;
    static final String METADATA = "__metadata__";

    private static final JsonFactory JSON =
            new JsonFactoryBuilder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(32)
                                    .maxStringLength(10_000_000)
                                    .maxNameLength(10_000)
                                    .maxNumberLength(100)
                                    .build())
                    // Names come from strangers and are seen once: no table of them is kept.
                    .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
                    .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
                    .build();

    private final Path file;
    private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private boolean isComplete;
    private boolean metadataSeen;
    private long metadataLength;

    private SafetensorsHeader(Path file) {
        this.file = file;
    }

    /**
     * Reads and checks a header.
     *
     * @param file for messages
     * @param json the header's text
     * @param dataBytes length of what follows the header
     */
    static SafetensorsHeader read(Path file, JsonProblem.Text json, long dataBytes)
            throws IOException {
        SafetensorsHeader header = new SafetensorsHeader(file);
        try (JsonParser parser = JSON.createParser(json.open())) {
            header.read(parser, json);
        } catch (CharacterCodingException e) {
            throw new WeightsException(file, "the header is not UTF-8", e);
        }
        header.checkOffsets(dataBytes);
        return header;
    }

    /** The tensors in the order of the header. */
    Map<String, TensorEntry> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    private void read(JsonParser parser, JsonProblem.Text json) throws IOException {
        try {
            readRoot(parser);
        } catch (JsonProcessingException e) {
            String problem = JsonProblem.of(e, parser, isComplete, json).sentence();
            throw new WeightsException(file, "the header cannot be read: " + problem, e);
        }
    }

    private void readRoot(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw refused("the header must be a JSON object");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals(METADATA)) {
                readMetadata(parser);
                continue;
            }
            if (tensors.size() == MAXIMUM_TENSORS) {
                throw refused("more than " + MAXIMUM_TENSORS + " tensors, which is the limit");
            }
            if (tensors.put(name, readTensor(parser, name)) != null) {
                throw refused(Quoted.tensor(name) + " is there twice");
            }
        }
        isComplete = true;
        if (parser.nextToken() != null) {
            throw refused("the header goes on after its JSON object");
        }
    }

    private void readMetadata(JsonParser parser) throws IOException {
        if (metadataSeen) {
            throw refused(METADATA + " is there twice");
        }
        metadataSeen = true;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw refused(METADATA + " must be an object of strings");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw refused(METADATA + " must hold strings only, " + Quoted.of(key) + " is none");
            }
            metadataLength += key.length() + parser.getTextLength();
            if (metadataLength > MAXIMUM_METADATA) {
                throw refused(METADATA + " has more than " + MAXIMUM_METADATA + " characters");
            }
            if (metadata.put(key, parser.getText()) != null) {
                throw refused(METADATA + " has " + Quoted.of(key) + " twice");
            }
        }
    }

    private TensorEntry readTensor(JsonParser parser, String name) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw refused(
                    Quoted.tensor(name) + " must be an object of dtype, shape and data_offsets");
        }
        ElementType type = null;
        long[] shape = null;
        long[] offsets = null;
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            if (seen.size() > MAXIMUM_FIELDS) {
                throw refused(Quoted.tensor(name) + " has more than " + MAXIMUM_FIELDS + " fields");
            }
            if (!seen.add(key)) {
                throw refused(Quoted.tensor(name) + " has " + Quoted.of(key) + " twice");
            }
            switch (key) {
                case "dtype" -> type = readType(parser, name);
                case "shape" -> shape = readIntegers(parser, name, key, MAXIMUM_RANK);
                case "data_offsets" -> offsets = readIntegers(parser, name, key, 2);
                default -> parser.skipChildren(); // the reference ignores what it does not know
            }
        }
        if (type == null || shape == null || offsets == null) {
            throw refused(Quoted.tensor(name) + " must have dtype, shape and data_offsets");
        }
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw refused(
                    Quoted.tensor(name)
                            + " must have two data_offsets, the first not above the second");
        }
        TensorEntry entry = new TensorEntry(name, type, new Shape(shape), offsets[0], offsets[1]);
        checkSize(entry, shape);
        return entry;
    }

    private ElementType readType(JsonParser parser, String name) throws IOException {
        String text = parser.getText();
        return Optional.of(text)
                .filter(named -> parser.currentToken() == JsonToken.VALUE_STRING)
                .flatMap(ElementType::named)
                .orElseThrow(
                        () ->
                                refused(
                                        Quoted.tensor(name)
                                                + " has dtype "
                                                + Quoted.of(text)
                                                + ", which safetensors does not know; weights may"
                                                + " be "
                                                + ElementType.readable()));
    }

    private long[] readIntegers(JsonParser parser, String name, String key, int most)
            throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw refused(Quoted.tensor(name) + " must have an array of integers as " + key);
        }
        List<Long> integers = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (integers.size() == most) {
                throw refused(
                        Quoted.tensor(name) + " has more than " + most + " numbers in " + key);
            }
            // "-0" is a legal JSON integer and no offset: the text decides, not the value.
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                    || parser.getText().startsWith("-")
                    || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw refused(
                        Quoted.tensor(name)
                                + " has "
                                + Quoted.plain(parser.getText())
                                + " in "
                                + key
                                + ", must be an integer from 0 to 2^63-1");
            }
            integers.add(parser.getLongValue());
        }
        return integers.stream().mapToLong(Long::longValue).toArray();
    }

    private void checkSize(TensorEntry entry, long[] shape) {
        long elements = 1;
        try {
            for (long size : shape) {
                elements = Math.multiplyExact(elements, size);
            }
            long bits = Math.multiplyExact(elements, entry.type().bits());
            if (bits % Byte.SIZE != 0) {
                throw refused(Quoted.tensor(entry.name()) + " does not end on a whole byte");
            }
            if (bits / Byte.SIZE != entry.bytes()) {
                throw refused(
                        String.format(
                                "%s is %s of %s, which takes %d bytes, but has %d",
                                Quoted.tensor(entry.name()),
                                entry.type(),
                                entry.shape(),
                                bits / Byte.SIZE,
                                entry.bytes()));
            }
        } catch (ArithmeticException e) {
            throw refused(
                    String.format(
                            "%s is %s of %s, more bytes than a file can have (it has %d)",
                            Quoted.tensor(entry.name()),
                            entry.type(),
                            entry.shape(),
                            entry.bytes()));
        }
    }

    /** Every byte of the data belongs to exactly one tensor. */
    private void checkOffsets(long dataBytes) {
        List<TensorEntry> byOffset = new ArrayList<>(tensors.values());
        byOffset.sort(
                Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
        long position = 0;
        for (TensorEntry entry : byOffset) {
            if (entry.begin() != position) {
                throw refused(
                        String.format(
                                "%s begins at byte %d of the data, must begin at %d where the"
                                        + " tensor before it ends",
                                Quoted.tensor(entry.name()), entry.begin(), position));
            }
            position = entry.end();
        }
        if (position != dataBytes) {
            throw refused(
                    String.format(
                            "the tensors end at byte %d of the data, but the file has %d bytes of"
                                    + " it: %s",
                            position, dataBytes, position > dataBytes ? "cut short" : "too long"));
        }
    }

    private WeightsException refused(String problem) {
        return new WeightsException(file, problem);
    }
}
