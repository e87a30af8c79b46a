package dev.vitrail.zoo.grid;

/**
 * The Moore-Penrose inverse of a small matrix of full rank, by Cholesky's decomposition of the
 * smaller of {@code AᵀA} and {@code AAᵀ}. Only for well-conditioned matrices: the condition number
 * is squared on the way.
 */
final class PseudoInverse {

    /** Less than this share of a squared length left over is rounding, not another direction. */
    private static final double SINGULAR = 1e-12;

    private PseudoInverse() {}

    /** {@code [rows, columns]} to {@code [columns, rows]}. */
    static double[][] of(double[][] matrix) {
        boolean tall = matrix.length >= matrix[0].length;
        double[][] wide = tall ? transpose(matrix) : matrix; // [n, m], n <= m
        double[][] solution = solve(gram(wide), wide); // (W Wᵀ)⁻¹ W, [n, m]
        return tall ? solution : transpose(solution);
    }

    static double[][] transpose(double[][] matrix) {
        double[][] result = new double[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix[0].length; j++) {
                result[j][i] = matrix[i][j];
            }
        }
        return result;
    }

    /** {@code W Wᵀ}. */
    private static double[][] gram(double[][] wide) {
        double[][] gram = new double[wide.length][wide.length];
        for (int i = 0; i < wide.length; i++) {
            for (int j = 0; j < wide.length; j++) {
                gram[i][j] = dot(wide[i], wide[j], wide[i].length);
            }
        }
        return gram;
    }

    private static double dot(double[] left, double[] right, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }

    /** {@code X} with {@code gram X = right}, for a symmetric positive definite matrix. */
    private static double[][] solve(double[][] gram, double[][] right) {
        double[][] lower = cholesky(gram);
        int n = gram.length;
        double[][] x = new double[n][];
        for (int i = 0; i < n; i++) { // lower y = right
            x[i] = right[i].clone();
            for (int j = 0; j < i; j++) {
                subtract(x[i], lower[i][j], x[j]);
            }
            scale(x[i], 1 / lower[i][i]);
        }
        for (int i = n - 1; i >= 0; i--) { // lowerᵀ x = y
            for (int j = i + 1; j < n; j++) {
                subtract(x[i], lower[j][i], x[j]);
            }
            scale(x[i], 1 / lower[i][i]);
        }
        return x;
    }

    private static double[][] cholesky(double[][] gram) {
        double[][] lower = new double[gram.length][gram.length];
        for (int i = 0; i < gram.length; i++) {
            for (int j = 0; j <= i; j++) {
                double rest = gram[i][j] - dot(lower[i], lower[j], j);
                lower[i][j] = i == j ? Math.sqrt(rest) : rest / lower[j][j];
            }
            if (!(lower[i][i] * lower[i][i] > SINGULAR * gram[i][i])) {
                throw new IllegalArgumentException("the matrix has no full rank");
            }
        }
        return lower;
    }

    private static void subtract(double[] target, double factor, double[] row) {
        for (int k = 0; k < target.length; k++) {
            target[k] -= factor * row[k];
        }
    }

    private static void scale(double[] target, double factor) {
        for (int k = 0; k < target.length; k++) {
            target[k] *= factor;
        }
    }
}
