package dev.vitrail.zoo.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Values given in place of a config's own, by the path of their key. */
public final class Settings {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Settings() {}

    /**
     * The config with some values replaced. What was checked for a file is checked again. Values
     * that follow from a replaced one do so here too: the constants of another optimiser are its
     * own, and an MLP as wide as a config's is by itself stays so with another {@code model.dim}.
     *
     * @param config what they are changes of
     * @param values JSON, or plain text where that is no JSON, by paths such as {@code
     *     training.optimizer.learning_rate}
     * @return the changed config
     * @throws InputException naming every value that the config cannot have, or an unknown key
     */
    public static ModelConfig apply(ModelConfig config, Map<String, String> values) {
        if (values.isEmpty()) {
            return config;
        }
        try {
            ObjectNode root = (ObjectNode) JSON.readTree(config.toJson());
            leaveOutWhatFollows(root, config, values);
            values.forEach((path, value) -> set(root, path, value));
            return ConfigReader.parse(JSON.writeValueAsString(root), config.name(), Path.of(""));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a config writes JSON", e);
        } catch (ConfigException e) {
            throw new InputException(
                    e.problems().stream()
                            .map(ConfigProblem::message)
                            .collect(Collectors.joining(System.lineSeparator())),
                    e);
        }
    }

    /** The JSON of a config says everything, also what its file left out. */
    private static void leaveOutWhatFollows(
            ObjectNode root, ModelConfig config, Map<String, String> values) {
        Architecture model = config.model();
        if (values.containsKey("model.dim")
                && model.mlpDim() == Architecture.DEFAULT_MLP_RATIO * model.dim()) {
            ((ObjectNode) root.get("model")).remove("mlp_dim");
        }
        String optimizer = values.get("training.optimizer.type");
        if (optimizer != null && !optimizer.equals(config.training().optimizer().type().id())) {
            ((ObjectNode) root.at("/training/optimizer"))
                    .remove(List.of("betas", "epsilon", "momentum", "nesterov"));
        }
    }

    private static void set(ObjectNode root, String path, String value) {
        ObjectNode parent = root;
        String[] keys = path.split("\\.", -1);
        for (int i = 0; i < keys.length - 1; i++) {
            JsonNode child = parent.get(keys[i]);
            parent = child instanceof ObjectNode object ? object : parent.putObject(keys[i]);
        }
        parent.set(keys[keys.length - 1], value(value));
    }

    private static JsonNode value(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node.isMissingNode() ? new TextNode(text) : node;
        } catch (JsonProcessingException e) {
            return new TextNode(text);
        }
    }
}
