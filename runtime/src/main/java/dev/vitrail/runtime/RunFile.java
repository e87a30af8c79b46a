package dev.vitrail.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code NAME.run}, one JSON object that says which run the rows in {@code NAME.part} are of.
 *
 * @param target the result's final name
 * @param path this file
 */
record RunFile(Path target, Path path) {
    private static final JsonMapper JSON = new JsonMapper();

    static RunFile of(Path target) {
        return new RunFile(target, target.resolveSibling(target.getFileName() + ".run"));
    }

    boolean exists() {
        return Files.exists(path);
    }

    /** Writes the file whole or not at all. */
    void write(RunIdentity run) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(run));
        WholeFile.write(path, channel -> WholeFile.writeFully(channel, bytes));
    }

    /** Refuses to go on with the rows of another run. */
    void require(RunIdentity run) throws IOException {
        RunIdentity earlier;
        try {
            earlier = JSON.readValue(Files.readAllBytes(path), RunIdentity.class);
        } catch (java.nio.file.NoSuchFileException | JsonProcessingException e) {
            throw new RuntimeFailure(
                    target
                            + ": cannot be resumed: "
                            + path.getFileName()
                            + ", which says whose rows these are, is missing or damaged; overwrite"
                            + " it or choose another name",
                    e);
        }
        List<String> differences = run.differencesFrom(earlier);
        if (!differences.isEmpty()) {
            throw new RuntimeFailure(
                    target
                            + ": cannot be resumed: "
                            + String.join(", ", differences)
                            + "; overwrite it or choose another name");
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(path);
    }
}
