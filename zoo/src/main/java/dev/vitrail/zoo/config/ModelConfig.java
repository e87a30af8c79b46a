package dev.vitrail.zoo.config;

import dev.vitrail.imaging.Preprocessing;
import java.util.Objects;

/**
 * A model as one JSON file describes it.
 *
 * @param name of the variant
 * @param model the network
 * @param labels its classes
 * @param preprocessing from an image to the network's input
 * @param training how it is trained
 */
public record ModelConfig(
        String name,
        Architecture model,
        Labels labels,
        Preprocessing preprocessing,
        TrainingConfig training) {

    /**
     * Refuses a preprocessing that feeds another network.
     *
     * @param name as the component
     * @param model as the component
     * @param labels as the component
     * @param preprocessing as the component
     * @param training as the component
     * @throws IllegalArgumentException naming the component
     */
    public ModelConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(labels, "labels");
        Objects.requireNonNull(training, "training");
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
        return new ModelConfig(name, model, other, preprocessing, training);
    }

    /**
     * The same model trained in another way.
     *
     * @param other the training
     * @return a copy
     */
    public ModelConfig withTraining(TrainingConfig other) {
        return new ModelConfig(name, model, labels, preprocessing, other);
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
