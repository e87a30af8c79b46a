package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.Objects;

/**
 * A tensor to be written whose values are produced only when its turn comes.
 *
 * @param name in the file
 * @param shape of the tensor, all axes known
 * @param type that the values are stored as: F64, F32, F16 or BF16; narrower ones round to nearest
 *     even
 * @param values gives the values
 */
public record StreamedTensor(String name, Shape shape, ElementType type, Values values) {

    /** Where a tensor's values come from. */
    @FunctionalInterface
    public interface Values {

        /**
         * Gives all values, as many as the shape has, in row-major order.
         *
         * @param sink takes them
         * @throws IOException if the sink throws it
         */
        void copyTo(FloatSink sink) throws IOException;
    }

    /**
     * Checks what a header must say.
     *
     * @param name as the component
     * @param shape as the component
     * @param type as the component
     * @param values as the component
     * @throws IllegalArgumentException if the type is no float type or a size of the shape is
     *     unknown
     */
    public StreamedTensor {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(values, "values");
        if (!type.isFloat()) {
            throw new IllegalArgumentException(
                    "tensor \"" + name + "\" cannot be written as " + type);
        }
        for (long size : shape.getShape()) {
            if (size < 0) {
                throw new IllegalArgumentException("tensor \"" + name + "\" has shape " + shape);
            }
        }
    }

    /**
     * A tensor of 32-bit floats.
     *
     * @param name in the file
     * @param shape of the tensor, all axes known
     * @param values gives the values
     * @return the tensor, as F32
     */
    public static StreamedTensor of(String name, Shape shape, Values values) {
        return new StreamedTensor(name, shape, ElementType.F32, values);
    }
}
