package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;

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

    /**
     * Target probabilities of whole labels: {@code 1 − smoothing} for the label, and {@code
     * smoothing} spread evenly over all classes, the label's own included (Szegedy et al. 2016).
     *
     * @return {@code [labels, classes]}, row by row
     */
    static float[] targets(int[] labels, int classes, double smoothing) {
        float[] targets = new float[labels.length * classes];
        Arrays.fill(targets, (float) (smoothing / classes));
        for (int i = 0; i < labels.length; i++) {
            targets[i * classes + labels[i]] = (float) (1 - smoothing + smoothing / classes);
        }
        return targets;
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
