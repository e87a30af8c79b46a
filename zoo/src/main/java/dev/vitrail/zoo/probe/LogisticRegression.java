package dev.vitrail.zoo.probe;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Multinomial logistic regression with weights W {@code [classes, features]} and biases b {@code
 * [classes]}, at the minimum of
 *
 * <pre>mean over pictures of cross-entropy(softmax(W x + b), label) + λ / 2 · ‖W‖²</pre>
 *
 * <p>where biases are not regularised. scikit-learn's {@code C} is one over λ times the number of
 * pictures.
 */
public final class LogisticRegression {

    /** Largest absolute value that the objective's gradient may have at its minimum. */
    public static final double TOLERANCE = 1e-6;

    private static final int MOST_ITERATIONS = 1000;

    /**
     * Sums are split in so many parts on any machine, because their order decides the last bits.
     */
    private static final int PARTS = 8;

    private final int classes;
    private final int features;
    private final Lbfgs.Minimum minimum;

    private LogisticRegression(int classes, int features, Lbfgs.Minimum minimum) {
        this.classes = classes;
        this.features = features;
        this.minimum = minimum;
    }

    /**
     * Solves for weights and biases.
     *
     * @param vectors {@code [pictures, features]}, of about the same scale in every feature
     * @param labels class numbers, one a picture
     * @param classes number of classes
     * @param lambda λ, above 0
     * @return the minimum, or what a thousand iterations came to; see {@link #isConverged}
     */
    public static LogisticRegression fit(
            float[][] vectors, int[] labels, int classes, double lambda) {
        double[] zeros = new double[classes * (vectors[0].length + 1)];
        return new Problem(vectors, labels, classes).solve(lambda, zeros);
    }

    /** Pictures that several strengths are tried on. */
    static final class Problem {
        private final float[][] vectors;
        private final int[] labels;
        private final int classes;
        private final double[][] moments;

        Problem(float[][] vectors, int[] labels, int classes) {
            this.vectors = vectors;
            this.labels = labels;
            this.classes = classes;
            moments = Preconditioner.moments(vectors);
        }

        /** The regression of one of them, from a start that may be near. */
        LogisticRegression solve(double lambda, double[] start) {
            if (!(lambda > 0)) {
                throw new IllegalArgumentException("lambda is " + lambda + ", must be above 0");
            }
            Objective objective = new Objective(vectors, labels, classes, lambda);
            Preconditioner guess = new Preconditioner(moments, classes, lambda);
            Lbfgs.Minimum minimum =
                    Lbfgs.minimise(objective::at, guess::apply, start, TOLERANCE, MOST_ITERATIONS);
            return new LogisticRegression(classes, vectors[0].length, minimum);
        }
    }

    /**
     * The logits of a picture.
     *
     * @param vector its features
     * @return {@code W x + b}, one a class
     */
    public double[] logits(float[] vector) {
        double[] logits = new double[classes];
        logits(minimum.point(), vector, logits);
        return logits;
    }

    double[][] logits(float[][] vectors) {
        return Arrays.stream(vectors).map(this::logits).toArray(double[][]::new);
    }

    /** W row by row, then b. */
    double[] parameters() {
        return minimum.point().clone();
    }

    /**
     * Returns the regularised loss at the minimum.
     *
     * @return the objective's value
     */
    public double objective() {
        return minimum.value();
    }

    /**
     * Returns how far from the minimum it may be.
     *
     * @return largest absolute value of the objective's gradient
     */
    public double gradient() {
        return minimum.gradient();
    }

    /**
     * Returns what it took.
     *
     * @return iterations of L-BFGS
     */
    public int iterations() {
        return minimum.iterations();
    }

    /**
     * Returns whether the gradient is within {@link #TOLERANCE}.
     *
     * @return false where the iterations did not suffice
     */
    public boolean isConverged() {
        return minimum.converged();
    }

    /** {@code log(sum(exp(logits)))}, without overflow. */
    static double logSumExp(double[] logits) {
        double greatest = Arrays.stream(logits).max().orElseThrow();
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - greatest);
        }
        return greatest + Math.log(sum);
    }

    private static void logits(double[] point, float[] vector, double[] logits) {
        int biases = logits.length * vector.length;
        for (int c = 0; c < logits.length; c++) {
            logits[c] = point[biases + c] + Vectors.dot(vector, point, c * vector.length);
        }
    }

    /** The regularised loss and its gradient. */
    record Objective(float[][] vectors, int[] labels, int classes, double lambda) {

        Lbfgs.Value at(double[] point) {
            Lbfgs.Value[] parts =
                    IntStream.range(0, PARTS)
                            .parallel()
                            .mapToObj(part -> part(point, part))
                            .toArray(Lbfgs.Value[]::new);
            double loss = 0;
            double[] gradient = new double[point.length];
            for (Lbfgs.Value part : parts) {
                loss += part.value();
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] += part.gradient()[i];
                }
            }
            int weights = classes * vectors[0].length;
            double square = 0;
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] /= vectors.length;
                if (i < weights) {
                    gradient[i] += lambda * point[i];
                    square += point[i] * point[i];
                }
            }
            return new Lbfgs.Value(loss / vectors.length + lambda / 2 * square, gradient);
        }

        /** The sums over some of the pictures; those of the gradient are {@code (p - y) xᵀ}. */
        private Lbfgs.Value part(double[] point, int part) {
            int from = (int) ((long) vectors.length * part / PARTS);
            int to = (int) ((long) vectors.length * (part + 1) / PARTS);
            double loss = 0;
            double[] gradient = new double[point.length];
            double[] logits = new double[classes];
            for (int i = from; i < to; i++) {
                float[] vector = vectors[i];
                logits(point, vector, logits);
                double normaliser = logSumExp(logits);
                loss += normaliser - logits[labels[i]];
                for (int c = 0; c < classes; c++) {
                    double error = Math.exp(logits[c] - normaliser) - (c == labels[i] ? 1 : 0);
                    int row = c * vector.length;
                    for (int j = 0; j < vector.length; j++) {
                        gradient[row + j] += error * vector[j];
                    }
                    gradient[classes * vector.length + c] += error;
                }
            }
            return new Lbfgs.Value(loss, gradient);
        }
    }
}
