package dev.vitrail.zoo.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** In what one JSON object differs from another, key by key. */
public final class JsonChanges {

    private JsonChanges() {}

    /**
     * Compares two objects. Arrays are compared whole.
     *
     * @param before an object
     * @param now an object
     * @return by the path of each key that differs, such as {@code training.epochs}, in their
     *     order: {@code was 3 and is 4}
     * @throws IllegalArgumentException if one is no JSON
     */
    public static Map<String, String> between(String before, String now) {
        Map<String, String> old = values(before);
        Map<String, String> changed = values(now);
        Set<String> keys = new TreeSet<>(old.keySet());
        keys.addAll(changed.keySet());
        Map<String, String> changes = new TreeMap<>();
        for (String key : keys) {
            String was = old.getOrDefault(key, "not there");
            String is = changed.getOrDefault(key, "not there");
            if (!was.equals(is)) {
                changes.put(key, "was " + was + " and is " + is);
            }
        }
        return changes;
    }

    private static Map<String, String> values(String json) {
        Map<String, String> values = new TreeMap<>();
        try {
            add(values, "", new ObjectMapper().readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON: " + json, e);
        }
        return values;
    }

    private static void add(Map<String, String> values, String path, JsonNode node) {
        if (node.isObject()) {
            node.properties()
                    .forEach(e -> add(values, Section.join(path, e.getKey()), e.getValue()));
        } else {
            values.put(path, node.toString());
        }
    }
}
