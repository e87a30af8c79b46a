package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.weights.FloatSink;
import dev.vitrail.zoo.weights.RangeSink;
import dev.vitrail.zoo.weights.StreamedTensor;
import dev.vitrail.zoo.weights.Weights;
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

    /** A checkpoint's own. */
    static Tensor of(Weights weights, String name) {
        Shape shape = weights.shapes().get(name);
        return new Tensor(shape, new Stored(weights, name, 0, shape.size()));
    }

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
        long begin = from * rowSize;
        long end = to * rowSize;
        return new Tensor(
                new Shape(sizes),
                values instanceof Stored stored
                        ? stored.range(begin, end)
                        : sink -> values.copyTo(new RangeSink(begin, end, sink)));
    }

    /** All values at once, for what cannot be done in one pass. */
    float[] load() throws IOException {
        float[] all = new float[Math.toIntExact(size())];
        FloatBuffer target = FloatBuffer.wrap(all);
        values.copyTo(target::put);
        return all;
    }

    /** Values in a file, or a range of them, which can be read by itself. */
    private record Stored(Weights weights, String name, long begin, long end)
            implements StreamedTensor.Values {

        @Override
        public void copyTo(FloatSink sink) throws IOException {
            boolean whole = begin == 0 && end == weights.shapes().get(name).size();
            if (whole) {
                weights.copyFiniteTo(name, sink);
            } else {
                weights.copyFiniteTo(name, begin, end, sink);
            }
        }

        Stored range(long from, long to) {
            return new Stored(weights, name, begin + from, begin + to);
        }
    }
}
