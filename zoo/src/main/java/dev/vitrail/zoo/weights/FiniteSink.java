package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;

/** Hands values on and refuses the first that is not finite, by tensor and index. */
final class FiniteSink implements FloatSink {

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
        for (int i = values.position(); i < values.limit(); i++) {
            if (!Float.isFinite(values.get(i))) {
                return i - values.position();
            }
        }
        return -1;
    }

    static String problem(String name, float value, long place, Shape shape) {
        return String.format(
                "%s has %s at index %s, must be finite",
                Quoted.tensor(name), value, Indexes.of(place, shape));
    }
}
