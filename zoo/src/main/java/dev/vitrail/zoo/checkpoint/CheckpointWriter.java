package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.checkpoint.NameMap.Mapping;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.AtomicFile;
import dev.vitrail.zoo.weights.SafetensorsWriter;
import dev.vitrail.zoo.weights.StreamedTensor;
import dev.vitrail.zoo.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A run folder to a folder as another project writes it: weights and config files. */
public final class CheckpointWriter {

    private static final String WEIGHTS = "model.safetensors";

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private CheckpointWriter() {}

    /**
     * What was written.
     *
     * @param kind the project's own word for the model
     * @param files in the order in which they were written
     * @param tensors how many
     * @param notes what could not be said in the project's files
     */
    public record Written(String kind, List<Path> files, int tensors, List<String> notes) {

        /**
         * Copies the lists.
         *
         * @param kind as the component
         * @param files as the component
         * @param tensors as the component
         * @param notes as the component
         */
        public Written {
            files = List.copyOf(files);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Writes a run. What was trained without labels has no head: it is written as timm writes a
     * model of 0 classes, and Hugging Face one that gives hidden states.
     *
     * @param run with weights
     * @param naming whose names and files
     * @param folder to hold them, made if it is not there; files of the same names are replaced
     * @return what was written
     * @throws CheckpointException naming the first key of the config that the project's networks do
     *     not have; nothing is written then
     * @throws ZooException if the weights do not fit the run's config, are not finite, or a file
     *     cannot be written
     */
    public static Written write(Run run, Naming naming, Path folder) {
        ModelConfig config = config(run);
        Outgoing outgoing = naming.outgoing(config);
        try (Weights weights = run.weights()) {
            requireFit(config, weights);
            List<StreamedTensor> tensors = tensors(weights, outgoing);
            List<Path> files = new ArrayList<>();
            Files.createDirectories(folder);
            Path file = folder.resolve(WEIGHTS);
            SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
            files.add(file);
            for (Map.Entry<String, ObjectNode> document : outgoing.documents().entrySet()) {
                Path path = folder.resolve(document.getKey());
                AtomicFile.write(path, json(document.getValue()));
                files.add(path);
            }
            return new Written(outgoing.kind(), files, tensors.size(), outgoing.notes());
        } catch (IOException e) {
            throw new CheckpointException(
                    folder, "cannot be written to (" + ZooException.reason(e) + ")", e);
        }
    }

    /** Of a training without labels it is the encoder that is written, as it was trained. */
    private static ModelConfig config(Run run) {
        ModelConfig config = run.config();
        return new ModelConfig(
                config.name(),
                run.encoderArchitecture(),
                config.labels(),
                config.preprocessing(),
                config.training(),
                config.pretraining());
    }

    private static void requireFit(ModelConfig config, Weights weights) {
        Map<String, Shape> wanted = NetworkTensors.shapes(config.model(), Naming.classes(config));
        if (!wanted.equals(weights.shapes())) {
            Set<String> different = new LinkedHashSet<>(wanted.keySet());
            different.addAll(weights.shapes().keySet());
            different.removeIf(
                    name -> Objects.equals(wanted.get(name), weights.shapes().get(name)));
            throw CheckpointException.of(
                    weights.origin(),
                    "these weights do not fit the run's config",
                    different.stream()
                            .map(
                                    name ->
                                            String.format(
                                                    "tensor \"%s\" is %s, must be %s",
                                                    name,
                                                    weights.shapes().get(name),
                                                    wanted.get(name)))
                            .toList(),
                    "");
        }
    }

    private static List<StreamedTensor> tensors(Weights weights, Outgoing outgoing) {
        Set<String> missing = new LinkedHashSet<>();
        List<Mapping> mappings = outgoing.names().write(weights.shapes().keySet(), missing);
        if (!missing.isEmpty()) {
            throw new CheckpointException(
                    weights.origin(),
                    "there is no name in "
                            + outgoing.kind()
                            + " for "
                            + String.join(", ", missing));
        }
        Map<String, Tensor> theirs = new LinkedHashMap<>(outgoing.fillers());
        for (Mapping mapping : mappings) {
            List<Tensor> results =
                    mapping.row()
                            .step()
                            .inverse()
                            .apply(
                                    mapping.ours().stream()
                                            .map(name -> tensor(weights, name))
                                            .toList());
            for (int i = 0; i < results.size(); i++) {
                theirs.put(mapping.theirs().get(i), results.get(i));
            }
        }
        // By name, as safetensors' own writers sort tensors of one type.
        return theirs.entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .map(
                        entry ->
                                StreamedTensor.of(
                                        entry.getKey(),
                                        entry.getValue().shape(),
                                        entry.getValue().values()))
                .toList();
    }

    private static Tensor tensor(Weights weights, String name) {
        Shape shape = weights.shapes().get(name);
        return new Tensor(shape, sink -> weights.copyFiniteTo(name, sink));
    }

    private static String json(ObjectNode node) {
        try {
            return JSON.writeValueAsString(node) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values cannot fail to be written", e);
        }
    }
}
