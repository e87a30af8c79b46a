package dev.vitrail.zoo.config;

import java.util.List;
import java.util.Optional;

/**
 * Another input for a model that there is already.
 *
 * @param imageSize height and width in pixels, instead of the model's
 * @param patchSize edge of a patch in pixels, instead of the model's
 */
public record InputChange(Optional<List<Integer>> imageSize, Optional<Integer> patchSize) {

    /** Everything stays. */
    public static final InputChange NONE = new InputChange(Optional.empty(), Optional.empty());

    /**
     * Copies the size.
     *
     * @param imageSize as the component
     * @param patchSize as the component
     * @throws IllegalArgumentException if the size is no pair
     */
    public InputChange {
        imageSize = imageSize.map(List::copyOf);
        Rule.require(imageSize.stream().allMatch(size -> size.size() == 2), "imageSize is a pair");
    }

    /**
     * Another image size.
     *
     * @param height rows
     * @param width columns
     * @return the change
     */
    public static InputChange toImageSize(int height, int width) {
        return new InputChange(Optional.of(List.of(height, width)), Optional.empty());
    }

    /**
     * The model with the other input.
     *
     * @param config the model
     * @return a copy, or the model itself where everything stays
     * @throws InputException if it cannot have that input
     */
    public ModelConfig applyTo(ModelConfig config) {
        Architecture model = config.model();
        List<Integer> size =
                imageSize.orElseGet(() -> List.of(model.imageHeight(), model.imageWidth()));
        int patch = patchSize.orElse(model.patchSize());
        boolean same =
                size.get(0) == model.imageHeight()
                        && size.get(1) == model.imageWidth()
                        && patch == model.patchSize();
        return same ? config : config.withInput(size.get(0), size.get(1), patch);
    }
}
