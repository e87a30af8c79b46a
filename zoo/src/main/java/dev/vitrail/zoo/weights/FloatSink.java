package dev.vitrail.zoo.weights;

import java.io.IOException;
import java.nio.FloatBuffer;

/**
 * Takes the values of a tensor piece by piece, so that a tensor need not be in memory whole. The
 * pieces come in row-major order (last axis fastest) and have any length.
 */
@FunctionalInterface
public interface FloatSink {

    /**
     * Takes the next values.
     *
     * @param values from position to limit; the buffer is its giver's again when this returns
     * @throws IOException if they cannot be written where this puts them
     */
    void put(FloatBuffer values) throws IOException;
}
