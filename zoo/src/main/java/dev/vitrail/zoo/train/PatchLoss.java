package dev.vitrail.zoo.train;

import ai.djl.ndarray.NDArray;

/**
 * The loss of a masked autoencoder (He et al. 2022, section 3): the mean squared error between the
 * values of hidden patches and what was guessed for them. Patches that were seen do not count.
 */
final class PatchLoss {

    /** Added to a patch's variance, so that one of a single colour has a quotient. */
    private static final double EPSILON = 1e-6;

    private static final int[] VALUES = {2};

    private PatchLoss() {}

    /**
     * The loss as one value.
     *
     * @param guessed {@code [batch, patches, values]}
     * @param targets {@code [batch, patches, values]}
     * @param hidden 1 for a patch that was hidden, 0 for the others: {@code [batch, patches]}
     */
    static NDArray mean(NDArray guessed, NDArray targets, NDArray hidden) {
        NDArray errors = guessed.sub(targets).square().mean(VALUES); // [B, N]
        return errors.mul(hidden).sum().div(hidden.sum());
    }

    /**
     * Patches with mean 0 and variance 1 each; the variance is the unbiased one.
     *
     * @param patches {@code [batch, patches, values]}
     */
    static NDArray normalised(NDArray patches) {
        NDArray centred = patches.sub(patches.mean(VALUES, true));
        return centred.div(deviation(centred));
    }

    private static NDArray deviation(NDArray centred) {
        long values = centred.getShape().get(2);
        NDArray variance = centred.square().sum(VALUES, true).div(values - 1.0);
        return variance.add(EPSILON).sqrt(); // [B, N, 1]
    }

    /**
     * What was guessed of normalised patches, with the mean and deviation of the true ones.
     *
     * @param guessed {@code [batch, patches, values]}
     * @param patches the true values, of the same shape
     */
    static NDArray restored(NDArray guessed, NDArray patches) {
        NDArray mean = patches.mean(VALUES, true);
        return guessed.mul(deviation(patches.sub(mean))).add(mean);
    }
}
