package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import dev.vitrail.zoo.weights.StreamedTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What an import will write, before anything is written: names and shapes have been compared,
 * values not yet looked at.
 */
public final class ImportPlan {

    private final Source source;
    private final String family;
    private final ModelConfig config;
    private final Ledger ledger;
    private final List<String> notes;
    private final List<String> allowedInVain;
    private final Map<String, Tensor> tensors;

    ImportPlan(
            Source source,
            String family,
            ModelConfig config,
            Ledger ledger,
            List<String> notes,
            List<String> allowedInVain,
            Map<String, Tensor> tensors) {
        this.source = source;
        this.family = family;
        this.config = config;
        this.ledger = ledger;
        this.notes = List.copyOf(notes);
        this.allowedInVain = List.copyOf(allowedInVain);
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * The family whose names the checkpoint has.
     *
     * @return such as {@code timm}
     */
    public String family() {
        return family;
    }

    /**
     * The model: network, labels, preprocessing.
     *
     * @return as it will stand in the run folder
     */
    public ModelConfig config() {
        return config;
    }

    /**
     * What becomes of every tensor.
     *
     * @return complete, or there would be no plan
     */
    public Ledger ledger() {
        return ledger;
    }

    /**
     * What had to be assumed.
     *
     * @return a sentence each
     */
    public List<String> notes() {
        return notes;
    }

    /**
     * Patterns of {@link ImportOptions#allow} that did nothing: no tensor of such a name is missing
     * or left over.
     *
     * @return in the order in which they were given; often a slip of the pen
     */
    public List<String> allowedInVain() {
        return allowedInVain;
    }

    /** The network's tensors by name, not yet read. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    /**
     * Writes the run folder, tensor by tensor.
     *
     * @param folder new or empty
     * @param replace whether it may hold an earlier run
     * @return the run
     * @throws dev.vitrail.zoo.ZooException if a tensor is not finite or a file cannot be read or
     *     written; nothing is left behind then
     */
    public Run write(Path folder, boolean replace) {
        List<StreamedTensor> streamed = new ArrayList<>();
        tensors.forEach(
                (name, tensor) ->
                        streamed.add(StreamedTensor.of(name, tensor.shape(), tensor.values())));
        // Beside the writing, which waits for the disk while this counts.
        CompletableFuture<List<Fingerprint>> files =
                CompletableFuture.supplyAsync(() -> Fingerprint.of(source));
        return Run.ofWeights(
                folder,
                replace,
                config,
                file -> SafetensorsWriter.write(file, streamed, Map.of("format", "pt")),
                () -> Provenance.json(source, joined(files), this));
    }

    private static List<Fingerprint> joined(CompletableFuture<List<Fingerprint>> files) {
        try {
            return files.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ZooException known ? known : e;
        }
    }
}
