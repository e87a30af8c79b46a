package dev.vitrail.zoo.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Training arithmetic of other implementations, see the README beside the files. */
final class TrainingReference {

    private static final String FOLDER = "/dev/vitrail/zoo/reference/training/";

    private TrainingReference() {}

    static JsonNode read(String file) throws IOException {
        try (InputStream in =
                TrainingReference.class.getResourceAsStream(FOLDER + file + ".json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    /** The entry of a list that has a name. */
    static JsonNode named(String file, String list, String name) throws IOException {
        for (JsonNode entry : read(file).get(list)) {
            if (entry.get("name").asText().equals(name)) {
                return entry;
            }
        }
        throw new IllegalArgumentException(file + " has no " + name);
    }

    static List<Double> numbers(JsonNode array) {
        List<Double> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.doubleValue()));
        return numbers;
    }

    static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) array.get(i).doubleValue();
        }
        return floats;
    }
}
