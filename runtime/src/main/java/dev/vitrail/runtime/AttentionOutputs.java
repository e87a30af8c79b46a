package dev.vitrail.runtime;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a file hands out its attention weights: the {@value #METADATA} entry of its metadata, as
 * JSON. Each output of a layer is {@code [batch, heads, tokens, tokens]}, the rows of a query
 * summing to one; {@value #POOL} is {@code [batch, heads, 1, patches]}.
 *
 * @param layers names of the layers' outputs, the first layer first
 * @param gridHeight patches from top to bottom
 * @param gridWidth patches from left to right
 * @param prefixTokens tokens before the patches: class, distillation and register tokens
 * @param reads what the classifier head reads of the last layer's tokens
 */
public record AttentionOutputs(
        @JsonProperty(value = "layers", required = true) List<String> layers,
        @JsonProperty(value = "grid_height", required = true) int gridHeight,
        @JsonProperty(value = "grid_width", required = true) int gridWidth,
        @JsonProperty(value = "prefix_tokens", required = true) int prefixTokens,
        @JsonProperty(value = "reads", required = true) Reads reads) {

    /** The key of the metadata. */
    public static final String METADATA = "vitrail.attention";

    /** The name of a layer's output, before its number. */
    public static final String LAYER = "attentions.";

    /** The name of the output with the weights of attention pooling. */
    public static final String POOL = "attentions.pool";

    /** Beyond any network; a product of two such numbers is an int. */
    private static final int MOST = 16_384;

    /** Which tokens become the classifier head's input. */
    public enum Reads {
        /** The class token. */
        @JsonProperty("token")
        TOKEN,
        /** The class token and the distillation token, half and half. */
        @JsonProperty("token_and_distillation")
        TOKEN_AND_DISTILLATION,
        /** The average of the patches. */
        @JsonProperty("mean")
        MEAN,
        /** The class token beside the average of the patches. */
        @JsonProperty("token_and_mean")
        TOKEN_AND_MEAN,
        /** The patches, by the weights of attention pooling, {@link AttentionOutputs#POOL}. */
        @JsonProperty("pool")
        POOL
    }

    /**
     * Checks what is needed to read the outputs.
     *
     * @param layers as the component
     * @param gridHeight as the component
     * @param gridWidth as the component
     * @param prefixTokens as the component
     * @param reads as the component
     * @throws IllegalArgumentException naming the value that cannot be
     */
    public AttentionOutputs {
        layers = layers == null ? List.of() : List.copyOf(layers);
        if (layers.isEmpty() || reads == null) {
            throw new IllegalArgumentException("there must be layers and what the head reads");
        }
        if (gridHeight < 1 || gridWidth < 1 || gridHeight > MOST || gridWidth > MOST) {
            throw new IllegalArgumentException(
                    "the grid is " + gridHeight + "x" + gridWidth + ", must be 1x1 or more");
        }
        int read =
                switch (reads) {
                    case TOKEN, TOKEN_AND_MEAN -> 1;
                    case TOKEN_AND_DISTILLATION -> 2;
                    case MEAN, POOL -> 0;
                };
        if (prefixTokens < read || prefixTokens > MOST) {
            throw new IllegalArgumentException(
                    "prefix_tokens is "
                            + prefixTokens
                            + ", must be at least "
                            + read
                            + " where the head reads "
                            + reads.name().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * Reads the entry of a file's metadata.
     *
     * @param model what messages call the file
     * @param metadata the file's key–value pairs
     * @return the outputs; empty for a file that hands out no attention
     * @throws RuntimeFailure if the entry is not what it must be
     */
    static Optional<AttentionOutputs> read(String model, Map<String, String> metadata) {
        String json = metadata.get(METADATA);
        if (json == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    JsonMapper.builder().build().readValue(json, AttentionOutputs.class));
        } catch (JsonProcessingException e) {
            throw JsonFault.of(model, METADATA, e);
        }
    }

    /** Tokens of the sequence, those before the patches included. */
    int tokens() {
        return prefixTokens + patches();
    }

    int patches() {
        return gridHeight * gridWidth;
    }
}
