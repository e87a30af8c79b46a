package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.weights.Weights;
import dev.vitrail.zoo.weights.WeightsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Weights that another project trained, in its own naming: a file, or a folder with the project's
 * config beside them.
 *
 * <pre>{@code
 * try (Checkpoint checkpoint = Checkpoint.open(path)) {
 *     Run run = checkpoint.plan(ImportOptions.DEFAULT).write(folder, false);
 * }
 * }</pre>
 */
public final class Checkpoint implements AutoCloseable {

    private static final String CONFIG = "config.json";
    private static final String PREPROCESSOR = "preprocessor_config.json";

    private final Source source;
    private final Family family;

    private Checkpoint(Source source, Family family) {
        this.source = source;
        this.family = family;
    }

    /**
     * Opens a checkpoint and finds out whose it is.
     *
     * @param path a file of weights, or a folder of them
     * @return the checkpoint, to be closed
     * @throws dev.vitrail.zoo.ZooException if it cannot be read or no family is recognised
     */
    public static Checkpoint open(Path path) {
        boolean isFolder = Files.isDirectory(path);
        Path folder = isFolder ? path : path.toAbsolutePath().getParent();
        Weights weights = WeightsFile.open(path);
        try {
            Optional<Document> config = Document.read(folder.resolve(CONFIG));
            Optional<Document> preprocessor = Document.read(folder.resolve(PREPROCESSOR));
            Source source = new Source(path, weights, config, preprocessor);
            Checkpoint checkpoint = new Checkpoint(source, Families.of(source));
            weights = null; // now the checkpoint's own
            return checkpoint;
        } finally {
            if (weights != null) {
                weights.close();
            }
        }
    }

    /**
     * The family whose names the tensors have.
     *
     * @return such as {@code timm}
     */
    public String family() {
        return family.id();
    }

    /**
     * Finds out what network it is and where each tensor goes.
     *
     * @param options what is overruled or allowed
     * @return what an import would write
     * @throws dev.vitrail.zoo.ZooException naming each tensor that is missing, left over or of
     *     another shape, or the key of a config that does not fit
     */
    public ImportPlan plan(ImportOptions options) {
        return Planning.plan(source, family, options);
    }

    @Override
    public void close() {
        source.weights().close();
    }
}
