package dev.vitrail.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.vitrail.imaging.Preprocessing;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Puts a {@link ModelCard} together and refuses models whose parts do not fit each other. */
final class ModelCards {
    private static final Set<OnnxJavaType> OUTPUT_TYPES =
            Set.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16);

    /** Beyond any network. */
    private static final int MOST_FEATURES = 1 << 20;

    private ModelCards() {}

    static ModelCard of(Session session, String name, OnnxFile file, ModelMetadata metadata)
            throws OrtException {
        Map.Entry<String, NodeInfo> input = only(name, "input", session.inputs());
        Map.Entry<String, NodeInfo> output = only(name, "output", session.outputs());
        List<Long> inputShape = inputShape(name, input, metadata.preprocessing());
        requireOutput(name, output, metadata.labels().size());
        Map<String, String> pairs = file.metadata();
        return new ModelCard(
                name,
                input.getKey(),
                inputShape,
                output.getKey(),
                metadata.labels(),
                metadata.preprocessing(),
                Optional.ofNullable(pairs.get(ModelMetadata.CONFIG)),
                Optional.ofNullable(pairs.get(ModelMetadata.PRECISION)),
                file.opset(),
                file.producer(),
                Optional.ofNullable(pairs.get(ModelMetadata.WEIGHTS_SHA256)),
                Optional.ofNullable(pairs.get(ModelMetadata.VERIFIED)),
                pairs);
    }

    private static Map.Entry<String, NodeInfo> only(
            String name, String kind, Map<String, NodeInfo> nodes) {
        if (kind.equals("output") && nodes.containsKey("logits")) {
            return Map.entry("logits", nodes.get("logits"));
        }
        if (nodes.size() != 1) {
            throw new RuntimeFailure(
                    name + ": has the " + kind + "s " + nodes.keySet() + ", must have one");
        }
        return nodes.entrySet().iterator().next();
    }

    private static List<Long> inputShape(
            String name, Map.Entry<String, NodeInfo> input, Preprocessing preprocessing) {
        long height = preprocessing.outputHeight();
        long width = preprocessing.outputWidth();
        String right =
                "must be float or float16 [batch, 3, "
                        + height
                        + ", "
                        + width
                        + "] or uint8 [height, width, 3]";
        if (input.getValue().getInfo() instanceof TensorInfo tensor
                && tensor.type == OnnxJavaType.UINT8
                && Arrays.equals(tensor.getShape(), new long[] {-1, -1, 3})) {
            return List.of(-1L, -1L, 3L);
        }
        if (input.getValue().getInfo() instanceof TensorInfo tensor
                && (tensor.type == OnnxJavaType.FLOAT || tensor.type == OnnxJavaType.FLOAT16)) {
            long[] shape = tensor.getShape();
            long[] expected = {-1, 3, height, width};
            boolean fits = shape.length == expected.length;
            for (int i = 1; fits && i < shape.length; i++) {
                fits = shape[i] == -1 || shape[i] == expected[i];
            }
            if (fits && shape[0] != 0 && shape[0] <= Integer.MAX_VALUE) {
                return Arrays.stream(shape).boxed().toList();
            }
        }
        throw new RuntimeFailure(
                name + ": input " + input.getKey() + " is " + describe(input) + ", " + right);
    }

    private static void requireOutput(String name, Map.Entry<String, NodeInfo> output, int labels) {
        if (output.getValue().getInfo() instanceof TensorInfo tensor
                && OUTPUT_TYPES.contains(tensor.type)
                && tensor.getShape().length == 2) {
            long classes = tensor.getShape()[1];
            // An unknown number of classes is compared when the model runs.
            if (classes != -1 && classes != labels) {
                throw new RuntimeFailure(
                        name
                                + ": has "
                                + classes
                                + " logits but metadata "
                                + ModelMetadata.LABELS
                                + " has "
                                + labels
                                + " names, must be as many");
            }
            return;
        }
        throw new RuntimeFailure(
                name
                        + ": output "
                        + output.getKey()
                        + " is "
                        + describe(output)
                        + ", must be float [batch, classes]");
    }

    /**
     * The width of the output {@value Classifier#EMBEDDINGS}, {@code [batch, dim]}; empty for a
     * model without one.
     */
    static OptionalInt embeddingSize(Session session, String name) throws OrtException {
        NodeInfo output = session.outputs().get(Classifier.EMBEDDINGS);
        if (output == null) {
            return OptionalInt.empty();
        }
        if (output.getInfo() instanceof TensorInfo tensor
                && OUTPUT_TYPES.contains(tensor.type)
                && tensor.getShape().length == 2
                && tensor.getShape()[1] > 0
                && tensor.getShape()[1] <= MOST_FEATURES) {
            return OptionalInt.of((int) tensor.getShape()[1]);
        }
        throw new RuntimeFailure(
                name
                        + ": output "
                        + Classifier.EMBEDDINGS
                        + " is "
                        + describe(Map.entry(Classifier.EMBEDDINGS, output))
                        + ", must be float [batch, dim]");
    }

    private static String describe(Map.Entry<String, NodeInfo> node) {
        return node.getValue().getInfo() instanceof TensorInfo tensor
                ? tensor.type.toString().toLowerCase(java.util.Locale.ROOT)
                        + " "
                        + Arrays.toString(tensor.getShape())
                : "not a tensor";
    }
}
