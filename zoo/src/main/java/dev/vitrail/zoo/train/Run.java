package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.block.MaskedAutoencoder;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.grid.Regridding;
import dev.vitrail.zoo.weights.AtomicFile;
import dev.vitrail.zoo.weights.RegriddedWeights;
import dev.vitrail.zoo.weights.SafetensorsFile;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import dev.vitrail.zoo.weights.Weights;
import dev.vitrail.zoo.weights.WeightsWithout;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of one training:
 *
 * <ul>
 *   <li>{@code config.json}, with the labels of the data that were trained on;
 *   <li>{@code model.safetensors}, the weights of the best epoch so far: what is exported;
 *   <li>{@code checkpoint.safetensors}, all that is needed to go on with the training, and {@code
 *       checkpoint-previous.safetensors}, the one before it;
 *   <li>{@code history.jsonl}, one line an epoch, see {@link EpochResult};
 *   <li>{@code evaluation.json}, how the best epoch's weights did on the validation pictures, see
 *       {@link Evaluation#fields()};
 *   <li>{@code report.html}, a page that shows these figures, for those who want one;
 *   <li>{@code data.csv}, the pictures that are learnt from and validated with;
 *   <li>{@code events.out.tfevents.*}, the figures of steps and epochs for TensorBoard, a file for
 *       every start;
 *   <li>{@code reconstructions}, where an encoder is trained without labels: a PNG every few
 *       epochs.
 * </ul>
 *
 * <p>Where the weights were not trained here there is neither a last epoch nor a history, but an
 * {@code import.json}: where they come from, and what became of each tensor.
 *
 * <p>Each file is replaced whole, so a reader, or the next start after a power failure, finds
 * either the old one or the new one. While a training runs, a file named {@code .lock} keeps other
 * trainings out.
 */
public final class Run {

    private static final String CONFIG = "config.json";
    private static final String BEST = "model.safetensors";
    private static final String CHECKPOINT = "checkpoint.safetensors";
    private static final String PREVIOUS = "checkpoint-previous.safetensors";
    private static final String DATA = "data.csv";
    private static final String HISTORY = "history.jsonl";
    private static final String EVALUATION = "evaluation.json";
    private static final String REPORT = "report.html";
    private static final String IMPORT = "import.json";
    static final List<String> FILES =
            List.of(CONFIG, BEST, CHECKPOINT, PREVIOUS, HISTORY, EVALUATION, REPORT, DATA, IMPORT);
    private static final ObjectMapper JSON = new ObjectMapper();
    static final String PICTURES = "reconstructions";
    private static final Pattern PICTURE = Pattern.compile("epoch-\\d{4,}\\.png");
    private static final String INCOMING = ".incoming.safetensors";

    private final Path folder;
    private final ModelConfig config;
    private final Architecture trained;

    private Run(Path folder, ModelConfig config) {
        this(folder, config, config.model());
    }

    private Run(Path folder, ModelConfig config, Architecture trained) {
        this.folder = folder;
        this.config = config;
        this.trained = trained;
    }

    /**
     * Begins a run in a folder that was taken for it: deletes the files of an earlier one and
     * writes the config.
     *
     * @param folder exists and is this training's alone, see {@link RunFolder}
     * @param config with the labels of the data
     * @return the run, without weights yet
     * @throws IOException if a file cannot be deleted or written
     */
    static Run create(Path folder, ModelConfig config) throws IOException {
        clear(folder);
        AtomicFile.write(folder.resolve(CONFIG), config.toJson());
        return new Run(folder, config);
    }

    /** Deletes the files of an earlier run, and nothing else that somebody put beside them. */
    static void clear(Path folder) throws IOException {
        deleteUnfinished(folder);
        for (String name : FILES) {
            Files.deleteIfExists(folder.resolve(name));
        }
        for (Path events : EventFile.in(folder)) {
            Files.delete(events);
        }
        Path pictures = folder.resolve(PICTURES);
        if (!Files.isDirectory(pictures)) {
            return;
        }
        List<Path> entries;
        try (Stream<Path> listed = Files.list(pictures)) {
            entries = listed.toList();
        }
        boolean isEmpty = true;
        for (Path entry : entries) {
            if (PICTURE.matcher(entry.getFileName().toString()).matches()) {
                Files.delete(entry);
            } else {
                isEmpty = false;
            }
        }
        if (isEmpty) {
            Files.delete(pictures);
        }
    }

    /** Deletes what a process left that was killed while it wrote a file of the run. */
    static void deleteUnfinished(Path folder) throws IOException {
        for (Path file : unfinished(folder)) {
            Files.delete(file);
        }
        Path pictures = folder.resolve(PICTURES);
        for (Path file : AtomicFile.unfinished(pictures, PICTURE.asMatchPredicate())) {
            Files.delete(file);
        }
    }

    /** What was to become a file of the run itself, and did not. */
    static List<Path> unfinished(Path folder) throws IOException {
        return AtomicFile.unfinished(folder, FILES::contains);
    }

    /**
     * Puts weights that are whole into a folder that was taken for them. The config comes last: a
     * folder without it is no run, whenever this ends.
     *
     * @param folder exists and is this import's alone, see {@link RunFolder}
     * @param weights in the same folder, under another name
     * @throws IOException if a file cannot be deleted, moved or written
     */
    static Run create(Path folder, ModelConfig config, Path weights, String provenance)
            throws IOException {
        clear(folder);
        Files.move(weights, folder.resolve(BEST), StandardCopyOption.ATOMIC_MOVE);
        AtomicFile.write(folder.resolve(IMPORT), provenance);
        AtomicFile.write(folder.resolve(CONFIG), config.toJson());
        return new Run(folder, config);
    }

    /**
     * Deletes the files of a run, and its folder if it holds nothing else.
     *
     * @param folder of a run
     * @throws ZooException if a training writes to it, or a file cannot be deleted
     */
    public static void delete(Path folder) {
        try (RunFolder taken = RunFolder.take(folder, true)) {
            taken.clear();
        } catch (IOException e) {
            throw new ZooException(
                    folder + ": cannot be deleted (" + ZooException.reason(e) + ")", e);
        }
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // Somebody put something of theirs into it.
            return;
        }
    }

    /**
     * Returns whether a training left something to go on with.
     *
     * @param folder of a run, or not
     * @return whether it holds a checkpoint
     */
    public static boolean hasCheckpoint(Path folder) {
        return Files.isRegularFile(folder.resolve(CHECKPOINT));
    }

    private static void deleteLeftover(Path incoming) {
        try {
            Files.deleteIfExists(incoming);
        } catch (IOException e) {
            // What went wrong before it is what is told.
            return;
        }
    }

    /** Writes a file of weights. */
    @FunctionalInterface
    public interface WeightsOutput {

        /**
         * Writes all of it.
         *
         * @param file to appear, whole
         */
        void writeTo(Path file);
    }

    /**
     * Makes a run of weights that were not trained here.
     *
     * @param folder new or empty
     * @param replace whether it may also hold an earlier run, which stays until the new weights are
     *     whole
     * @param config what the weights are of
     * @param weights writes them, named as {@link dev.vitrail.zoo.block.ParameterNames} names them
     * @param provenance gives the content of {@code import.json} once they are written
     * @return the run
     * @throws ZooException if the folder is in use, holds something else or cannot be written to
     */
    public static Run ofWeights(
            Path folder,
            boolean replace,
            ModelConfig config,
            WeightsOutput weights,
            Supplier<String> provenance) {
        try (RunFolder taken = RunFolder.take(folder, replace)) {
            Path incoming = folder.resolve(INCOMING);
            try {
                weights.writeTo(incoming);
                return taken.start(config, incoming, provenance.get());
            } finally {
                deleteLeftover(incoming);
            }
        }
    }

    /**
     * Opens the folder of a training.
     *
     * @param folder as written by {@link Training}
     * @return the run
     * @throws ZooException if the folder is no run
     * @throws dev.vitrail.zoo.config.ConfigException if its config is damaged
     */
    public static Run open(Path folder) {
        Path config = folder.resolve(CONFIG);
        if (!Files.isRegularFile(config)) {
            throw new ZooException(
                    folder
                            + (Files.isDirectory(folder)
                                    ? ": is no run folder"
                                    : ": no such folder")
                            + "; expected "
                            + CONFIG
                            + " and "
                            + BEST
                            + " as written by a training");
        }
        return new Run(folder, ConfigReader.read(config));
    }

    /**
     * Opens the folder of a training whose network has a head.
     *
     * @param folder as written by {@link Training}
     * @return the run
     * @throws InputException if it was trained without labels
     * @throws ZooException if the folder is no run
     * @throws dev.vitrail.zoo.config.ConfigException if its config is damaged
     */
    public static Run openClassifier(Path folder) {
        Run run = open(folder);
        if (run.config.pretraining().isPresent()) {
            throw new InputException(
                    folder
                            + ": is an encoder without a head, trained without labels; vitrail"
                            + " train --init "
                            + folder
                            + " gives it one");
        }
        return run;
    }

    /**
     * The same run for another input: its config says so and its weights are resampled when they
     * are read. Nothing in the folder changes.
     *
     * @param other the config with the other input, see {@link
     *     dev.vitrail.zoo.config.InputChange#applyTo}
     * @return the run as seen through it
     * @throws IllegalArgumentException if it is of another network
     */
    public Run withInput(ModelConfig other) {
        return new Run(folder, other, new Regridding(trained, other.model()).from());
    }

    /**
     * Returns where the run lies.
     *
     * @return the folder
     */
    public Path folder() {
        return folder;
    }

    /**
     * Returns what was trained.
     *
     * @return the config, with the data's labels
     */
    public ModelConfig config() {
        return config;
    }

    /**
     * Returns the file of the best weights.
     *
     * @return its path; it exists once an epoch is over
     */
    public Path weightsFile() {
        return folder.resolve(BEST);
    }

    /**
     * Returns the file that says where weights come from that were not trained here.
     *
     * @return its path; it exists in such runs only
     */
    public Path importFile() {
        return folder.resolve(IMPORT);
    }

    /**
     * Returns the figures of the epochs so far.
     *
     * @return one an epoch; empty before the first is over
     * @throws ZooException if the file is damaged
     */
    public List<EpochResult> history() {
        return History.read(folder.resolve(HISTORY));
    }

    /**
     * Returns the epoch whose weights are kept.
     *
     * @return the best so far; empty before the first is over
     * @throws ZooException if the history is damaged
     */
    public Optional<EpochResult> best() {
        return TrainingLoop.best(history());
    }

    /**
     * Returns the file of what the best epoch's evaluation gave.
     *
     * @return its path; it exists once an epoch is over, in trainings that validate
     */
    public Path evaluationFile() {
        return folder.resolve(EVALUATION);
    }

    /**
     * Returns the file of a page about the training.
     *
     * @return its path; whoever makes a page writes it there
     */
    public Path reportFile() {
        return folder.resolve(REPORT);
    }

    /**
     * Loads the best weights.
     *
     * @param device where they are to live
     * @return the network, to be closed by the caller
     * @throws ZooException if there are no weights yet
     * @throws dev.vitrail.zoo.weights.WeightsException if they are damaged or do not fit the config
     */
    public Network network(Device device) {
        return new Network(
                block(),
                device,
                (block, manager) -> {
                    try (Weights weights = weights()) {
                        weights.loadInto(block, manager, block.inputShape(1));
                    }
                });
    }

    /**
     * Returns what {@link #encoder(Device)} computes, up to the head that it lacks.
     *
     * @return the config's, or what {@link MaskedAutoencoder#ofFeatures} makes of it
     */
    public Architecture encoderArchitecture() {
        return config.pretraining().isPresent()
                ? MaskedAutoencoder.ofFeatures(config.model())
                : config.model();
    }

    /**
     * Returns what {@link #encoder(Device, Pooling)} computes. With another pooling than the
     * config's the layer before the head, which was trained on that one, is left out.
     *
     * @param pooling how the sequence becomes one vector, without weights of its own
     * @return the encoder's architecture with that pooling
     * @throws InputException if the network has no such pooling
     */
    public Architecture encoderArchitecture(Pooling pooling) {
        Architecture own = encoderArchitecture();
        if (own.pooling() == pooling) {
            return own;
        }
        if (pooling.readsClassToken() && !own.classToken()) {
            throw new InputException(
                    folder + ": has no class token to pool by; mean pooling needs none");
        }
        if (own.distillationToken()) {
            throw new InputException(
                    folder + ": is read at its class and distillation tokens, and pools no other");
        }
        return own.with().pooling(pooling).preLogits(0).build();
    }

    /**
     * Loads the best weights without the head, of a training with labels or without: images to
     * {@code [batch, features]}, see {@link VisionTransformer#withoutHead}, and {@link
     * MaskedAutoencoder#ofFeatures} for an encoder that was trained without labels.
     *
     * @param device where they are to live
     * @return the network, to be closed by the caller
     * @throws ZooException if there are no weights yet
     * @throws dev.vitrail.zoo.weights.WeightsException if they are damaged or do not fit the config
     */
    public Network encoder(Device device) {
        return encoder(device, encoderArchitecture(), VisionTransformer::isOfHead);
    }

    /**
     * Loads the best weights without the head and with a pooling of the caller's choice.
     *
     * @param device where they are to live
     * @param pooling how the sequence becomes one vector, without weights of its own
     * @return the network, to be closed by the caller
     * @throws InputException if the network has no such pooling
     * @throws ZooException if there are no weights yet
     * @throws dev.vitrail.zoo.weights.WeightsException if they are damaged or do not fit the config
     */
    public Network encoder(Device device, Pooling pooling) {
        Architecture architecture = encoderArchitecture(pooling);
        return architecture.equals(encoderArchitecture())
                ? encoder(device)
                : encoder(device, architecture, VisionTransformer::isOfPoolingOrHead);
    }

    private Network encoder(Device device, Architecture architecture, Predicate<String> leftOut) {
        return new Network(
                VisionTransformer.withoutHead(architecture),
                device,
                (block, manager) -> {
                    try (Weights weights = new WeightsWithout(weights(), leftOut)) {
                        weights.loadInto(block, manager, block.inputShape(1));
                    }
                });
    }

    /**
     * Loads the best weights for looking at: on the CPU, with arrays that look into the mapped
     * file, so that a network of any size costs no memory of its own. It can be run and exported,
     * not trained.
     *
     * @return the network, to be closed by the caller
     * @throws ZooException if there are no weights yet
     * @throws dev.vitrail.zoo.weights.WeightsException if they are damaged or do not fit the config
     */
    public Network mappedNetwork() {
        return new Network(
                block(),
                Device.cpu(),
                (block, manager) -> {
                    try (Weights weights = weights()) {
                        weights.mapInto(block, manager, block.inputShape(1));
                    }
                });
    }

    /**
     * Opens the best weights.
     *
     * @return the tensors, to be closed by the caller
     * @throws ZooException if there are no weights yet
     * @throws dev.vitrail.zoo.weights.WeightsException if the file is damaged
     */
    public Weights weights() {
        Path file = weightsFile();
        if (!Files.isRegularFile(file)) {
            throw new ZooException(
                    folder + ": holds no " + BEST + "; its training did not finish an epoch");
        }
        SafetensorsFile stored = SafetensorsFile.open(file);
        if (trained.equals(config.model())) {
            return stored;
        }
        try {
            return new RegriddedWeights(stored, new Regridding(trained, config.model()));
        } catch (RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    /**
     * Builds the network that was trained.
     *
     * @return the block, without weights
     */
    public VisionTransformer block() {
        return new VisionTransformer(config.model(), config.labels().count());
    }

    /** Saves an epoch: weights first, so that no history speaks of weights that are not there. */
    void save(
            LoadedBlock<?> best,
            List<EpochResult> history,
            Optional<Evaluation> evaluation,
            boolean isBest) {
        if (isBest) {
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            best.kept().forEach((name, parameter) -> tensors.put(name, parameter.getArray()));
            SafetensorsWriter.write(folder.resolve(BEST), tensors, Map.of("format", "pt"));
            evaluation.ifPresent(this::save);
        }
        Path file = folder.resolve(HISTORY);
        try {
            History.write(file, history);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private void save(Evaluation evaluation) {
        try {
            AtomicFile.write(evaluationFile(), JSON.writeValueAsString(evaluation.fields()));
        } catch (IOException e) {
            throw unwritable(evaluationFile(), e);
        }
    }

    /** Saves what was drawn of an epoch. */
    void savePicture(int epoch, byte[] png) {
        String name = String.format(Locale.ROOT, "epoch-%04d.png", epoch);
        Path file = folder.resolve(PICTURES).resolve(name);
        try {
            Files.createDirectories(file.getParent());
            AtomicFile.write(file, png);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /**
     * Saves where training stands. The checkpoint before it is kept under another name; at every
     * moment there is one under the first name, once there was one.
     */
    void checkpoint(TrainingStep<?> step, Position position) {
        Path file = folder.resolve(CHECKPOINT);
        try {
            if (Files.exists(file)) {
                keep(file);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
        step.save(file, position);
    }

    /** A second name for the file, where the file system has such; elsewhere it is not kept. */
    private void keep(Path file) throws IOException {
        Path previous = folder.resolve(PREVIOUS);
        Files.deleteIfExists(previous);
        try {
            Files.createLink(previous, file);
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.deleteIfExists(previous);
        }
    }

    /** Puts the checkpoint before the last one in its place; without one there is none then. */
    void takeCheckpointBack() {
        Path file = folder.resolve(CHECKPOINT);
        Path previous = folder.resolve(PREVIOUS);
        try {
            if (Files.exists(previous)) {
                Files.move(previous, file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static ZooException unwritable(Path file, IOException cause) {
        return new ZooException(
                file + ": cannot be written (" + ZooException.reason(cause) + ")", cause);
    }

    /**
     * Opens what a training left to go on with.
     *
     * @param previous whether the checkpoint before the last one is asked for
     * @throws ZooException if there is none, or it is damaged; the message says what else there is
     */
    Checkpoint checkpoint(boolean previous) {
        Path file = folder.resolve(previous ? PREVIOUS : CHECKPOINT);
        if (!Files.isRegularFile(file)) {
            throw new ZooException(folder + ": holds no " + file.getFileName() + " to go on with");
        }
        try {
            return Checkpoint.open(file);
        } catch (ZooException e) {
            if (previous || !Files.isRegularFile(folder.resolve(PREVIOUS))) {
                throw e;
            }
            throw new ZooException(
                    e.getMessage()
                            + "; "
                            + PREVIOUS
                            + " is the one before it, and is used only if asked for",
                    e);
        }
    }

    /** The list of pictures that the run was started with. */
    DataListing data() {
        return DataListing.read(folder.resolve(DATA));
    }

    /** Replaces config and list of pictures, before the first step of a part of the training. */
    Run with(ModelConfig other, DataListing data) {
        try {
            AtomicFile.write(folder.resolve(DATA), data.text());
            AtomicFile.write(folder.resolve(CONFIG), other.toJson());
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
        return new Run(folder, other);
    }
}
