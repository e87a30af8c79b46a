package dev.vitrail.runtime;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
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
        ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(Content.of(run)));
        WholeFile.write(path, channel -> WholeFile.writeFully(channel, bytes));
    }

    /** Whether the file is there and of the same run; waits until all images are found. */
    boolean isOf(RunIdentity run) throws IOException {
        try {
            return differences(run, read()).isEmpty();
        } catch (NoSuchFileException | JsonProcessingException e) {
            return false;
        }
    }

    private Content read() throws IOException {
        return JSON.readValue(Files.readAllBytes(path), Content.class);
    }

    /** Waits until all images are found, which are compared too. */
    private static List<String> differences(RunIdentity run, Content earlier) {
        run.files().size();
        return Content.of(run).differencesFrom(earlier);
    }

    /** Refuses to go on with the rows of another run; completes what the file says of this one. */
    void require(RunIdentity run) throws IOException {
        Content earlier;
        try {
            earlier = read();
        } catch (NoSuchFileException | JsonProcessingException e) {
            throw new RuntimeFailure(
                    target
                            + ": cannot be resumed: "
                            + path.getFileName()
                            + ", which says whose rows these are, is missing or damaged; overwrite"
                            + " it or choose another name",
                    e);
        }
        List<String> differences = differences(run, earlier);
        if (!differences.isEmpty()) {
            throw new OtherRun(
                    target
                            + ": cannot be resumed: "
                            + String.join(", ", differences)
                            + "; overwrite it or choose another name");
        }
        if (earlier.listing == null) {
            write(run);
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    /**
     * What the file holds.
     *
     * @param images the number of images, or null if the folders were still being listed: then the
     *     paths of the rows are all that can be compared
     * @param listing a hash over their names, null with the number
     */
    private record Content(
            @JsonProperty("model") String model,
            @JsonProperty("top_k") int topK,
            @JsonProperty("threshold") double threshold,
            @JsonProperty("fast_decode") boolean fastDecode,
            @JsonProperty("logits") boolean logits,
            @JsonProperty("provider") String provider,
            @JsonProperty("images") Integer images,
            @JsonProperty("listing") String listing) {

        static Content of(RunIdentity run) {
            boolean listed = run.files().areAllFound();
            return new Content(
                    run.model(),
                    run.topK(),
                    run.threshold(),
                    run.fastDecode(),
                    run.scores() == RowScores.LOGITS,
                    run.provider(),
                    listed ? run.files().size() : null,
                    listed ? run.files().hash() : null);
        }

        /** What is different now, as ends of a sentence; empty for the same run. */
        List<String> differencesFrom(Content earlier) {
            List<String> differences = new ArrayList<>();
            if (!model.equals(earlier.model)) {
                differences.add("the model is another one");
            }
            if (topK != earlier.topK) {
                differences.add("top-k was " + earlier.topK + " and is " + topK);
            }
            if (threshold != earlier.threshold) {
                differences.add("the threshold was " + earlier.threshold + " and is " + threshold);
            }
            if (fastDecode != earlier.fastDecode) {
                differences.add(
                        fastDecode
                                ? "it was without fast decoding and now is with it"
                                : "it was with fast decoding and now is without it");
            }
            if (logits != earlier.logits) {
                differences.add(
                        logits
                                ? "its rows have probabilities and now logits are asked for"
                                : "its rows have logits and now probabilities are asked for");
            }
            if (!provider.equals(earlier.provider)) {
                differences.add("the provider was " + earlier.provider + " and is " + provider);
            }
            if (earlier.images != null && !images.equals(earlier.images)) {
                differences.add(earlier.images + " images were found and now " + images);
            } else if (earlier.listing != null && !listing.equals(earlier.listing)) {
                differences.add("the images found are others");
            }
            return differences;
        }
    }
}
