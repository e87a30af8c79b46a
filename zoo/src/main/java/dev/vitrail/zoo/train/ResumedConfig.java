package dev.vitrail.zoo.train;

import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.JsonChanges;
import dev.vitrail.zoo.config.ModelConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What of a config may change between a stop and going on: how long the training is, how patient,
 * how often it saves, what it is called. Anything else would make it another training.
 */
final class ResumedConfig {

    private static final Set<String> CHANGEABLE =
            Set.of("name", "training.epochs", "training.patience", "training.checkpoint_minutes");

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
        List<String> refused =
                JsonChanges.between(before.toJson(), now.toJson()).entrySet().stream()
                        .filter(change -> !CHANGEABLE.contains(change.getKey()))
                        .map(change -> change.getKey() + " " + change.getValue())
                        .toList();
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
}
