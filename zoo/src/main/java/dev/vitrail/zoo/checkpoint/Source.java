package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.weights.Weights;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What another project left: tensors, and the files that describe them.
 *
 * @param path the file or folder that was given
 * @param prefix what wrappers had put before the name of every tensor, "" for nothing
 * @param weights the tensors, by their names without it
 * @param config the family's {@code config.json}
 * @param preprocessor Hugging Face's {@code preprocessor_config.json}
 */
record Source(
        Path path,
        String prefix,
        Weights weights,
        Optional<Document> config,
        Optional<Document> preprocessor) {

    /** Weights as they are in the file, taken out of their wrappers. */
    static Source of(
            Path path,
            Weights weights,
            Optional<Document> config,
            Optional<Document> preprocessor) {
        String prefix = Unwrapped.prefix(weights.shapes().keySet());
        return new Source(
                path,
                prefix,
                prefix.isEmpty() ? weights : new Unwrapped(weights, prefix),
                config,
                preprocessor);
    }

    Map<String, Shape> shapes() {
        return weights.shapes();
    }

    boolean has(String name) {
        return shapes().containsKey(name);
    }

    /** Whether there is a tensor of such a name, see {@link Globs}. */
    boolean hasAny(String glob) {
        Pattern pattern = Globs.pattern(glob);
        return shapes().keySet().stream().anyMatch(name -> pattern.matcher(name).matches());
    }

    /** The model type that a Hugging Face config names, empty where there is none. */
    String modelType() {
        return config.flatMap(document -> document.text("model_type")).orElse("");
    }

    CheckpointException refused(String problem) {
        return new CheckpointException(path, problem);
    }
}
