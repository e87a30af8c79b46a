package dev.vitrail.zoo.train;

import ai.djl.Device;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.data.ImageFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One training, from a config and labelled folders to a run folder. The same config, data, seed and
 * machine give the same weights, to the bit on the CPU.
 */
public final class Training {

    private final ModelConfig config;
    private final Options options;
    private final TrainingListener listener;
    private volatile boolean stopping;

    /**
     * Where a training reads and writes.
     *
     * @param data a folder of class folders
     * @param validation another such folder; without it the config's share of the data is held back
     * @param out the run folder to be made
     * @param replace whether the files of an earlier run in it may be deleted
     * @param device what computes
     */
    public record Options(
            Path data,
            Optional<Path> validation,
            Path out,
            boolean replace,
            TrainingDevice device) {

        /**
         * Refuses absent values.
         *
         * @param data a folder of class folders
         * @param validation another such folder
         * @param out the run folder to be made
         * @param replace whether an earlier run may be deleted
         * @param device what computes
         */
        public Options {
            Objects.requireNonNull(data, "data");
            Objects.requireNonNull(validation, "validation");
            Objects.requireNonNull(out, "out");
            Objects.requireNonNull(device, "device");
        }
    }

    /**
     * What a training left behind.
     *
     * @param run its folder
     * @param history one result an epoch
     * @param complete whether it ran to its end; otherwise it was stopped
     */
    public record Result(Run run, List<EpochResult> history, boolean complete) {

        /**
         * Copies the history.
         *
         * @param run the folder
         * @param history the results
         * @param complete whether it ran to its end
         */
        public Result {
            history = List.copyOf(history);
        }

        /**
         * Returns the epoch whose weights the run keeps.
         *
         * @return the best; empty if no epoch was completed
         */
        public Optional<EpochResult> best() {
            return history.stream().reduce((best, next) -> next.isBetterThan(best) ? next : best);
        }
    }

    /**
     * Prepares a training. Nothing is read or written yet.
     *
     * @param config the model and its recipe; its labels are replaced by the data's
     * @param options where to read and write
     * @param listener told of everything
     */
    public Training(ModelConfig config, Options options, TrainingListener listener) {
        this.config = Objects.requireNonNull(config, "config");
        this.options = Objects.requireNonNull(options, "options");
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    /**
     * Trains. Data, device and output folder are checked before the first step; only then is an
     * earlier run deleted. Until it returns, no other training can write to the folder.
     *
     * @return what was left behind
     * @throws ZooException for whatever the user can mend, and if the loss stops being finite; the
     *     run folder then keeps the best weights so far
     * @throws dev.vitrail.zoo.weights.WeightsException if weights cannot be saved
     */
    public Result run() {
        Device device = options.device().resolve();
        TrainingConfig recipe = config.training();
        refuseHugeBatch();
        try (RunFolder out = RunFolder.take(options.out(), options.replace())) {
            return train(out, device, recipe);
        }
    }

    private Result train(RunFolder out, Device device, TrainingConfig recipe) {
        ImageFolder data = ImageFolder.read(options.data());
        Optional<ImageFolder> validation =
                options.validation().map(folder -> ImageFolder.read(folder, data.classes()));
        ImageFolder training = data;
        if (validation.isEmpty() && recipe.validationSplit() > 0) {
            ImageFolder.Split split = data.split(recipe.validationSplit(), recipe.seed());
            training = split.training();
            validation = Optional.of(split.validation());
        }
        ModelConfig labelled = config.withLabels(Labels.of(data.classes()));
        VisionTransformer block =
                new VisionTransformer(labelled.model(), labelled.labels().count());
        try (Network network =
                        new Network(
                                block,
                                device,
                                manager -> block.initialize(manager, recipe.seed()));
                TrainingLoop loop =
                        new TrainingLoop(
                                network,
                                labelled.preprocessing(),
                                recipe,
                                training,
                                validation,
                                Loading.of(recipe.batchSize()),
                                listener)) {
            Run run = out.start(labelled);
            boolean complete = loop.run(checkpointIn(run), () -> stopping);
            return new Result(run, run.history(), complete);
        }
    }

    /** A batch is one buffer, and no buffer is longer than 2 GiB. */
    private void refuseHugeBatch() {
        Preprocessing preprocessing = config.preprocessing();
        long pictureBytes = (long) Float.BYTES * Loading.sampleFloats(preprocessing);
        long most = Integer.MAX_VALUE / pictureBytes;
        int batchSize = config.training().batchSize();
        if (batchSize > most) {
            throw new ZooException(
                    "training.batch_size is "
                            + batchSize
                            + "; at most "
                            + most
                            + " pictures of "
                            + preprocessing.outputWidth()
                            + " x "
                            + preprocessing.outputHeight()
                            + " fit into the 2 GiB that a batch may have");
        }
    }

    private static TrainingLoop.Checkpoint checkpointIn(Run run) {
        return new TrainingLoop.Checkpoint() {
            @Override
            public void epoch(Network network, List<EpochResult> history, boolean best) {
                run.save(network, history, best);
            }

            @Override
            public void stopped(Network network) {
                run.saveLast(network);
            }
        };
    }

    /**
     * Asks the training to end after the step that it is in; may be called from any thread. Whoever
     * ends the JVM early has to call this and wait for {@link #run()} to return: PyTorch destroys
     * its own state when the process exits, and a step that is still computing then ends in a
     * segmentation fault.
     */
    public void stop() {
        stopping = true;
    }
}
