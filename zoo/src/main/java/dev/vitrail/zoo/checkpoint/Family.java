package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Labels;
import java.util.List;
import java.util.Optional;

/**
 * A project whose checkpoints are read: how it names tensors, what its networks compute, and what
 * its config files say.
 */
interface Family {

    /** What the ledger calls it. */
    String id();

    /**
     * Whether a checkpoint is one of this family. Looks at more than one name, so that a checkpoint
     * that lacks one is still told that it lacks it.
     */
    boolean recognises(Source source);

    /** The names of such a checkpoint and ours. */
    NameMap names(Source source);

    /** What the shapes do not show; what had to be assumed is added to the notes. */
    Dialect dialect(Source source, List<String> notes);

    /**
     * Refuses a config file that speaks of another network than the tensors show.
     *
     * @throws CheckpointException naming file, key and value
     */
    void check(Source source, Architecture found);

    /**
     * Why a tensor of theirs has a shape that no network here has a place for, where the family has
     * such networks; completes "tensor … is (…): ".
     */
    default Optional<String> reasonOfShape(String tensor, Shape shape, Architecture found) {
        return Optional.empty();
    }

    /** The class names that a config file has. */
    Optional<Labels> labels(Source source, List<String> notes);

    /** From an image to the network's input; what had to be assumed is added to the notes. */
    Preprocessing preprocessing(Source source, Architecture found, List<String> notes);

    /** What the checkpoint calls itself, such as {@code vit_base_patch16_224}. */
    default Optional<String> name(Source source) {
        return Optional.empty();
    }
}
