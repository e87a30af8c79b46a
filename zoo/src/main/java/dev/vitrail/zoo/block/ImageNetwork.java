package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;

/** A whole network that is fed images of one size and whose weights can be drawn from a seed. */
public interface ImageNetwork extends Block {

    /**
     * The input's shape.
     *
     * @param batch number of images
     * @return {@code [batch, channels, height, width]}
     */
    Shape inputShape(long batch);

    /**
     * Fills every parameter from a seed; the same seed gives the same weights.
     *
     * @param manager owner of the weights
     * @param seed any number
     */
    void initialize(NDManager manager, long seed);
}
