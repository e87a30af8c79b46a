package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.weights.FloatSink;
import dev.vitrail.zoo.weights.StreamedTensor;
import java.io.IOException;
import java.nio.FloatBuffer;

/**
 * A tensor on its way from one naming to another: a shape that is known and values that are read or
 * computed when somebody asks for them.
 *
 * @param shape all axes known
 * @param values gives as many values as the shape has, in row-major order
 */
record Tensor(Shape shape, StreamedTensor.Values values) {

    static Tensor of(Shape shape, float[] values) {
        return new Tensor(shape, sink -> sink.put(FloatBuffer.wrap(values)));
    }

    long size() {
        return shape.size();
    }

    /** The same values in another shape of as many. */
    Tensor reshape(Shape other) {
        if (other.size() != size()) {
            throw new IllegalArgumentException(shape + " cannot become " + other);
        }
        return new Tensor(other, values);
    }

    /** This tensor, if it has as many axes or more. */
    Tensor requireAxes(int atLeast) {
        if (shape.dimension() < atLeast) {
            throw new IllegalArgumentException(shape + " must have " + atLeast + " axes or more");
        }
        return this;
    }

    /** Rows along the first axis. */
    Tensor rows(long from, long to) {
        long[] sizes = shape.getShape().clone(); // DJL gives its own array
        long rowSize = sizes[0] == 0 ? 0 : size() / sizes[0];
        sizes[0] = to - from;
        return new Tensor(
                new Shape(sizes),
                sink -> values.copyTo(new Window(from * rowSize, to * rowSize, sink)));
    }

    /** All values at once, for what cannot be done in one pass. */
    float[] load() throws IOException {
        float[] all = new float[Math.toIntExact(size())];
        FloatBuffer target = FloatBuffer.wrap(all);
        values.copyTo(target::put);
        return all;
    }

    /** Hands on the values of a range and passes over the others. */
    private static final class Window implements FloatSink {
        private final long from;
        private final long to;
        private final FloatSink next;
        private long at;

        Window(long from, long to, FloatSink next) {
            this.from = from;
            this.to = to;
            this.next = next;
        }

        @Override
        public void put(FloatBuffer values) throws IOException {
            long begin = Math.max(from, at) - at;
            long end = Math.min(to, at + values.remaining()) - at;
            at += values.remaining();
            if (begin < end) {
                FloatBuffer part = values.duplicate();
                part.limit(values.position() + (int) end);
                part.position(values.position() + (int) begin);
                next.put(part);
            }
            values.position(values.limit());
        }
    }
}
