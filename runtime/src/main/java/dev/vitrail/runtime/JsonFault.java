package dev.vitrail.runtime;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * What is wrong with a JSON text of a model's metadata, for somebody who knows its keys and not
 * this program's classes, of which Jackson speaks.
 */
final class JsonFault {
    private static final JsonMapper JSON = new JsonMapper();

    private JsonFault() {}

    /** The sentence to be thrown, which begins with the place. */
    static RuntimeFailure of(String model, String metadata, JsonProcessingException e) {
        String field = "";
        if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            String name = mapping.getPath().get(0).getFieldName();
            field = name == null ? "" : "." + name;
        }
        return new RuntimeFailure(
                model + ": metadata " + metadata + field + " is not what it must be: " + words(e),
                e);
    }

    private static String words(JsonProcessingException e) {
        if (e.getCause() instanceof IllegalArgumentException refusal
                && refusal.getMessage() != null) {
            return refusal.getMessage().lines().findFirst().orElse("unreadable");
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "no such key is known; these are: "
                    + unknown.getKnownPropertyIds().stream()
                            .map(String::valueOf)
                            .sorted()
                            .collect(Collectors.joining(", "));
        }
        if (e instanceof InvalidFormatException format && format.getTargetType().isEnum()) {
            return "it is "
                    + JSON.valueToTree(format.getValue())
                    + ", must be one of "
                    + Arrays.stream(format.getTargetType().getEnumConstants())
                            .map(constant -> JSON.valueToTree(constant).asText())
                            .collect(Collectors.joining(", "));
        }
        String message = String.valueOf(e.getOriginalMessage());
        // Jackson has no exception of its own for this; the path names the key.
        if (String.valueOf(e.getOriginalMessage()).startsWith("Missing required")) {
            return "it is missing";
        }
        if (e instanceof MismatchedInputException other && other.getTargetType() != null) {
            return "it must be " + kind(other.getTargetType());
        }
        boolean isSyntax = e instanceof JsonParseException && e.getLocation() != null;
        return isSyntax
                ? "it is not JSON from its character " + e.getLocation().getColumnNr() + " on"
                : "it is not JSON, or not of the kind that is expected";
    }

    private static String kind(Class<?> type) {
        if (Collection.class.isAssignableFrom(type)) {
            return "an array";
        }
        if (type == String.class || type.isEnum()) {
            return "a string";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        return type.isPrimitive() || Number.class.isAssignableFrom(type)
                ? "a number"
                : "of another kind";
    }
}
