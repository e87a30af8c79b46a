package dev.vitrail.imaging.augment;

import java.util.random.RandomGenerator;

/** Draws that several augmentations make, as Python's {@code random} defines them. */
final class Draws {
    private Draws() {}

    /** A number between two, evenly. */
    static double uniform(double low, double high, RandomGenerator random) {
        return low + (high - low) * random.nextDouble();
    }

    /** The number or its opposite, as often the one as the other. */
    static double signed(double value, RandomGenerator random) {
        return random.nextBoolean() ? -value : value;
    }
}
