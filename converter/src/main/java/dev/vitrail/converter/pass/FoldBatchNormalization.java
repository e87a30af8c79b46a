package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphEditor;
import dev.vitrail.converter.graph.GraphIndex;
import dev.vitrail.converter.graph.Initializer;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Folds a batch normalisation into the convolution before it.
 *
 * <p>For each output channel, with {@code factor = scale / sqrt(variance + epsilon)}:
 *
 * <pre>
 * factor · (weight * x + bias − mean) + shift
 *     = (factor · weight) * x  +  (factor · (bias − mean) + shift)
 * </pre>
 *
 * so the convolution gets {@code factor · weight} and {@code factor · (bias − mean) + shift}. Both
 * are computed when the file is written.
 *
 * <p>It does not apply if somebody else reads the convolution's result or its weight (the weight
 * would be there twice), if a parameter is computed rather than stored, or if the normalisation
 * trains.
 */
final class FoldBatchNormalization implements Pass {
    @Override
    public Graph apply(Graph graph) {
        GraphEditor editor = new GraphEditor(graph);
        for (Node node : graph.nodes()) {
            if (node.is("BatchNormalization") && node.intAttribute("training_mode", 0) == 0) {
                convolution(node, editor.index()).ifPresent(conv -> fold(conv, node, editor));
            }
        }
        return editor.apply();
    }

    /** The convolution before a normalisation, if nobody else depends on it. */
    private static Optional<Node> convolution(Node normalization, GraphIndex index) {
        Value between = normalization.input(0);
        return index.producer(between)
                .filter(node -> node.is("Conv"))
                .filter(conv -> index.hasOneReader(between))
                .filter(conv -> index.hasOneReader(conv.input(1)));
    }

    private static void fold(Node conv, Node normalization, GraphEditor editor) {
        GraphIndex index = editor.index();
        Optional<Initializer> weight = index.initializer(conv.input(1));
        Optional<Initializer> bias = index.initializer(conv.input(2));
        List<Initializer> parameters = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            index.initializer(normalization.input(i)).ifPresent(parameters::add);
        }
        boolean stored = weight.isPresent() && parameters.size() == 4;
        if (!stored
                || bias.isEmpty() && !conv.input(2).isAbsent()
                || weight.get().type().elementType() != ElementType.FLOAT
                || parameters.stream().anyMatch(p -> p.type().elementType() != ElementType.FLOAT)
                || editor.isSwapped(weight.get())) {
            return;
        }
        ChannelScaling scaling =
                new ChannelScaling(
                        parameters.get(0).data(),
                        parameters.get(1).data(),
                        parameters.get(2).data(),
                        parameters.get(3).data(),
                        normalization.floatAttribute("epsilon", 1e-5f));
        TensorType type = weight.get().type();
        TensorType perChannel = new TensorType(ElementType.FLOAT, type.dims().subList(0, 1));
        Value scaled = editor.swap(weight.get(), type, scaling.weight(weight.get().data()));
        Value shifted =
                editor.add(
                        bias.map(Initializer::name).orElse(conv.name() + ".bias"),
                        perChannel,
                        scaling.bias(bias.map(Initializer::data).orElse(null)));
        editor.rewrite(conv);
        editor.rewrite(
                normalization,
                new Node(
                        "",
                        "Conv",
                        conv.name(),
                        List.of(conv.input(0), scaled, shifted),
                        List.of(normalization.output()),
                        conv.attributes(),
                        conv.documentation()));
    }
}
