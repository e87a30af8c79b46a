package dev.vitrail.zoo.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.zoo.train.Run;
import java.util.List;
import java.util.Optional;

/** Where a run's weights come from: the {@code import.json} of its folder. */
public final class Provenance {

    private static final List<String> SUMMARY = List.of("source", "files", "family");

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Provenance() {}

    static String json(Source source, List<Fingerprint> files, ImportPlan plan) {
        ObjectNode root = JSON.createObjectNode();
        root.put("source", source.path().toAbsolutePath().normalize().getFileName().toString());
        root.set("files", JSON.valueToTree(files));
        root.put("family", plan.family());
        plan.notes().forEach(root.putArray("notes")::add);
        root.set("tensors", JSON.valueToTree(plan.ledger().mapped()));
        root.set("left_out", JSON.valueToTree(plan.ledger().leftOut()));
        root.set("initialised", JSON.valueToTree(plan.ledger().initialised()));
        try {
            return JSON.writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values cannot fail to be written", e);
        }
    }

    /**
     * What an exported file says of it: the source, its files with their hashes, the family.
     *
     * @param run any run
     * @return a JSON object on one line; empty where the weights were trained here
     * @throws dev.vitrail.zoo.ZooException if the run's {@code import.json} is damaged
     */
    public static Optional<String> summary(Run run) {
        return Document.read(run.importFile())
                .map(
                        document -> {
                            ObjectNode summary = JSON.createObjectNode();
                            SUMMARY.forEach(key -> summary.set(key, document.node(key)));
                            return summary.toString();
                        });
    }
}
