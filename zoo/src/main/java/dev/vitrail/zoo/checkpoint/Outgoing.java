package dev.vitrail.zoo.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * A model as another project writes it.
 *
 * @param kind what the project calls it, for the report
 * @param names whose tensors are written under names of theirs
 * @param fillers tensors that the project's network has and does not read, so that its loader
 *     misses none
 * @param documents JSON files beside the weights
 * @param notes what could not be said in them
 */
record Outgoing(
        String kind,
        NameMap names,
        Map<String, Tensor> fillers,
        Map<String, ObjectNode> documents,
        List<String> notes) {}
