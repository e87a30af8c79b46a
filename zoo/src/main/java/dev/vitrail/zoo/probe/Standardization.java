package dev.vitrail.zoo.probe;

import dev.vitrail.zoo.train.Features;
import java.util.Arrays;

/**
 * Each feature minus its mean, divided by its standard deviation: a batch norm without affine
 * parameters, of all training pictures at once.
 */
final class Standardization {

    /** What MAE's batch norm adds to the variance. */
    private static final double EPSILON = 1e-6;

    private final double[] mean;
    private final double[] scale;

    /** Measures the given pictures. */
    Standardization(Features features, int[] indexes) {
        int length = features.length();
        mean = new double[length];
        double[] variance = new double[length];
        for (int index : indexes) {
            float[] vector = features.vector(index);
            for (int j = 0; j < length; j++) {
                mean[j] += vector[j];
            }
        }
        for (int j = 0; j < length; j++) {
            mean[j] /= indexes.length;
        }
        for (int index : indexes) {
            float[] vector = features.vector(index);
            for (int j = 0; j < length; j++) {
                double distance = vector[j] - mean[j];
                variance[j] += distance * distance;
            }
        }
        scale =
                Arrays.stream(variance)
                        .map(sum -> 1 / Math.sqrt(sum / indexes.length + EPSILON))
                        .toArray();
    }

    float[] apply(float[] vector) {
        float[] standard = new float[vector.length];
        for (int j = 0; j < standard.length; j++) {
            standard[j] = (float) ((vector[j] - mean[j]) * scale[j]);
        }
        return standard;
    }

    float[][] apply(Features features, int[] indexes) {
        return Arrays.stream(indexes)
                .mapToObj(index -> apply(features.vector(index)))
                .toArray(float[][]::new);
    }
}
