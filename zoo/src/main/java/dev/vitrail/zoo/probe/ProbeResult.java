package dev.vitrail.zoo.probe;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How well features tell validation pictures apart.
 *
 * @param training pictures that were learnt from
 * @param validation pictures that were told apart
 * @param features values of one picture
 * @param neighbours a vote of nearest neighbours for each k that was asked for
 * @param linear the linear probe, if it was asked for
 */
public record ProbeResult(
        int training,
        int validation,
        int features,
        List<Neighbours> neighbours,
        Optional<Linear> linear) {

    /**
     * Copies the list.
     *
     * @param training as the component
     * @param validation as the component
     * @param features as the component
     * @param neighbours as the component
     * @param linear as the component
     */
    public ProbeResult {
        neighbours = List.copyOf(neighbours);
    }

    /**
     * A vote of nearest neighbours.
     *
     * @param k how many voted
     * @param temperature of their weights
     * @param accuracy on the validation pictures
     */
    public record Neighbours(int k, double temperature, Accuracy accuracy) {}

    /**
     * A linear probe.
     *
     * @param lambda strength of the regularisation, see {@link LogisticRegression}
     * @param heldBack training pictures that it was chosen with; 0 where it was not
     * @param heldBackTop1 share of those that were told right with it
     * @param accuracy on the validation pictures
     * @param loss mean cross-entropy on the validation pictures
     * @param gradient how far from the minimum the solution may be, see {@link
     *     LogisticRegression#gradient()}
     * @param converged whether that is near enough
     */
    public record Linear(
            double lambda,
            int heldBack,
            OptionalDouble heldBackTop1,
            Accuracy accuracy,
            double loss,
            double gradient,
            boolean converged) {}
}
