package dev.vitrail.zoo.config;

import dev.vitrail.imaging.Preprocessing;
import java.util.Objects;
import java.util.Optional;

/**
 * A model as one JSON file describes it.
 *
 * @param name of the variant
 * @param model the network
 * @param labels its classes
 * @param preprocessing from an image to the network's input
 * @param training how it is trained
 * @param pretraining how its encoder is trained without labels, where the config says so
 */
public record ModelConfig(
        String name,
        Architecture model,
        Labels labels,
        Preprocessing preprocessing,
        TrainingConfig training,
        Optional<PretrainingConfig> pretraining) {

    /**
     * Refuses a preprocessing that feeds another network.
     *
     * @param name as the component
     * @param model as the component
     * @param labels as the component
     * @param preprocessing as the component
     * @param training as the component
     * @param pretraining as the component
     * @throws IllegalArgumentException naming the component
     */
    public ModelConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(labels, "labels");
        Objects.requireNonNull(training, "training");
        Objects.requireNonNull(pretraining, "pretraining");
        if (preprocessing.outputHeight() != model.imageHeight()
                || preprocessing.outputWidth() != model.imageWidth()) {
            throw new IllegalArgumentException("crop and image size must be the same");
        }
    }

    /**
     * The same model for other classes, such as those of a training's data.
     *
     * @param other the labels
     * @return a copy
     */
    public ModelConfig withLabels(Labels other) {
        return new ModelConfig(name, model, other, preprocessing, training, pretraining);
    }

    /**
     * The same model trained in another way.
     *
     * @param other the training
     * @return a copy
     */
    public ModelConfig withTraining(TrainingConfig other) {
        return new ModelConfig(name, model, labels, preprocessing, other, pretraining);
    }

    /**
     * The same model trained with labels alone.
     *
     * @return a copy
     */
    public ModelConfig withoutPretraining() {
        return new ModelConfig(name, model, labels, preprocessing, training, Optional.empty());
    }

    /**
     * The same model trained as another config says: its training, and the dropouts that act in
     * training alone.
     *
     * @param recipe the other config
     * @return a copy
     */
    public ModelConfig withRecipeOf(ModelConfig recipe) {
        Architecture regularised =
                model.with()
                        .dropout(recipe.model.dropout())
                        .attentionDropout(recipe.model.attentionDropout())
                        .dropPath(recipe.model.dropPath())
                        .build();
        return new ModelConfig(
                name, regularised, labels, preprocessing, recipe.training, recipe.pretraining);
    }

    /**
     * The same model for another input. Weights follow with {@code RegriddedWeights}; the
     * preprocessing crops to the new size and cuts off the same share as before.
     *
     * @param height rows
     * @param width columns
     * @param patchSize edge of a patch
     * @return a copy
     * @throws InputException if no such network or preprocessing can be
     */
    public ModelConfig withInput(int height, int width, int patchSize) {
        if (!model.stem().equals(Stem.PATCH) && patchSize != model.patchSize()) {
            throw new InputException(
                    String.format(
                            "patch size %d is not possible: %d follows from the network's stem",
                            patchSize, model.patchSize()));
        }
        requireMultiple("height", height, patchSize);
        requireMultiple("width", width, patchSize);
        try {
            Architecture other = model.with().imageSize(height, width).patchSize(patchSize).build();
            return new ModelConfig(
                    name,
                    other,
                    labels,
                    preprocessing.withOutput(height, width),
                    training,
                    pretraining);
        } catch (IllegalArgumentException e) {
            throw new InputException(
                    String.format(
                            "input of %dx%d is not possible: %s", height, width, e.getMessage()),
                    e);
        }
    }

    private static void requireMultiple(String edge, int pixels, int patchSize) {
        if (pixels < 1 || patchSize < 1 || pixels % patchSize != 0) {
            int below = Math.max(1, pixels / Math.max(1, patchSize)) * patchSize;
            throw new InputException(
                    String.format(
                            "input %s is %d, must be a multiple of the patch size (%d); %d and %d"
                                    + " are",
                            edge, pixels, patchSize, below, below + patchSize));
        }
    }

    /**
     * Number of values in all parameters, see {@link Architecture#parameterCount}.
     *
     * @return the count, exact
     */
    public long parameterCount() {
        return model.parameterCount(labels.count());
    }

    /**
     * This config as JSON with every key written out, so that a later change of a default changes
     * nothing. {@link ConfigReader} reads an equal config from it.
     *
     * @return an object over several lines, ending with a line feed
     */
    public String toJson() {
        return ConfigWriter.toJson(this);
    }
}
