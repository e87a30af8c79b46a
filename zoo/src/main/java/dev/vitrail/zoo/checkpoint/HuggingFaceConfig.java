package dev.vitrail.zoo.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Transformers' {@code config.json} of a vision model. */
final class HuggingFaceConfig {

    /** What every config class of these defaults to. */
    private static final int DEFAULT_HEADS = 12;

    private static final int DEFAULT_IMAGE_SIZE = 224;

    /** A file without any of them is another project's. */
    private static final List<String> KEYS = List.of("model_type", "hidden_size", "vision_config");

    private HuggingFaceConfig() {}

    /** The part about images, of a config that is about text too. */
    static Document vision(Document config) {
        if (KEYS.stream().noneMatch(config::has)) {
            throw config.refused(
                    "is no config of transformers, whose tensor names are beside it: must have "
                            + String.join(" or ", KEYS)
                            + "; move it away, or give --config");
        }
        return config.has("vision_config") ? config.child("vision_config") : config;
    }

    /** What a config says that tensors do not show. */
    static void describe(Document config, Dialect dialect, double defaultEpsilon) {
        double epsilon = config.number("layer_norm_eps").orElse(defaultEpsilon);
        if (epsilon <= 0 || epsilon >= 1) {
            throw config.refused("layer_norm_eps", "above 0 and below 1");
        }
        dialect.epsilon(epsilon)
                .heads(Optional.of(DEFAULT_HEADS))
                .heads(positive(config, "num_attention_heads"))
                .imageSize(Optional.of(List.of(DEFAULT_IMAGE_SIZE, DEFAULT_IMAGE_SIZE)))
                .imageSize(config.edges("image_size"))
                .dropping(
                        share(config, "hidden_dropout_prob"),
                        share(config, "attention_probs_dropout_prob"),
                        share(config, "drop_path_rate"));
        config.text("hidden_act").ifPresent(word -> dialect.activation(activation(config, word)));
    }

    private static ActivationKind activation(Document config, String word) {
        return switch (word) {
            case "gelu", "gelu_python" -> ActivationKind.GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate" ->
                    ActivationKind.GELU_TANH;
            case "quick_gelu" -> ActivationKind.QUICK_GELU;
            default ->
                    throw config.refused(
                            "hidden_act", "gelu, gelu_new, gelu_pytorch_tanh or quick_gelu");
        };
    }

    private static Optional<Integer> positive(Document config, String key) {
        Optional<Integer> value = config.integer(key);
        if (value.isPresent() && value.get() < 1) {
            throw config.refused(key, "at least 1");
        }
        return value;
    }

    private static double share(Document config, String key) {
        double share = config.number(key).orElse(0.0);
        if (share < 0 || share >= 1) {
            throw config.refused(key, "at least 0 and below 1");
        }
        return share;
    }

    /** Refuses sizes that the tensors do not have. */
    static void check(Document config, Architecture found) {
        expect(config, "hidden_size", found.dim());
        expect(config, "num_hidden_layers", found.depth());
        expect(config, "num_channels", found.channels());
        config.edges("patch_size")
                .filter(edges -> !edges.equals(List.of(found.patchSize(), found.patchSize())))
                .ifPresent(
                        edges -> {
                            throw config.refused(
                                    "patch_size", found.patchSize() + " as the tensors show");
                        });
    }

    static void expect(Document config, String key, int actual) {
        config.integer(key)
                .filter(value -> value != actual)
                .ifPresent(
                        value -> {
                            throw config.refused(key, actual + " as the tensors show");
                        });
    }

    /** {@code id2label}, whose keys are numbers in strings and stand in any order. */
    static Optional<Labels> labels(Document config, List<String> notes) {
        JsonNode labels = config.node("id2label");
        if (labels.isMissingNode()) {
            return Optional.empty();
        }
        if (!labels.isObject() || labels.isEmpty() || labels.size() > Labels.MAXIMUM) {
            throw config.refused("id2label", "an object of 1 to " + Labels.MAXIMUM + " names");
        }
        TreeMap<Integer, String> byIndex = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : labels.properties()) {
            if (!field.getKey().matches("0|[1-9][0-9]{0,6}") || !field.getValue().isTextual()) {
                throw config.refused(
                        "id2label", "names by index, \"" + field.getKey() + "\" is none");
            }
            byIndex.put(Integer.parseInt(field.getKey()), field.getValue().textValue());
        }
        if (byIndex.lastKey() != byIndex.size() - 1) {
            throw config.refused(
                    "id2label",
                    "names for 0 to " + (byIndex.size() - 1) + ", one for each of its entries");
        }
        return Optional.of(LabelNames.distinct(new ArrayList<>(byIndex.values()), notes));
    }
}
