package dev.vitrail.zoo.train;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Where in its data a training stands, between two steps, and the sums of the epoch so far. With
 * the seed, this is also the state of everything random.
 *
 * @param steps optimiser steps taken
 * @param epoch the epoch that is under way, counted from 1; one more than the last once all are
 *     over
 * @param batches batches of that epoch that are behind
 * @param loss sum of the loss over the images of the epoch
 * @param correct images of the epoch that were right
 * @param images images of the epoch
 */
record Position(
        @JsonProperty("steps") long steps,
        @JsonProperty("epoch") int epoch,
        @JsonProperty("batches") int batches,
        @JsonProperty("loss") double loss,
        @JsonProperty("correct") int correct,
        @JsonProperty("images") int images) {

    /** Before the first step. */
    static final Position START = startOf(1, 0);

    static Position startOf(int epoch, long steps) {
        return new Position(steps, epoch, 0, 0, 0, 0);
    }

    /** After one more step. */
    Position after(TrainingStep.Result step, int stepBatches) {
        return new Position(
                steps + 1,
                epoch,
                batches + stepBatches,
                loss + step.loss() * step.size(),
                correct + step.correct(),
                images + step.size());
    }

    /** After batches without a readable image, which make no step. */
    Position skipping(int count) {
        return new Position(steps, epoch, batches + count, loss, correct, images);
    }
}
