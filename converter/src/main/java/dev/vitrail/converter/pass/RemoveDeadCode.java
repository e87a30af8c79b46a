package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.Initializer;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes nodes and initializers from which no output can be reached. Inputs stay: they are what
 * users feed.
 */
final class RemoveDeadCode implements Pass {
    @Override
    public Graph apply(Graph graph) {
        Set<String> needed = new HashSet<>();
        graph.outputs().forEach(output -> needed.add(output.name()));
        List<Node> kept = new ArrayList<>();
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            if (node.outputs().stream().anyMatch(output -> needed.contains(output.name()))) {
                kept.add(node);
                node.inputs().stream()
                        .filter(input -> !input.isAbsent())
                        .map(Value::name)
                        .forEach(needed::add);
            }
        }
        Collections.reverse(kept);
        List<Initializer> weights =
                graph.initializers().stream().filter(w -> needed.contains(w.name())).toList();
        boolean same =
                kept.size() == graph.nodes().size()
                        && weights.size() == graph.initializers().size();
        return same ? graph : graph.with(weights, kept);
    }
}
