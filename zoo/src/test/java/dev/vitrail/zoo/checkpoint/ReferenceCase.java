package dev.vitrail.zoo.checkpoint;

import ai.djl.Device;
import dev.vitrail.zoo.train.Network;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.weights.NpyArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** A checkpoint with input and logits that its own library computed. */
final class ReferenceCase {

    private ReferenceCase() {}

    /** The largest difference of a run's logits from those of a case. */
    static float largestDifference(Run run, Path folder) throws IOException {
        NpyArray expected = NpyArray.read(folder.resolve("logits.npy"));
        float[] logits = logits(run, folder);
        if (logits.length != expected.values().length) {
            throw new IOException(folder + ": " + logits.length + " logits");
        }
        float largest = 0;
        for (int i = 0; i < logits.length; i++) {
            largest = Math.max(largest, Math.abs(logits[i] - expected.values()[i]));
        }
        return largest;
    }

    static float[] logits(Run run, Path folder) {
        try (Network network = run.network(Device.cpu())) {
            return logits(network, NpyArray.read(folder.resolve("input.npy")));
        }
    }

    static float[] logits(Network network, NpyArray input) {
        ByteBuffer pixels =
                ByteBuffer.allocateDirect(input.values().length * Float.BYTES)
                        .order(ByteOrder.nativeOrder());
        pixels.asFloatBuffer().put(input.values());
        float[][] rows = network.logits(pixels, (int) input.shape().get(0));
        float[] flat = new float[rows.length * rows[0].length];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, flat, row * rows[0].length, rows[0].length);
        }
        return flat;
    }
}
