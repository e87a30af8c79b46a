package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphEditor;
import dev.vitrail.converter.graph.Initializer;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Computes once what is computed several times: nodes with the same operator, operands, attributes
 * and result types, and small constants with the same elements. Weights are left alone: only their
 * owner knows whether two are the same.
 */
final class MergeCommonSubexpressions implements Pass {
    /** Two of these are not the same even if they look so. */
    private static final Set<String> RANDOM =
            Set.of(
                    "Bernoulli",
                    "Dropout",
                    "Multinomial",
                    "RandomNormal",
                    "RandomNormalLike",
                    "RandomUniform",
                    "RandomUniformLike");

    @Override
    public Graph apply(Graph graph) {
        GraphEditor editor = new GraphEditor(graph);
        Map<Object, Value> constants = new HashMap<>();
        for (Initializer initializer : graph.initializers()) {
            if (initializer.data().isInline()) {
                Object content = List.of(initializer.type(), initializer.data());
                Value first = constants.putIfAbsent(content, initializer.value());
                if (first != null) {
                    editor.replace(initializer.value(), first);
                }
            }
        }
        Map<Object, Node> computed = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (!RANDOM.contains(node.operator())) {
                Node first = computed.putIfAbsent(content(node, editor), node);
                if (first != null) {
                    merge(node, first, editor);
                }
            }
        }
        return editor.apply();
    }

    private static Object content(Node node, GraphEditor editor) {
        List<Value> inputs = node.inputs().stream().map(editor::current).toList();
        List<TensorType> types = node.outputs().stream().map(Value::type).toList();
        return List.of(node.domain(), node.operator(), inputs, types, node.attributes());
    }

    /** The node stays, for the dead-code pass to find, if one of its results cannot be replaced. */
    private static void merge(Node node, Node first, GraphEditor editor) {
        for (int i = 0; i < node.outputs().size(); i++) {
            if (!node.outputs().get(i).isAbsent()) {
                editor.replace(node.outputs().get(i), first.outputs().get(i));
            }
        }
    }
}
