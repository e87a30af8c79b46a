package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.InputChange;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.ModelConfig;
import java.util.List;
import java.util.Optional;

/**
 * How a checkpoint is to be imported.
 *
 * @param config the network, labels and preprocessing, instead of what is detected
 * @param name of the model, instead of what the checkpoint is called
 * @param resetHead the classes of a new classifier head, instead of the checkpoint's
 * @param input another image size or patch size than the checkpoint's
 * @param allow patterns of tensors that may be missing or left over; {@code *} is any number of
 *     characters
 */
public record ImportOptions(
        Optional<ModelConfig> config,
        Optional<String> name,
        Optional<Labels> resetHead,
        InputChange input,
        List<String> allow) {

    /** Nothing overruled, nothing allowed. */
    public static final ImportOptions DEFAULT =
            new ImportOptions(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    InputChange.NONE,
                    List.of());

    /**
     * Copies the patterns.
     *
     * @param config as the component
     * @param name as the component
     * @param resetHead as the component
     * @param input as the component
     * @param allow as the component
     */
    public ImportOptions {
        allow = List.copyOf(allow);
    }

    /**
     * The same with another network, labels and preprocessing.
     *
     * @param other instead of what is detected
     * @return a copy
     */
    public ImportOptions withConfig(ModelConfig other) {
        return new ImportOptions(Optional.of(other), name, resetHead, input, allow);
    }

    /**
     * The same with a new classifier head.
     *
     * @param labels its classes
     * @return a copy
     */
    public ImportOptions withResetHead(Labels labels) {
        return new ImportOptions(config, name, Optional.of(labels), input, allow);
    }

    /**
     * The same for another input.
     *
     * @param other what is to change
     * @return a copy
     */
    public ImportOptions withInput(InputChange other) {
        return new ImportOptions(config, name, resetHead, other, allow);
    }

    /**
     * The same with tensors that may be missing or left over.
     *
     * @param patterns instead of those so far
     * @return a copy
     */
    public ImportOptions withAllow(String... patterns) {
        return new ImportOptions(config, name, resetHead, input, List.of(patterns));
    }
}
