package dev.vitrail.zoo.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.zoo.data.Seeds;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Minima in closed form, and the gradient that must vanish at any. */
class LogisticRegressionTest {

    /**
     * Pictures at -1 and 1, one of each class: the weights are -w and w, the loss {@code log(1 +
     * exp(-2w)) + λ w²}, and its derivative is 0 at {@code λ = 1 / (w (1 + exp(2w)))}.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 1, 4})
    void findsTheWeightThatWasSolvedForByHand(double w) {
        float[][] vectors = {{-1}, {1}};
        double lambda = 1 / (w * (1 + Math.exp(2 * w)));
        LogisticRegression found = LogisticRegression.fit(vectors, new int[] {0, 1}, 2, lambda);
        assertThat(found.isConverged()).isTrue();
        // The gradient's tolerance over the curvature, which is at least λ.
        double near = LogisticRegression.TOLERANCE / lambda;
        assertThat(found.parameters()).containsExactly(new double[] {-w, w, 0, 0}, within(near));
        assertThat(found.objective())
                .isCloseTo(Math.log1p(Math.exp(-2 * w)) + lambda * w * w, within(1e-9));
    }

    /** Without features the probabilities are the shares of the classes. */
    @Test
    void doesNotRegulariseBiases() {
        float[][] vectors = new float[10][3];
        int[] labels = {0, 0, 0, 0, 0, 0, 1, 1, 1, 2};
        double[] logits =
                LogisticRegression.fit(vectors, labels, 3, 10).logits(new float[] {0, 0, 0});
        double all = LogisticRegression.logSumExp(logits);
        assertThat(Math.exp(logits[0] - all)).isCloseTo(0.6, within(1e-5));
        assertThat(Math.exp(logits[1] - all)).isCloseTo(0.3, within(1e-5));
        assertThat(Math.exp(logits[2] - all)).isCloseTo(0.1, within(1e-5));
    }

    /** Also where features hang together closely, and where classes can be told apart wholly. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-3, 1e-6})
    void endsWhereTheGradientVanishes(double lambda) {
        int classes = 4;
        int features = 12;
        float[][] vectors = new float[60][features];
        int[] labels = new int[vectors.length];
        RandomGenerator random = Seeds.random(1, 2);
        for (int i = 0; i < vectors.length; i++) {
            labels[i] = i % classes;
            double common = 3 * random.nextGaussian();
            for (int j = 0; j < features; j++) {
                double own = 0.02 * random.nextGaussian() + (j == labels[i] ? 0.05 : 0);
                vectors[i][j] = (float) (common + own);
            }
        }
        LogisticRegression found = LogisticRegression.fit(vectors, labels, classes, lambda);
        assertThat(found.isConverged()).isTrue();
        double[] gradient = gradient(found.parameters(), vectors, labels, classes, lambda);
        for (double part : gradient) {
            assertThat(part).isCloseTo(0, within(1.01 * LogisticRegression.TOLERANCE));
        }
        assertThat(LogisticRegression.fit(vectors, labels, classes, lambda).parameters())
                .isEqualTo(found.parameters());
    }

    /** The derivative of the definition, term by term. */
    private static double[] gradient(
            double[] point, float[][] x, int[] labels, int classes, double lambda) {
        int features = x[0].length;
        double[] gradient = new double[point.length];
        for (int c = 0; c < classes; c++) {
            for (int i = 0; i < x.length; i++) {
                double sum = 0;
                double own = 0;
                for (int other = 0; other < classes; other++) {
                    double logit = point[classes * features + other];
                    for (int j = 0; j < features; j++) {
                        logit += point[other * features + j] * x[i][j];
                    }
                    sum += Math.exp(logit);
                    own = other == c ? Math.exp(logit) : own;
                }
                double error = (own / sum - (labels[i] == c ? 1 : 0)) / x.length;
                for (int j = 0; j < features; j++) {
                    gradient[c * features + j] += error * x[i][j];
                }
                gradient[classes * features + c] += error;
            }
            for (int j = 0; j < features; j++) {
                gradient[c * features + j] += lambda * point[c * features + j];
            }
        }
        return gradient;
    }

    @Test
    void refusesToGoWithoutRegularisation() {
        assertThatThrownBy(() -> LogisticRegression.fit(new float[2][1], new int[2], 2, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lambda is 0.0, must be above 0");
    }
}
