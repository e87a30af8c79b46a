package dev.vitrail.converter.pass;

import dev.vitrail.converter.graph.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.function.Supplier;

/**
 * The arithmetic of folding a batch normalisation, done in 64-bit floats while the results are
 * written: nothing is read before.
 */
record ChannelScaling(
        TensorData scale, TensorData shift, TensorData mean, TensorData variance, double epsilon) {

    /** {@code factor · weight}, the weight {@code [outputs, ...]}. */
    TensorData weight(TensorData weight) {
        return new Computed(
                weight.byteSize(),
                () -> {
                    double[] factors = factors();
                    float[] values = floats(weight);
                    int each = values.length / factors.length;
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) (values[i] * factors[i / each]);
                    }
                    return values;
                });
    }

    /** {@code factor · (bias − mean) + shift}; no bias, given as null, is zero. */
    TensorData bias(TensorData bias) {
        return new Computed(
                shift.byteSize(),
                () -> {
                    double[] factors = factors();
                    float[] means = floats(mean);
                    float[] shifts = floats(shift);
                    float[] values = bias == null ? new float[shifts.length] : floats(bias);
                    for (int i = 0; i < values.length; i++) {
                        double centred = (double) values[i] - means[i];
                        values[i] = (float) (factors[i] * centred + shifts[i]);
                    }
                    return values;
                });
    }

    private double[] factors() {
        float[] scales = floats(scale);
        float[] variances = floats(variance);
        double[] factors = new double[scales.length];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = scales[i] / Math.sqrt(variances[i] + epsilon);
        }
        return factors;
    }

    private static float[] floats(TensorData data) {
        float[] values = new float[Math.toIntExact(data.byteSize() / Float.BYTES)];
        data.bytes().asFloatBuffer().get(values);
        return values;
    }

    /** Floats that are computed each time they are written. */
    private record Computed(long byteSize, Supplier<float[]> values) implements TensorData {
        @Override
        public void writeTo(WritableByteChannel channel) throws IOException {
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect(Math.toIntExact(byteSize))
                            .order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values.get());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
