package dev.vitrail.zoo.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Where a run's weights come from: the {@code import.json} of its folder. */
final class Provenance {

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
}
