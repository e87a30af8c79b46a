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

    /**
     * Logits as they lie in an engine's memory, one row a sample.
     *
     * @param flat {@code [samples * classes]}, row by row
     * @param classes logits of a sample
     * @return {@code [samples, classes]}
     */
    static float[][] rows(float[] flat, int classes) {
        float[][] rows = new float[flat.length / classes][classes];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(flat, i * classes, rows[i], 0, classes);
        }
        return rows;
    }
}
