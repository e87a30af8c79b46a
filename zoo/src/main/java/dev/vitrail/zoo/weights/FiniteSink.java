package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Hands values on and refuses the first that is not finite, by tensor and index. */
final class FiniteSink implements FloatSink {

    private static final int CHUNK = 1 << 12;

    private final Weights weights;
    private final String name;
    private final FloatSink next;
    private long passed;

    FiniteSink(Weights weights, String name, FloatSink next) {
        this.weights = weights;
        this.name = name;
        this.next = next;
    }

    @Override
    public void put(FloatBuffer values) throws IOException {
        int at = firstNotFinite(values);
        if (at >= 0) {
            float value = values.get(values.position() + at);
            Shape shape = weights.shapes().get(name);
            throw new WeightsException(weights.origin(), problem(name, value, passed + at, shape));
        }
        passed += values.remaining();
        next.put(values);
    }

    /** Counted from the buffer's position; -1 where all are finite. */
    static int firstNotFinite(FloatBuffer values) {
        if (areFinite(values.duplicate())) {
            return -1;
        }
        for (int i = values.position(); i < values.limit(); i++) {
            if (!Float.isFinite(values.get(i))) {
                return i - values.position();
            }
        }
        return -1;
    }

    /**
     * A number less itself is zero or, if it is not finite, NaN, and so is a sum of these. Four
     * sums, so that an addition need not wait for the one before.
     */
    private static boolean areFinite(FloatBuffer values) {
        float[] chunk = new float[Math.min(CHUNK, values.remaining() + 3 & -4)];
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        while (values.hasRemaining()) {
            int count = Math.min(chunk.length, values.remaining());
            values.get(chunk, 0, count);
            Arrays.fill(chunk, count, chunk.length, 0);
            for (int i = 0; i < chunk.length; i += 4) {
                a += chunk[i] - chunk[i];
                b += chunk[i + 1] - chunk[i + 1];
                c += chunk[i + 2] - chunk[i + 2];
                d += chunk[i + 3] - chunk[i + 3];
            }
        }
        return a + b + c + d == 0;
    }

    static String problem(String name, float value, long place, Shape shape) {
        return String.format(
                "%s has %s at index %s, must be finite",
                Quoted.tensor(name), value, Indexes.of(place, shape));
    }
}
