package dev.vitrail.zoo.data;

import java.util.random.RandomGenerator;

/**
 * Draws from the beta distribution with equal parameters, by two gamma draws (Marsaglia and Tsang,
 * "A Simple Method for Generating Gamma Variables", 2000). They are taken as logarithms: with small
 * parameters both are often below the smallest double, and 0 of 0 is no share.
 */
final class Beta {
    private Beta() {}

    static double symmetric(double alpha, RandomGenerator random) {
        double one = logGamma(alpha, random);
        double other = logGamma(alpha, random);
        return 1 / (1 + Math.exp(other - one));
    }

    /**
     * The method wants a shape from 1 on; section 6 of the paper leads a smaller one back to it.
     */
    private static double logGamma(double shape, RandomGenerator random) {
        if (shape < 1) {
            return logGamma(shape + 1, random) + Math.log(1 - random.nextDouble()) / shape;
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = 1 + c * x;
            if (v > 0) {
                double cube = v * v * v;
                double accepted = 0.5 * x * x + d * (1 - cube + Math.log(cube));
                if (Math.log(1 - random.nextDouble()) < accepted) {
                    return Math.log(d * cube);
                }
            }
        }
    }
}
