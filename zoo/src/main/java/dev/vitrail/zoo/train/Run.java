package dev.vitrail.zoo.train;

import ai.djl.Device;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.weights.AtomicFile;
import dev.vitrail.zoo.weights.SafetensorsFile;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of one training:
 *
 * <ul>
 *   <li>{@code config.json}, with the labels of the data that were trained on;
 *   <li>{@code model.safetensors}, the weights of the best epoch so far: what is exported;
 *   <li>{@code last.safetensors}, the weights where training stands or ended;
 *   <li>{@code history.jsonl}, one line an epoch, see {@link EpochResult}.
 * </ul>
 *
 * <p>Each file is replaced whole, so a reader, or the next start after a power failure, finds
 * either the old one or the new one.
 */
public final class Run {

    private static final String CONFIG = "config.json";
    private static final String BEST = "model.safetensors";
    private static final String LAST = "last.safetensors";
    private static final String HISTORY = "history.jsonl";
    private static final List<String> FILES = List.of(CONFIG, BEST, LAST, HISTORY);

    private final Path folder;
    private final ModelConfig config;

    private Run(Path folder, ModelConfig config) {
        this.folder = folder;
        this.config = config;
    }

    /**
     * Creates a run folder with its config, which also proves that it can be written to.
     *
     * @param folder may exist if it is empty
     * @param config with the labels of the data
     * @param replace whether the files of an earlier run may be deleted
     * @return the run, without weights yet
     * @throws ZooException if the folder is in use or cannot be written to
     */
    static Run create(Path folder, ModelConfig config, boolean replace) {
        try {
            Files.createDirectories(folder);
            if (replace) {
                for (String name : FILES) {
                    Files.deleteIfExists(folder.resolve(name));
                }
            } else {
                refuseContents(folder);
            }
            AtomicFile.write(folder.resolve(CONFIG), config.toJson());
            return new Run(folder, config);
        } catch (FileAlreadyExistsException e) {
            throw new ZooException(folder + ": is a file; a run needs a folder", e);
        } catch (IOException e) {
            throw new ZooException(
                    folder
                            + ": cannot be written to ("
                            + ZooException.reason(e)
                            + "); choose another output folder",
                    e);
        }
    }

    private static void refuseContents(Path folder) throws IOException {
        for (String name : FILES) {
            if (Files.exists(folder.resolve(name))) {
                throw new ZooException(
                        folder
                                + ": already holds a run ("
                                + name
                                + "); choose another output folder, or say that it may be"
                                + " replaced");
            }
        }
        try (Stream<Path> entries = Files.list(folder)) {
            entries.findFirst()
                    .ifPresent(
                            entry -> {
                                throw new ZooException(
                                        folder
                                                + ": is not empty (it holds "
                                                + entry.getFileName()
                                                + "); a run needs a new or empty folder");
                            });
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
     * Returns the figures of the epochs so far.
     *
     * @return one an epoch; empty before the first is over
     * @throws ZooException if the file is damaged
     */
    public List<EpochResult> history() {
        return History.read(folder.resolve(HISTORY));
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
        VisionTransformer block = block();
        return new Network(
                block,
                device,
                manager -> {
                    try (SafetensorsFile weights = weights()) {
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
        VisionTransformer block = block();
        return new Network(
                block,
                Device.cpu(),
                manager -> {
                    try (SafetensorsFile weights = weights()) {
                        weights.mapInto(block, manager, block.inputShape(1));
                    }
                });
    }

    /**
     * Opens the file of the best weights.
     *
     * @return the tensors, to be closed by the caller
     * @throws ZooException if there are no weights yet
     * @throws dev.vitrail.zoo.weights.WeightsException if the file is damaged
     */
    public SafetensorsFile weights() {
        Path file = weightsFile();
        if (!Files.isRegularFile(file)) {
            throw new ZooException(
                    folder + ": holds no " + BEST + "; its training did not finish an epoch");
        }
        return SafetensorsFile.open(file);
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
    void save(Network network, List<EpochResult> history, boolean best) {
        if (best) {
            SafetensorsWriter.write(folder.resolve(BEST), network.block());
        }
        saveLast(network);
        try {
            History.write(folder.resolve(HISTORY), history);
        } catch (IOException e) {
            throw new ZooException(
                    folder.resolve(HISTORY)
                            + ": cannot be written ("
                            + ZooException.reason(e)
                            + ")",
                    e);
        }
    }

    /** Saves where training stands. */
    void saveLast(Network network) {
        SafetensorsWriter.write(folder.resolve(LAST), network.block());
    }
}
