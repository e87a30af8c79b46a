package dev.vitrail.zoo.data;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What the loss compares with: for each sample a probability for each class. Where images are mixed
 * their targets are, in the same shares.
 *
 * @param classes number of classes
 * @param smoothing share of each target that is spread evenly over all classes, its own included
 *     (Szegedy et al. 2016)
 * @param mixer mixes the images of a batch, if any
 */
public record SoftTargets(int classes, double smoothing, Optional<BatchMixer> mixer) {

    /**
     * Targets of a batch whose images are not mixed.
     *
     * @param classes number of classes
     * @param smoothing share of each target that is spread evenly
     * @return the targets
     */
    public static SoftTargets of(int classes, double smoothing) {
        return new SoftTargets(classes, smoothing, Optional.empty());
    }

    /**
     * Mixes images where that is asked for, and gives the targets.
     *
     * @param pixels {@code [labels, 3, height, width]} from position 0 on, changed in place
     * @param labels one a sample
     * @param random where the choices come from
     * @return {@code [labels, classes]}, row by row; each row sums to 1
     */
    public float[] of(FloatBuffer pixels, int[] labels, RandomGenerator random) {
        float[] whole = of(labels);
        if (mixer.isEmpty()) {
            return whole;
        }
        return mixed(whole, mixer.get().mix(pixels, labels.length, random), classes);
    }

    /** Rows mixed with those of the batch read backwards. */
    static float[] mixed(float[] whole, float[] shares, int classes) {
        float[] mixed = new float[whole.length];
        for (int i = 0; i < shares.length; i++) {
            int own = i * classes;
            int partner = (shares.length - 1 - i) * classes;
            for (int label = 0; label < classes; label++) {
                mixed[own + label] =
                        whole[own + label] * shares[i] + whole[partner + label] * (1 - shares[i]);
            }
        }
        return mixed;
    }

    /**
     * Targets of whole labels: {@code 1 - smoothing} for the label, the rest spread evenly.
     *
     * @param labels one a sample
     * @return {@code [labels, classes]}, row by row
     */
    public float[] of(int[] labels) {
        float[] targets = new float[labels.length * classes];
        Arrays.fill(targets, (float) (smoothing / classes));
        for (int i = 0; i < labels.length; i++) {
            targets[i * classes + labels[i]] = (float) (1 - smoothing + smoothing / classes);
        }
        return targets;
    }
}
