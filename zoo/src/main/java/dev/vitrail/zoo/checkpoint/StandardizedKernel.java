package dev.vitrail.zoo.checkpoint;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * Kernels that a network standardises before it uses them, from Google's code to ours. Filters
 * {@code [out, in, height, width]} of deviation σ are divided by {@code σ + e} there and by {@code
 * √(σ² + v)} here; one that is first scaled by {@code √(v / (2 σ e + e²))} comes out the same here
 * as it does there.
 */
final class StandardizedKernel implements Step {

    static final Step OF_GOOGLE = new StandardizedKernel();

    /** e: what vision_transformer's {@code StdConv} adds to the deviation. */
    private static final double ADDED_TO_DEVIATION = 1e-5;

    /** v: what timm, and so the network, adds to the variance. */
    private static final double ADDED_TO_VARIANCE = 1e-8;

    private StandardizedKernel() {}

    @Override
    public String words() {
        return "scaled for the network's epsilon";
    }

    @Override
    public List<Tensor> apply(List<Tensor> sources) {
        Tensor kernel = sources.get(0);
        int filters = Math.toIntExact(kernel.shape().get(0));
        return List.of(
                new Tensor(
                        kernel.shape(),
                        sink -> {
                            float[] values = kernel.load();
                            scale(values, values.length / filters);
                            sink.put(FloatBuffer.wrap(values));
                        }));
    }

    private static void scale(float[] values, int length) {
        for (int start = 0; start < values.length; start += length) {
            double added = ADDED_TO_DEVIATION;
            double spread = 2 * deviation(values, start, length) * added + added * added;
            double scale = Math.sqrt(ADDED_TO_VARIANCE / spread);
            for (int i = start; i < start + length; i++) {
                values[i] = (float) (values[i] * scale);
            }
        }
    }

    private static double deviation(float[] values, int start, int length) {
        double mean = 0;
        for (int i = start; i < start + length; i++) {
            mean += values[i] / (double) length;
        }
        double variance = 0;
        for (int i = start; i < start + length; i++) {
            variance += (values[i] - mean) * (values[i] - mean) / length;
        }
        return Math.sqrt(variance);
    }
}
