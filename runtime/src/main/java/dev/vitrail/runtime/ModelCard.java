package dev.vitrail.runtime;

import dev.vitrail.imaging.Preprocessing;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an ONNX file says about the model in it: all that is needed to classify with it.
 *
 * @param name the model's file, or the name given with its bytes
 * @param inputName the graph's input
 * @param inputShape {@code [batch, 3, height, width]}; -1 where the size is symbolic. {@code
 *     [height, width, 3]}, of bytes, where resize, crop and normalisation are in the graph
 * @param outputName the graph's output, {@code [batch, classes]}
 * @param labels the class names, by index
 * @param preprocessing from a decoded image to the input
 * @param config the architecture's config as JSON, where the file has it
 * @param precision the arithmetic of the weights, such as {@code fp32}, where the file says it
 * @param opset the version of ONNX's standard operator set
 * @param producer name and version of the tool that wrote the file, possibly empty
 * @param weightsSha256 the hash of the weights in hexadecimal, where the file has it
 * @param verified the figures of the verification at export as JSON, where the file has them
 * @param metadata all of the file's key–value pairs
 */
public record ModelCard(
        String name,
        String inputName,
        List<Long> inputShape,
        String outputName,
        List<String> labels,
        Preprocessing preprocessing,
        Optional<String> config,
        Optional<String> precision,
        int opset,
        String producer,
        Optional<String> weightsSha256,
        Optional<String> verified,
        Map<String, String> metadata) {

    /** The key of the metadata that says what is fed where that is not prepared images. */
    public static final String INPUT = "vitrail.input";

    /** The value of {@link #INPUT} where one decoded image is fed, {@code [height, width, 3]}. */
    public static final String RGB_BYTES = "rgb_bytes";

    /**
     * The output of such a model that holds what its network was fed, {@code [1, 3, height,
     * width]}.
     */
    public static final String PIXELS = "pixel_values";

    /**
     * Copies the collections.
     *
     * @param name as the component
     * @param inputName as the component
     * @param inputShape as the component
     * @param outputName as the component
     * @param labels as the component
     * @param preprocessing as the component
     * @param config as the component
     * @param precision as the component
     * @param opset as the component
     * @param producer as the component
     * @param weightsSha256 as the component
     * @param verified as the component
     * @param metadata as the component
     */
    public ModelCard {
        inputShape = List.copyOf(inputShape);
        labels = List.copyOf(labels);
        metadata = Map.copyOf(metadata);
    }

    /**
     * The only batch size that the model takes, where it takes just one.
     *
     * @return the size, or empty for a symbolic batch axis
     */
    public Optional<Integer> fixedBatch() {
        long batch = takesBytes() ? 1 : inputShape.get(0);
        return batch > 0 ? Optional.of((int) batch) : Optional.empty();
    }

    /**
     * Whether the model is fed the bytes of one decoded image of any size, because its
     * preprocessing is in the graph.
     *
     * @return false where it is fed prepared images
     */
    public boolean takesBytes() {
        return inputShape.size() == 3;
    }

    /**
     * The number of floats of one prepared image, {@code 3 * height * width}; 0 where images are
     * not prepared.
     */
    int imageFloats() {
        if (takesBytes()) {
            return 0;
        }
        return Math.multiplyExact(
                3, Math.multiplyExact(preprocessing.outputHeight(), preprocessing.outputWidth()));
    }
}
