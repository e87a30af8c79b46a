package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.vitrail.zoo.config.Augmentations;
import dev.vitrail.zoo.data.Batch;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.SoftTargets;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * What a training makes small, of which network and on which pictures, and how what it reached is
 * measured. All else (steps, schedules, averages, checkpoints) is the same for every objective.
 *
 * @param <N> the network
 */
interface Objective<N extends LoadedBlock<?>> extends AutoCloseable {

    /** The loss of a batch, and how many of its pictures were right. */
    record Loss(NDArray value, IntSupplier correct) {}

    /**
     * A network of this kind.
     *
     * @param device where it lives
     * @param weights what fills it
     */
    N network(Device device, LoadedBlock.WeightSource weights);

    /** The classes that are learnt; none where labels are not looked at. */
    List<String> classes();

    /** What is done to pictures at random. */
    Augmentations augmentation();

    /**
     * What a batch is compared with, where that follows from its labels.
     *
     * @param data all that is learnt from
     */
    Optional<SoftTargets> targets(ImageFolder data);

    /**
     * A forward pass in training, to be recorded.
     *
     * @param network that is trained
     * @param scope owner of all that comes of it
     * @param batch with at least one picture
     * @param number of the batch, counted over the whole training: all that may seed randomness
     */
    Loss loss(N network, NDManager scope, Batch batch, long number);

    /** How many pictures there are to measure with. */
    int validationImages();

    /**
     * Measures a network.
     *
     * @param network in inference mode
     * @param check called now and then; may throw to end it early
     * @return empty if there is nothing to measure with
     */
    Optional<Score> validate(N network, Runnable check);

    /**
     * Draws what an epoch came to.
     *
     * @param network in inference mode
     * @param epoch that is over, counted from 1
     * @param isLast whether no other follows
     * @return a PNG; empty in epochs without a picture
     */
    Optional<byte[]> picture(N network, int epoch, boolean isLast);

    @Override
    void close();
}
