package dev.vitrail.runtime;

import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import java.util.ArrayList;
import java.util.List;

/** From logits to the best classes. */
final class Ranking {
    private Ranking() {}

    /**
     * Softmax and top-k of one image's logits.
     *
     * @param logits {@code [images, classes]}, row by row
     * @param image the row
     * @param labels the class names
     * @param topK how many classes to return; all if there are fewer
     */
    static Prediction of(float[] logits, int image, List<String> labels, int topK) {
        int classes = labels.size();
        int start = image * classes;
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < classes; i++) {
            float logit = logits[start + i];
            if (!Float.isFinite(logit)) {
                return new Failed(
                        FailureCode.NOT_FINITE,
                        "the model's logit of class "
                                + i
                                + " ("
                                + labels.get(i)
                                + ") is "
                                + logit
                                + "; its weights or its arithmetic are at fault");
            }
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (int i = 0; i < classes; i++) {
            sum += Math.exp(logits[start + i] - largest);
        }
        List<RankedLabel> top = new ArrayList<>();
        for (int index : best(logits, start, classes, Math.min(topK, classes))) {
            float logit = logits[start + index];
            double probability = Math.exp(logit - largest) / sum;
            top.add(new RankedLabel(labels.get(index), index, probability, logit));
        }
        return new Classified(top);
    }

    /** The indices of the k largest logits, descending; equal ones in the order of their index. */
    private static int[] best(float[] logits, int start, int classes, int k) {
        int[] best = new int[k];
        int found = 0;
        for (int i = 0; i < classes; i++) {
            float logit = logits[start + i];
            if (found == k && logit <= logits[start + best[k - 1]]) {
                continue;
            }
            int place = found < k ? found++ : k - 1;
            while (place > 0 && logits[start + best[place - 1]] < logit) {
                best[place] = best[place - 1];
                place--;
            }
            best[place] = i;
        }
        return best;
    }
}
