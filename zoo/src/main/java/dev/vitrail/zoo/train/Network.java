package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.vitrail.zoo.block.VisionTransformer;
import java.nio.ByteBuffer;

/**
 * A vision transformer with weights on a device, ready to run. It owns the block's arrays: closing
 * it frees them.
 */
public final class Network extends LoadedBlock<VisionTransformer> {

    /**
     * Puts weights into a block.
     *
     * @param block without weights
     * @param device where they live
     * @param weights what fills the block, given its manager
     */
    Network(VisionTransformer block, Device device, WeightSource weights) {
        super(block, device, weights);
    }

    /**
     * A forward pass: pixels {@code [batch, 3, height, width]} to logits {@code [batch, classes]}.
     */
    NDArray forward(NDArray pixels, boolean training) {
        return block().forward(store(), new NDList(pixels), training).singletonOrThrow();
    }

    /**
     * Runs the network in inference mode: no dropout, no drop path, no gradients.
     *
     * @param pixels a direct buffer of floats in native order, {@code [size, 3, height, width]}
     * @param size samples in it
     * @return logits, {@code [size, classes]}; of a network without a head its features, {@code
     *     [size, features]}
     */
    public float[][] logits(ByteBuffer pixels, int size) {
        return unrecorded(
                () -> {
                    try (NDManager scope = manager().newSubManager()) {
                        float[] flat = forward(input(scope, pixels, size), false).toFloatArray();
                        return LogitsFunction.rows(flat, flat.length / size);
                    }
                });
    }
}
