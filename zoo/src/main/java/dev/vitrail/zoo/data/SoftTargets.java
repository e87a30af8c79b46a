package dev.vitrail.zoo.data;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What the loss compares with: for each sample a probability for each class. Where images are mixed
 * their targets are, in the same shares.
 *
 * <p>Class weights are part of the targets, so that the mean over a batch of {@code −Σ target · log
 * softmax(logits)} is PyTorch's {@code CrossEntropyLoss(weight=..., label_smoothing=...)}: of
 * labels, where nothing is mixed, which divides by the weights of the batch's labels; of
 * probabilities, where something may be, which divides by the number of samples.
 *
 * @param classes number of classes
 * @param smoothing share of each target that is spread evenly over all classes, its own included
 *     (Szegedy et al. 2016)
 * @param weights what each class's loss is multiplied with; empty for 1 each
 * @param mixer mixes the images of a batch, if any
 */
public record SoftTargets(
        int classes, double smoothing, List<Double> weights, Optional<BatchMixer> mixer) {

    /**
     * Refuses weights of other classes.
     *
     * @param classes as the component
     * @param smoothing as the component
     * @param weights as the component
     * @param mixer as the component
     */
    public SoftTargets {
        weights = List.copyOf(weights);
        if (!weights.isEmpty() && weights.size() != classes) {
            throw new IllegalArgumentException(
                    weights.size() + " weights for " + classes + " classes");
        }
    }

    /**
     * Targets of a batch whose images are not mixed.
     *
     * @param classes number of classes
     * @param smoothing share of each target that is spread evenly
     * @return the targets
     */
    public static SoftTargets of(int classes, double smoothing) {
        return new SoftTargets(classes, smoothing, List.of(), Optional.empty());
    }

    /**
     * Mixes images where that is asked for, and gives the targets.
     *
     * @param pixels {@code [labels, 3, height, width]} from position 0 on, changed in place
     * @param labels one a sample
     * @param random where the choices come from
     * @return {@code [labels, classes]}, row by row; each row sums to 1 unless classes are weighed
     */
    public float[] of(FloatBuffer pixels, int[] labels, RandomGenerator random) {
        return mixer.map(m -> ofMixed(labels, m.mix(pixels, labels.length, random)))
                .orElseGet(() -> weighed(of(labels), labels.length / weightOf(labels)));
    }

    /** The targets of images of which these shares are their own. */
    float[] ofMixed(int[] labels, float[] shares) {
        return weighed(mixed(of(labels), shares, classes), 1);
    }

    private double weightOf(int[] labels) {
        return weights.isEmpty()
                ? labels.length
                : Arrays.stream(labels).mapToDouble(weights::get).sum();
    }

    private float[] weighed(float[] targets, double factor) {
        if (!weights.isEmpty()) {
            for (int i = 0; i < targets.length; i++) {
                targets[i] = (float) (targets[i] * factor * weights.get(i % classes));
            }
        }
        return targets;
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
