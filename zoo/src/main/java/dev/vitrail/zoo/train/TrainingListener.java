package dev.vitrail.zoo.train;

import dev.vitrail.zoo.data.UnreadableImage;
import java.nio.file.Path;
import java.util.List;

/**
 * Told of a training as it goes, in the thread that trains. Nothing that it does changes the
 * result.
 */
public interface TrainingListener {

    /** Listens to nothing. */
    TrainingListener SILENT = new TrainingListener() {};

    /**
     * A strict training decodes every picture before its first step.
     *
     * @param pictures how many
     */
    default void onCheck(int pictures) {}

    /**
     * Pictures are validated with that are learnt from too, so that the figures flatter.
     *
     * @param shared how many of the validation pictures
     * @param validation how many there are
     */
    default void onShared(int shared, int validation) {}

    /**
     * Pictures lie beside the class folders and are left out, as they are in no class.
     *
     * @param pictures their paths, at least one
     */
    default void onBesides(List<Path> pictures) {}

    /**
     * Everything is checked and the first step is next.
     *
     * @param plan what will be done
     */
    default void onStart(Plan plan) {}

    /**
     * Weights of another run were taken over.
     *
     * @param fresh parameters that they lack, drawn anew
     * @param unused tensors of theirs that the network has no place for
     */
    default void onTransfer(List<String> fresh, List<String> unused) {}

    /**
     * A step was taken.
     *
     * @param progress where the training stands
     */
    default void onStep(Progress progress) {}

    /**
     * An epoch was trained and evaluated, and its weights are saved.
     *
     * @param result its figures
     * @param best whether its weights are the best so far
     */
    default void onEpoch(EpochResult result, boolean best) {}

    /**
     * A picture is left out because it cannot be decoded, or is one for which a strict training
     * ends. Told once for each.
     *
     * @param image the picture and the reason
     */
    default void onUnreadable(UnreadableImage image) {}

    /**
     * What a training will do.
     *
     * @param classes class names; none where labels are not looked at
     * @param trainingImages pictures to learn from
     * @param validationImages pictures to measure with; may be 0
     * @param parameters trained values of the network
     * @param epochs passes over the training pictures
     * @param steps optimiser steps in all
     * @param device such as {@code cpu()} or {@code gpu(0)}
     */
    record Plan(
            List<String> classes,
            int trainingImages,
            int validationImages,
            long parameters,
            int epochs,
            long steps,
            String device) {}

    /**
     * Where a training stands.
     *
     * @param step steps taken
     * @param steps steps in all
     * @param epoch the epoch of the step, counted from 1
     * @param loss of the step
     * @param learningRate of the step
     * @param gradientNorm before clipping
     * @param imagesPerSecond over the epoch so far
     */
    record Progress(
            long step,
            long steps,
            int epoch,
            double loss,
            double learningRate,
            double gradientNorm,
            double imagesPerSecond) {}
}
