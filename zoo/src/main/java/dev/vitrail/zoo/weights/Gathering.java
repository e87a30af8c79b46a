package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Pieces of a tensor into one buffer. */
final class Gathering {

    private Gathering() {}

    /** A new direct buffer of all values in native byte order. */
    static ByteBuffer floats(Weights weights, String name) {
        weights.type(name); // or there is none of this name
        Shape shape = weights.shapes().get(name);
        if (shape.size() > Integer.MAX_VALUE / Float.BYTES) {
            throw new WeightsException(
                    weights.origin(),
                    String.format(
                            "%s is %s, one tensor may have at most 2 GB as floats",
                            Quoted.tensor(name), shape));
        }
        // The claimed size has been compared with the file's, so this much is there or nearly so.
        ByteBuffer bytes =
                ByteBuffer.allocateDirect((int) shape.size() * Float.BYTES)
                        .order(ByteOrder.nativeOrder());
        FloatBuffer values = bytes.asFloatBuffer();
        try {
            weights.copyTo(name, values::put);
        } catch (IOException e) {
            throw WeightsException.of(weights.origin(), "cannot be read", e);
        }
        return bytes;
    }
}
