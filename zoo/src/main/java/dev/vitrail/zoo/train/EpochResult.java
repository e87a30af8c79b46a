package dev.vitrail.zoo.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What an epoch gave: one line of a run's history.
 *
 * @param epoch counted from 1
 * @param step optimiser steps since the start
 * @param learningRate of the epoch's last step
 * @param trainLoss mean loss of the steps, on augmented pictures and with label smoothing
 * @param trainAccuracy share of augmented training pictures that were right, mixed ones where the
 *     class of their larger part was said; null where labels are not looked at
 * @param valLoss mean loss on the validation pictures, cross-entropy where they are labelled; null
 *     without any
 * @param valTop1 share of validation pictures that were right, 0 to 1; null without any, and where
 *     labels are not looked at
 * @param valLossRaw as {@code valLoss}, of the weights themselves, where a moving average of them
 *     is what is validated and kept; null elsewhere
 * @param valTop1Raw as {@code valTop1}, of the weights themselves
 * @param seconds of training and evaluation
 * @param imagesPerSecond training pictures a second, evaluation not counted
 * @param secondsWaiting time in which training waited for pictures
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EpochResult(
        @JsonProperty("epoch") int epoch,
        @JsonProperty("step") long step,
        @JsonProperty("learning_rate") double learningRate,
        @JsonProperty("train_loss") double trainLoss,
        @JsonProperty("train_accuracy") Double trainAccuracy,
        @JsonProperty("val_loss") Double valLoss,
        @JsonProperty("val_top1") Double valTop1,
        @JsonProperty("val_loss_raw") Double valLossRaw,
        @JsonProperty("val_top1_raw") Double valTop1Raw,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("images_per_second") double imagesPerSecond,
        @JsonProperty("seconds_waiting") double secondsWaiting) {

    /**
     * Returns whether the weights of this epoch are to be preferred: more validation pictures
     * right, or as many with less loss, or less loss where there is nothing to be right about.
     * Without validation the later epoch is preferred.
     *
     * @param other an earlier epoch
     * @return whether this one is better
     */
    public boolean isBetterThan(EpochResult other) {
        if (valLoss == null || other.valLoss == null) {
            return true;
        }
        int byAccuracy =
                valTop1 == null || other.valTop1 == null
                        ? 0
                        : Double.compare(valTop1, other.valTop1);
        return byAccuracy > 0 || byAccuracy == 0 && valLoss < other.valLoss;
    }
}
