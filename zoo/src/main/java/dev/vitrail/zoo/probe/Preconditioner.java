package dev.vitrail.zoo.probe;

import java.util.stream.IntStream;

/**
 * A guess of the inverse Hessian of logistic regression. Where all classes are as likely, the
 * Hessian over the weights of one class is {@code α XᵀX / n + λ I} with {@code α = (1 − 1/classes)
 * / classes}, ties between classes left aside; features of an encoder hang together so closely that
 * without this guess a thousand iterations do not suffice.
 */
final class Preconditioner {

    private final int classes;
    private final double share;
    private final double[][] lower;

    /** Averages {@code x xᵀ} over pictures: {@code [features, features]}, the lower triangle. */
    static double[][] moments(float[][] vectors) {
        int length = vectors[0].length;
        double[][] moments = new double[length][];
        // Each row is one thread's, so that the number of threads changes nothing.
        IntStream.range(0, length).parallel().forEach(i -> moments[i] = row(vectors, i));
        return moments;
    }

    private static double[] row(float[][] vectors, int i) {
        double[] row = new double[i + 1];
        for (float[] vector : vectors) {
            double factor = vector[i];
            for (int j = 0; j <= i; j++) {
                row[j] += factor * vector[j];
            }
        }
        for (int j = 0; j <= i; j++) {
            row[j] /= vectors.length;
        }
        return row;
    }

    /** Factorises (Cholesky). */
    Preconditioner(double[][] moments, int classes, double lambda) {
        this.classes = classes;
        share = (1 - 1.0 / classes) / classes;
        lower = new double[moments.length][];
        for (int i = 0; i < lower.length; i++) {
            lower[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                double rest = share * moments[i][j] + (i == j ? lambda : 0);
                for (int k = 0; k < j; k++) {
                    rest -= lower[i][k] * lower[j][k];
                }
                // λ keeps the diagonal above 0, but for rounding.
                lower[i][j] = i == j ? Math.sqrt(Math.max(rest, lambda / 2)) : rest / lower[j][j];
            }
        }
    }

    /** The guess times a gradient over all weights, class by class, and then the biases. */
    double[] apply(double[] gradient) {
        int length = lower.length;
        double[] solved = gradient.clone();
        for (int c = 0; c < classes; c++) {
            int start = c * length;
            for (int i = 0; i < length; i++) {
                double rest = solved[start + i];
                for (int k = 0; k < i; k++) {
                    rest -= lower[i][k] * solved[start + k];
                }
                solved[start + i] = rest / lower[i][i];
            }
            for (int i = length - 1; i >= 0; i--) {
                double value = solved[start + i] / lower[i][i];
                solved[start + i] = value;
                for (int k = 0; k < i; k++) {
                    solved[start + k] -= lower[i][k] * value;
                }
            }
        }
        for (int i = classes * length; i < solved.length; i++) {
            solved[i] /= share;
        }
        return solved;
    }
}
