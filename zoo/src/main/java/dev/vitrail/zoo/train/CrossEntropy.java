package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;

/**
 * Cross-entropy between logits and target probabilities: the mean over the batch of {@code −Σ
 * target · log softmax(logits)}. Targets are probabilities so that smoothed and mixed labels need
 * no other loss.
 */
final class CrossEntropy {

    private CrossEntropy() {}

    /**
     * The loss as one value.
     *
     * @param logits {@code [batch, classes]}
     * @param targets {@code [batch, classes]}, each row sums to 1
     */
    static NDArray mean(NDArray logits, NDArray targets) {
        return logits.logSoftmax(1).mul(targets).sum(new int[] {1}).mean().neg();
    }

    /** The loss of one row in double: for reports, where no gradient is needed. */
    static double of(float[] logits, int label) {
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        return Math.log(sum) + most - logits[label];
    }
}
