package dev.vitrail.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.vitrail.imaging.Preprocessing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code vitrail.*} key–value pairs of an ONNX file, typed.
 *
 * @param labels the class names, by index
 * @param preprocessing from a decoded image to the input
 */
record ModelMetadata(List<String> labels, Preprocessing preprocessing) {
    static final String CONFIG = "vitrail.config";
    static final String PREPROCESSING = "vitrail.preprocessing";
    static final String LABELS = "vitrail.labels";
    static final String PRECISION = "vitrail.precision";
    static final String WEIGHTS_SHA256 = "vitrail.weights_sha256";
    static final String VERIFIED = "vitrail.verified";

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .build();

    static ModelMetadata read(String model, Map<String, String> metadata) {
        return new ModelMetadata(labels(model, metadata), preprocessing(model, metadata));
    }

    private static Preprocessing preprocessing(String model, Map<String, String> metadata) {
        String json = required(model, metadata, PREPROCESSING);
        try {
            Preprocessing preprocessing = JSON.readValue(json, Preprocessing.class);
            if (preprocessing != null) {
                return preprocessing;
            }
        } catch (JsonProcessingException e) {
            throw JsonFault.of(model, PREPROCESSING, e);
        }
        throw new RuntimeFailure(
                model + ": metadata " + PREPROCESSING + " is null, must be an object");
    }

    private static List<String> labels(String model, Map<String, String> metadata) {
        String json = required(model, metadata, LABELS);
        JsonNode array;
        try {
            array = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw JsonFault.of(model, LABELS, e);
        }
        List<String> labels = new ArrayList<>();
        for (JsonNode label : array) {
            if (!label.isTextual() || !array.isArray() || hasLoneSurrogate(label.textValue())) {
                throw new RuntimeFailure(
                        model
                                + ": metadata "
                                + LABELS
                                + " has "
                                + label
                                + " at index "
                                + labels.size()
                                + ", must be an array of class names");
            }
            labels.add(label.textValue());
        }
        if (labels.isEmpty()) {
            throw new RuntimeFailure(
                    model
                            + ": metadata "
                            + LABELS
                            + " holds no class name, must be an array of them");
        }
        return labels;
    }

    private static String required(String model, Map<String, String> metadata, String key) {
        return Optional.ofNullable(metadata.get(key))
                .orElseThrow(
                        () ->
                                new RuntimeFailure(
                                        model
                                                + ": has no metadata "
                                                + key
                                                + ", so it cannot be classified with; vitrail"
                                                + " export writes it"));
    }

    private static boolean hasLoneSurrogate(String text) {
        return text.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF);
    }
}
