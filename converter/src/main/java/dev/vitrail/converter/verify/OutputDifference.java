package dev.vitrail.converter.verify;

import java.util.Arrays;
import java.util.Locale;

/**
 * How far ONNX Runtime is from DJL in one output, over everything that was tried.
 *
 * @param output name of the output
 * @param largest largest absolute difference of two numbers
 * @param scale largest absolute number that DJL gave
 * @param tolerance largest difference allowed, relative to the scale
 * @param sample which sample the largest difference is in
 * @param place where in the array it is
 * @param expected DJL's number there
 * @param actual ONNX Runtime's number there
 */
public record OutputDifference(
        String output,
        double largest,
        double scale,
        double tolerance,
        String sample,
        long[] place,
        double expected,
        double actual) {

    /**
     * Returns the difference relative to the largest number of the output. Numbers near zero are
     * differences of large ones inside the network, so their own size says nothing.
     *
     * @return the largest difference over the scale
     */
    public double relative() {
        return largest == 0 ? 0 : largest / Math.max(scale, Float.MIN_NORMAL);
    }

    /**
     * Returns whether the difference is no more than arithmetic explains.
     *
     * @return whether it is within the tolerance
     */
    public boolean isWithinTolerance() {
        return relative() <= tolerance;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: largest difference %.3g (%.2g of the largest output %.4g, %.2g allowed) in %s"
                        + " at %s, where DJL has %.7g and ONNX Runtime %.7g",
                output,
                largest,
                relative(),
                scale,
                tolerance,
                sample,
                Arrays.toString(place),
                expected,
                actual);
    }
}
