package dev.vitrail.zoo.train;

import java.nio.ByteBuffer;

/** A network as evaluation sees it, whichever engine runs it. */
@FunctionalInterface
public interface LogitsFunction {

    /**
     * Runs the network in inference mode.
     *
     * @param pixels a direct buffer of floats in native order, {@code [size, 3, height, width]}
     * @param size samples in it
     * @return logits, {@code [size, classes]}
     */
    float[][] logits(ByteBuffer pixels, int size);
}
