package dev.vitrail.zoo.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.ModelConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of a config may change between a stop and going on: how long the training is, how patient,
 * how often it saves, what it is called. Anything else would make it another training.
 */
final class ResumedConfig {

    private static final Set<String> CHANGEABLE =
            Set.of(
                    "/name",
                    "/training/epochs",
                    "/training/patience",
                    "/training/checkpoint_minutes");

    private ResumedConfig() {}

    /**
     * Compares.
     *
     * @param folder of the run, for the message
     * @param before the run's config
     * @param now the one to go on with
     * @param position where the training stands
     * @throws InputException naming every key that may not change
     */
    static void check(Path folder, ModelConfig before, ModelConfig now, Position position) {
        Map<String, String> old = values(before);
        Map<String, String> changed = values(now);
        Set<String> keys = new TreeSet<>(old.keySet());
        keys.addAll(changed.keySet());
        List<String> refused = new ArrayList<>();
        for (String key : keys) {
            String was = old.getOrDefault(key, "not there");
            String is = changed.getOrDefault(key, "not there");
            if (!was.equals(is) && !CHANGEABLE.contains(key)) {
                refused.add(key.substring(1).replace('/', '.') + " was " + was + " and is " + is);
            }
        }
        if (!refused.isEmpty()) {
            throw new InputException(
                    folder
                            + ": a training goes on with its own config ("
                            + String.join("; ", refused)
                            + "); only name, training.epochs, training.patience and"
                            + " training.checkpoint_minutes may change");
        }
        if (now.training().epochs() < position.epoch() - 1) {
            throw new InputException(
                    folder
                            + ": training.epochs is "
                            + now.training().epochs()
                            + ", but "
                            + (position.epoch() - 1)
                            + " are behind");
        }
    }

    private static Map<String, String> values(ModelConfig config) {
        Map<String, String> values = new TreeMap<>();
        try {
            add(values, "", new ObjectMapper().readTree(config.toJson()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a config writes JSON", e);
        }
        return values;
    }

    private static void add(Map<String, String> values, String path, JsonNode node) {
        if (node.isObject()) {
            node.properties().forEach(e -> add(values, path + "/" + e.getKey(), e.getValue()));
        } else {
            values.put(path, node.toString());
        }
    }
}
