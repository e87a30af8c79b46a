package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.block.ImageNetwork;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.LabelledImage;
import dev.vitrail.zoo.data.PictureCheck;
import dev.vitrail.zoo.data.UnreadableImage;
import dev.vitrail.zoo.weights.Weights;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One training, from a config and folders to a run folder. The same config, data, seed and machine
 * give the same weights, to the bit on the CPU.
 *
 * <p>A config with a {@code pretraining} trains the encoder alone, without labels: folders are then
 * searched for pictures at any depth, and the run's weights are the encoder's, for {@link
 * Start.From} to begin with. The config of such a run, and of no other, has a {@code pretraining}.
 */
public final class Training {

    private final ModelConfig config;
    private final Options options;
    private final TrainingListener listener;
    private volatile boolean stopping;

    /**
     * Where a training reads and writes.
     *
     * @param data a folder of class folders, or of any pictures where labels are not looked at
     * @param validation another such folder; without it the config's share of the data is held back
     * @param out the run folder
     * @param start what it begins with
     * @param device what computes
     * @param strict whether a picture that cannot be decoded ends the training, before its first
     *     step, and is not left out; every picture is then decoded once more
     */
    public record Options(
            Path data,
            Optional<Path> validation,
            Path out,
            Start start,
            TrainingDevice device,
            boolean strict) {

        /**
         * Refuses absent values.
         *
         * @param data a folder of class folders
         * @param validation another such folder
         * @param out the run folder
         * @param start what it begins with
         * @param device what computes
         * @param strict whether a picture that cannot be decoded ends the training
         */
        public Options {
            Objects.requireNonNull(data, "data");
            Objects.requireNonNull(validation, "validation");
            Objects.requireNonNull(out, "out");
            Objects.requireNonNull(start, "start");
            Objects.requireNonNull(device, "device");
        }

        /**
         * Leaves out pictures that cannot be decoded.
         *
         * @param data a folder of class folders
         * @param validation another such folder
         * @param out the run folder
         * @param start what it begins with
         * @param device what computes
         */
        public Options(
                Path data,
                Optional<Path> validation,
                Path out,
                Start start,
                TrainingDevice device) {
            this(data, validation, out, start, device, false);
        }
    }

    /** What a training begins with. */
    public sealed interface Start {

        /**
         * Random weights, in a new run folder.
         *
         * @param replace whether the files of an earlier run in it may be deleted
         */
        record Fresh(boolean replace) implements Start {}

        /**
         * The weights of another run, in a new run folder. A head for other classes than the data's
         * is left out for a new one, and so is what comes just before a head, where the other run
         * has none.
         *
         * @param run where the weights come from, seen through the input that is trained with
         * @param replace whether the files of an earlier run in the new folder may be deleted
         */
        record From(Run run, boolean replace) implements Start {}

        /**
         * The checkpoint of the run folder: the training goes on where it stopped, and on the CPU
         * gives the same bits as one that never did.
         *
         * @param previous whether not the last checkpoint is meant but the one before it
         */
        record Resume(boolean previous) implements Start {}
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
            return TrainingLoop.best(history);
        }
    }

    /**
     * Prepares a training. Nothing is read or written yet.
     *
     * @param config the model and its recipe; its labels are replaced by the data's, where they are
     *     looked at
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
        List<Device> devices = options.device().devices();
        refuseHugeBatch();
        if (options.start() instanceof Start.Resume resume) {
            try (RunFolder folder = RunFolder.resume(options.out());
                    Checkpoint checkpoint = folder.run().checkpoint(resume.previous())) {
                return goOn(folder.run(), checkpoint, devices);
            }
        }
        boolean replace =
                options.start() instanceof Start.From from
                        ? from.replace()
                        : ((Start.Fresh) options.start()).replace();
        try (RunFolder out = RunFolder.take(options.out(), replace)) {
            return begin(out, devices);
        }
    }

    /**
     * Lists the pictures that would be learnt from and validated with. Nothing is written.
     *
     * @return the list
     * @throws ZooException if there is something wrong with the folders
     */
    public DataListing pictures() {
        return Data.read(options, config).listing();
    }

    /** The pictures, in two parts. */
    private record Data(ImageFolder training, Optional<ImageFolder> validation) {

        static Data read(Options options, ModelConfig config) {
            boolean isLabelled = config.pretraining().isEmpty();
            ImageFolder all =
                    isLabelled
                            ? ImageFolder.read(options.data())
                            : ImageFolder.unlabelled(options.data());
            Optional<ImageFolder> validation =
                    options.validation()
                            .map(
                                    folder ->
                                            isLabelled
                                                    ? ImageFolder.read(folder, all.classes())
                                                    : ImageFolder.unlabelled(folder));
            TrainingConfig recipe = config.training();
            if (validation.isPresent() || recipe.validationSplit() == 0) {
                return new Data(all, validation);
            }
            ImageFolder.Split split = all.split(recipe.validationSplit(), recipe.seed());
            return new Data(split.training(), Optional.of(split.validation()));
        }

        /** The config with the classes of the pictures, where they have any. */
        ModelConfig label(ModelConfig config) {
            return config.pretraining().isPresent()
                    ? config
                    : config.withLabels(Labels.of(training.classes()));
        }

        DataListing listing() {
            return DataListing.of(training, validation);
        }
    }

    private Result begin(RunFolder out, List<Device> devices) {
        Data data = Data.read(options, config);
        ModelConfig labelled = data.label(config);
        DataListing listing = data.listing();
        checkPictures(data);
        return train(
                new Part(labelled, data, Optional.empty(), List.of()),
                devices,
                (block, manager) -> fill(block, manager, labelled),
                () -> out.start(labelled).with(labelled, listing));
    }

    private void checkPictures(Data data) {
        if (!options.strict()) {
            return;
        }
        List<Path> files =
                Stream.concat(Stream.of(data.training), data.validation.stream())
                        .flatMap(folder -> folder.images().stream())
                        .map(LabelledImage::path)
                        .toList();
        listener.onCheck(files.size());
        List<UnreadableImage> unreadable =
                PictureCheck.unreadable(
                        files,
                        config.preprocessing().decodeOptions(),
                        Loading.of(1).threads(),
                        () -> stopping);
        if (!unreadable.isEmpty()) {
            unreadable.forEach(listener::onUnreadable);
            throw new ZooException(
                    options.data()
                            + ": "
                            + unreadable.size()
                            + " of "
                            + files.size()
                            + " pictures cannot be decoded, which a strict training refuses; mend"
                            + " or remove them");
        }
    }

    private void fill(ImageNetwork block, NDManager manager, ModelConfig labelled) {
        long seed = config.training().seed();
        if (options.start() instanceof Start.From from) {
            try (Weights weights = from.run().weights()) {
                boolean keepHead = from.run().config().labels().equals(labelled.labels());
                Transfer transfer = Transfer.fill(block, manager, weights, keepHead, seed);
                listener.onTransfer(transfer.fresh(), transfer.unused());
            }
        } else {
            block.initialize(manager, seed);
        }
    }

    private Result goOn(Run run, Checkpoint checkpoint, List<Device> devices) {
        ResumedConfig.check(run.folder(), run.config(), config, checkpoint.position());
        Data data = Data.read(options, config);
        DataListing listing = data.listing();
        run.data()
                .changeTo(listing)
                .ifPresent(
                        change -> {
                            throw new InputException(
                                    options.data()
                                            + ": is not what "
                                            + run.folder()
                                            + " was trained on ("
                                            + change
                                            + "); a training goes on with the same pictures only");
                        });
        checkPictures(data);
        List<EpochResult> history =
                run.history().stream()
                        .filter(result -> result.epoch() < checkpoint.position().epoch())
                        .toList();
        return train(
                new Part(config, data, Optional.of(checkpoint), history),
                devices,
                (block, manager) ->
                        checkpoint.weights().loadInto(block, manager, block.inputShape(1)),
                () -> run.with(config, listing));
    }

    /** A training from its start, or from a checkpoint, to its end or the next stop. */
    private record Part(
            ModelConfig config, Data data, Optional<Checkpoint> start, List<EpochResult> history) {}

    private Result train(
            Part part, List<Device> devices, LoadedBlock.WeightSource weights, Supplier<Run> run) {
        // Training and validation pictures share what memory there is for them.
        Loading whole = Loading.of(part.config.training().batchSize());
        Loading loading = whole.withCacheBytes(whole.cacheBytes() / 2);
        Set<Path> reported = new HashSet<>();
        Consumer<UnreadableImage> once =
                image -> {
                    if (reported.add(image.path())) {
                        listener.onUnreadable(image);
                    }
                };
        Data data = part.data;
        boolean isLabelled = part.config.pretraining().isEmpty();
        if (isLabelled) {
            tellBesides(data.training);
        }
        if (options.validation().isPresent()) {
            ImageFolder validation = data.validation.orElseThrow();
            if (isLabelled) {
                tellBesides(validation);
            }
            tellShared(data.training, validation);
        }
        data.validation.ifPresent(this::refuseUnreadable);
        if (!isLabelled) {
            try (Reconstruction objective =
                    new Reconstruction(
                            part.config, data.training, data.validation, loading, once)) {
                Autoencoder network = objective.network(devices.get(0), weights);
                return train(objective, part, devices, loading, once, network, run);
            }
        }
        try (Classification objective =
                new Classification(part.config, data.validation, loading, once)) {
            Network network = objective.network(devices.get(0), weights);
            return train(objective, part, devices, loading, once, network, run);
        }
    }

    private void tellShared(ImageFolder training, ImageFolder validation) {
        int shared = validation.sharedWith(training);
        if (shared > 0) {
            listener.onShared(shared, validation.images().size());
        }
    }

    private void tellBesides(ImageFolder folder) {
        List<Path> pictures = folder.besides();
        if (!pictures.isEmpty()) {
            listener.onBesides(pictures);
        }
    }

    /** Before the first step, and not after the first epoch. */
    private void refuseUnreadable(ImageFolder validation) {
        PictureCheck.requireReadable(
                validation, config.preprocessing().decodeOptions(), () -> stopping);
    }

    /** The network is closed here. */
    private <N extends LoadedBlock<?>> Result train(
            Objective<N> objective,
            Part part,
            List<Device> devices,
            Loading loading,
            Consumer<UnreadableImage> unreadable,
            N weighted,
            Supplier<Run> start) {
        try (N network = weighted) {
            Freezing.apply(network.parameters(), part.config.training().freeze());
            Position from = part.start.map(Checkpoint::position).orElse(Position.START);
            try (EventLog events = new EventLog(options.out(), from, part.history, listener);
                    TrainingLoop<N> loop =
                            new TrainingLoop<>(
                                    objective,
                                    network,
                                    part.config.preprocessing(),
                                    part.config.training(),
                                    part.data.training,
                                    devices.subList(1, devices.size()),
                                    loading,
                                    part.start,
                                    part.history,
                                    events,
                                    unreadable)) {
                Run run = start.get();
                boolean complete = loop.run(into(run, events), () -> stopping);
                return new Result(run, run.history(), complete);
            }
        }
    }

    private static TrainingLoop.Saving into(Run run, EventLog events) {
        return new TrainingLoop.Saving() {
            @Override
            public void epoch(
                    LoadedBlock<?> best,
                    List<EpochResult> history,
                    Optional<Evaluation> evaluation,
                    boolean isBest) {
                run.save(best, history, evaluation, isBest);
                events.epoch(history.get(history.size() - 1));
            }

            @Override
            public void picture(int epoch, byte[] png) {
                run.savePicture(epoch, png);
            }

            @Override
            public void checkpoint(TrainingStep<?> step, Position position) {
                run.checkpoint(step, position);
            }

            @Override
            public void takeCheckpointBack() {
                run.takeCheckpointBack();
            }
        };
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
