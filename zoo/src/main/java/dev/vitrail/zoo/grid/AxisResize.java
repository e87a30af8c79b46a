package dev.vitrail.zoo.grid;

import dev.vitrail.zoo.config.PositionResampling;

/**
 * A resize along one axis as a matrix: how much each old cell counts in each new one.
 *
 * @param weights {@code [to, from]}, each row sums to 1
 */
record AxisResize(double[][] weights) {

    /** Keys' cubic convolution, as Pillow and torch with antialiasing have it. */
    private static final double CUBIC_ANTIALIASED = -0.5;

    /** Keys' cubic convolution, as torch without antialiasing has it. */
    private static final double CUBIC = -0.75;

    /** What DINOv2 adds to the new size against rounding (interpolate_offset of its models). */
    private static final double OFFSET = 0.1;

    /** How a family of checkpoints brings {@code from} places to {@code to}. */
    static AxisResize of(PositionResampling way, int from, int to) {
        return switch (way) {
            case BICUBIC_ANTIALIAS -> antialiasedCubic(from, to);
            case BICUBIC -> cubic(from, to, halfPixel(from, to));
            case BICUBIC_OFFSET -> cubic(from, to, halfPixel(from, to + OFFSET));
            case BICUBIC_ALIGNED -> cubic(from, to, cornersAligned(from, to));
            case BILINEAR_ALIGNED -> linear(from, to, cornersAligned(from, to));
            case BILINEAR -> linear(from, to, halfPixel(from, to));
        };
    }

    /** Where a new cell's centre lies among the old cells' centres. */
    @FunctionalInterface
    private interface Position {
        double of(int cell);
    }

    /** Cells are areas, and both axes have the same extent. */
    private static Position halfPixel(int from, double to) {
        double scale = from / to;
        return cell -> scale * (cell + 0.5) - 0.5;
    }

    /** Cells are points; the first and the last of both axes coincide, a lone one is the first. */
    private static Position cornersAligned(int from, int to) {
        double scale = to == 1 ? 0 : (from - 1.0) / (to - 1);
        return cell -> scale * cell;
    }

    /** The two neighbours; beyond the edge there is the edge. */
    private static AxisResize linear(int from, int to, Position position) {
        double[][] weights = new double[to][from];
        for (int i = 0; i < to; i++) {
            double x = Math.min(Math.max(position.of(i), 0), from - 1.0);
            int left = (int) x;
            weights[i][left] += 1 - (x - left);
            weights[i][Math.min(left + 1, from - 1)] += x - left;
        }
        return new AxisResize(weights);
    }

    /** The four neighbours; beyond the edge there are copies of it. */
    private static AxisResize cubic(int from, int to, Position position) {
        double[][] weights = new double[to][from];
        for (int i = 0; i < to; i++) {
            double x = position.of(i);
            int left = (int) Math.floor(x);
            for (int neighbour = left - 1; neighbour <= left + 2; neighbour++) {
                int inside = Math.min(Math.max(neighbour, 0), from - 1);
                weights[i][inside] += keys(x - neighbour, CUBIC);
            }
        }
        return new AxisResize(weights);
    }

    /**
     * All cells under a filter as wide as the shrinking asks for; those beyond the edge are not.
     */
    private static AxisResize antialiasedCubic(int from, int to) {
        double[][] weights = new double[to][from];
        Position position = halfPixel(from, to);
        double stretch = Math.max(1, (double) from / to);
        for (int i = 0; i < to; i++) {
            double sum = 0;
            for (int j = 0; j < from; j++) {
                weights[i][j] = keys((j - position.of(i)) / stretch, CUBIC_ANTIALIASED);
                sum += weights[i][j];
            }
            for (int j = 0; j < from; j++) {
                weights[i][j] /= sum;
            }
        }
        return new AxisResize(weights);
    }

    /** Keys 1981, equation 4, with its free constant {@code a}. */
    private static double keys(double distance, double a) {
        double x = Math.abs(distance);
        if (x < 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }

    /**
     * What to do with the weights of a product when its other factor is resized: {@code <w, x>} is
     * to equal {@code <w', R x>} for every x, so {@code Rᵀ w'} should be w; the least squares of
     * that are {@code (R⁺)ᵀ w} (FlexiViT, Beyer et al. 2023, section 3.4).
     */
    AxisResize ofWeights() {
        return new AxisResize(PseudoInverse.transpose(PseudoInverse.of(weights)));
    }

    /**
     * Resizes a grid whose cells are vectors.
     *
     * @param grid {@code [rows from, columns from, dim]}
     * @return {@code [rows to, columns to, dim]}
     */
    static double[] apply(AxisResize rows, AxisResize columns, double[] grid, int dim) {
        int oldColumns = columns.weights[0].length;
        double[] high = contract(rows.weights, grid, 1, oldColumns * dim);
        return contract(columns.weights, high, rows.weights.length, dim);
    }

    /** {@code [outer, from, inner]} to {@code [outer, to, inner]}. */
    private static double[] contract(double[][] weights, double[] values, int outer, int inner) {
        int to = weights.length;
        int from = weights[0].length;
        double[] result = new double[Math.multiplyExact(Math.multiplyExact(outer, to), inner)];
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < to; i++) {
                int target = (o * to + i) * inner;
                for (int j = 0; j < from; j++) {
                    double weight = weights[i][j];
                    if (weight != 0) {
                        int source = (o * from + j) * inner;
                        for (int k = 0; k < inner; k++) {
                            result[target + k] += weight * values[source + k];
                        }
                    }
                }
            }
        }
        return result;
    }
}
