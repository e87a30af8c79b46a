package dev.vitrail.zoo.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The figures of a run's epochs as JSON lines. */
final class History {

    // A later version may write more; that is no reason to refuse its history.
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private History() {}

    /** Replaces the file: a few hundred bytes an epoch, and no line is ever torn. */
    static void write(Path file, List<EpochResult> results) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (EpochResult result : results) {
            lines.append(JSON.writeValueAsString(result)).append('\n');
        }
        AtomicFile.write(file, lines.toString());
    }

    static List<EpochResult> read(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        List<EpochResult> results = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                results.add(JSON.readValue(line, EpochResult.class));
            }
        } catch (JsonProcessingException e) {
            throw new ZooException(
                    file + ": line " + (results.size() + 1) + " is not the JSON of an epoch", e);
        } catch (IOException e) {
            throw new ZooException(file + ": cannot be read (" + ZooException.reason(e) + ")", e);
        }
        return List.copyOf(results);
    }
}
