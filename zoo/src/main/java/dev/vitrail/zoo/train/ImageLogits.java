package dev.vitrail.zoo.train;

import java.nio.file.Path;

/**
 * What a network said about one picture.
 *
 * @param path its file
 * @param label its true class
 * @param logits one a class
 */
public record ImageLogits(Path path, int label, float[] logits) {

    /**
     * Returns the likeliest class.
     *
     * @return an index; the first of equals
     */
    public int best() {
        return best(logits);
    }

    /**
     * Returns the likeliest class.
     *
     * @param logits one a class
     * @return an index; the first of equals
     */
    public static int best(float[] logits) {
        return best(logits, 0, logits.length);
    }

    /** The likeliest class of the picture whose logits begin there; the first of equals. */
    static int best(float[] logits, int start, int classes) {
        int best = 0;
        for (int i = 1; i < classes; i++) {
            if (logits[start + i] > logits[start + best]) {
                best = i;
            }
        }
        return best;
    }

    /**
     * Returns how many classes are likelier than the true one.
     *
     * @return 0 if the prediction is right
     */
    int rank() {
        int rank = 0;
        for (int i = 0; i < logits.length; i++) {
            if (logits[i] > logits[label] || logits[i] == logits[label] && i < label) {
                rank++;
            }
        }
        return rank;
    }
}
