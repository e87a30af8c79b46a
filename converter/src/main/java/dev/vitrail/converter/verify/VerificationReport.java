package dev.vitrail.converter.verify;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a verification found.
 *
 * @param outputs the largest difference of each output
 * @param samples what was tried
 */
public record VerificationReport(List<OutputDifference> outputs, List<String> samples) {

    /**
     * Copies the lists.
     *
     * @param outputs the largest difference of each output
     * @param samples what was tried
     */
    public VerificationReport {
        outputs = List.copyOf(outputs);
        samples = List.copyOf(samples);
    }

    /**
     * Returns whether outputs were compared and every one is within the tolerance.
     *
     * @return whether the file computes what the network computes
     */
    public boolean passed() {
        return !outputs.isEmpty() && outputs.stream().allMatch(OutputDifference::isWithinTolerance);
    }

    /**
     * Returns the largest absolute difference over all outputs.
     *
     * @return the difference
     */
    public double largestDifference() {
        return outputs.stream().mapToDouble(OutputDifference::largest).max().orElse(0);
    }

    /**
     * Returns the largest difference relative to the largest number of its output.
     *
     * @return the difference
     */
    public double largestRelativeDifference() {
        return outputs.stream().mapToDouble(OutputDifference::relative).max().orElse(0);
    }

    @Override
    public String toString() {
        return outputs.stream().map(OutputDifference::toString).collect(Collectors.joining("; "));
    }
}
