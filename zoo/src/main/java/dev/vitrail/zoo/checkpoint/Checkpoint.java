package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.ModelConfig;
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
    private final Optional<ModelConfig> own;

    private Checkpoint(Source source, Family family, Optional<ModelConfig> own) {
        this.source = source;
        this.family = family;
        this.own = own;
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
            Optional<ModelConfig> own =
                    config.filter(Checkpoint::isOfARun)
                            .map(document -> ConfigReader.read(document.file()));
            Source source =
                    own.isPresent()
                            ? Source.of(path, weights, Optional.empty(), Optional.empty())
                            : Source.of(path, weights, config, preprocessor);
            Checkpoint checkpoint = new Checkpoint(source, Families.of(source), own);
            weights = null; // now the checkpoint's own
            return checkpoint;
        } finally {
            if (weights != null) {
                weights.close();
            }
        }
    }

    /** A run folder's config says everything, and in other keys than any family's. */
    private static boolean isOfARun(Document config) {
        return config.node("model").isObject() && config.node("preprocessing").isObject();
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
     * Finds out what network it is and where each tensor goes. A run folder of ours says it itself.
     *
     * @param options what is overruled or allowed
     * @return what an import would write
     * @throws dev.vitrail.zoo.ZooException naming each tensor that is missing, left over or of
     *     another shape, or the key of a config that does not fit
     */
    public ImportPlan plan(ImportOptions options) {
        ImportOptions told =
                own.filter(config -> options.config().isEmpty())
                        .map(options::withConfig)
                        .orElse(options);
        return Planning.plan(source, family, told);
    }

    @Override
    public void close() {
        source.weights().close();
    }
}
