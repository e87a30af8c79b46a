package dev.vitrail.converter.verify;

import java.util.List;
import java.util.Map;

/**
 * What a verification runs and what it lets pass.
 *
 * @param steps sizes to try of each symbolic axis, as steps above its minimum; none of them may be
 *     a size that was traced
 * @param seed of the random inputs
 * @param tolerance largest difference allowed, relative to the largest number of the output
 * @param measured whether rounding is measured first, and less is allowed of a network that rounds
 *     less
 * @param integerBounds for inputs of integers, by name: one above the largest to try; 2 where
 *     nothing is said
 * @param samples further inputs to try, real images for one
 */
public record VerificationOptions(
        List<Integer> steps,
        long seed,
        double tolerance,
        boolean measured,
        Map<String, Long> integerBounds,
        List<Sample> samples) {

    /**
     * What float arithmetic may differ by. A single-precision operation rounds by 2⁻²⁴, 6·10⁻⁸;
     * sums of n products in another order differ by about √n times that, and a network has some
     * hundred of them in a row. Measured on ViT and ResNet: 0.5·10⁻⁶ to 2·10⁻⁶ of the largest
     * output; on BERT's pooled output, where large numbers inside end in a tanh, 2·10⁻⁵. That has
     * to do for every network, and lets an epsilon of 10⁻⁵ for 10⁻⁶ pass; so it is the most that is
     * allowed, and a network that is measured to round less is allowed less.
     */
    public static final double TOLERANCE = 5e-5;

    /**
     * Copies the collections. Without a step nothing would be run, and whatever is not run passes;
     * so that is refused.
     *
     * @param steps sizes to try of each symbolic axis, as steps above its minimum; at least one;
     *     none of them may be a size that was traced
     * @param seed of the random inputs
     * @param tolerance largest difference allowed, relative to the largest number of the output
     * @param measured whether rounding is measured first, and less is allowed of a network that
     *     rounds less
     * @param integerBounds for inputs of integers, by name: one above the largest to try; 2 where
     *     nothing is said
     * @param samples further inputs to try, real images for one
     */
    public VerificationOptions {
        steps = List.copyOf(steps);
        integerBounds = Map.copyOf(integerBounds);
        samples = List.copyOf(samples);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("no steps: nothing would be verified");
        }
        if (!(tolerance > 0)) {
            throw new IllegalArgumentException("a tolerance of " + tolerance);
        }
    }

    /**
     * Returns the usual options: batches of 1, 2, 3 and 5.
     *
     * @return the options
     */
    public static VerificationOptions defaults() {
        return new VerificationOptions(
                List.of(0, 1, 2, 4), 1, TOLERANCE, true, Map.of(), List.of());
    }

    /**
     * Returns these options with other sizes.
     *
     * @param newSteps sizes to try, as steps above the minimum of each axis; at least one
     * @return the options
     */
    public VerificationOptions withSteps(Integer... newSteps) {
        return new VerificationOptions(
                List.of(newSteps), seed, tolerance, measured, integerBounds, samples);
    }

    /**
     * Returns these options with further inputs.
     *
     * @param newSamples the inputs
     * @return the options
     */
    public VerificationOptions withSamples(List<Sample> newSamples) {
        return new VerificationOptions(steps, seed, tolerance, measured, integerBounds, newSamples);
    }

    /**
     * Returns these options with a tolerance that is used as it is.
     *
     * @param newTolerance largest difference allowed, relative to the largest number of the output
     * @return the options
     */
    public VerificationOptions withTolerance(double newTolerance) {
        return new VerificationOptions(steps, seed, newTolerance, false, integerBounds, samples);
    }

    /**
     * Returns these options with bounds for integer inputs.
     *
     * @param bounds by input name: one above the largest integer to try
     * @return the options
     */
    public VerificationOptions withIntegerBounds(Map<String, Long> bounds) {
        return new VerificationOptions(steps, seed, tolerance, measured, bounds, samples);
    }
}
