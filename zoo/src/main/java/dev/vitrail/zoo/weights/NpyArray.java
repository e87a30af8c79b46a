package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;

/**
 * An array of a {@code .npy} file, such as NumPy writes: floats of 16, 32 or 64 bits, in either
 * byte order and either order of axes.
 *
 * @param shape of the array
 * @param values in row-major order, widened or narrowed to 32-bit floats
 */
public record NpyArray(Shape shape, float[] values) {

    /**
     * Checks the count of values.
     *
     * @param shape as the component
     * @param values as the component
     * @throws IllegalArgumentException if the shape has another number of values
     */
    public NpyArray {
        Objects.requireNonNull(values, "values");
        if (shape.size() != values.length) {
            throw new IllegalArgumentException(values.length + " values for " + shape);
        }
    }

    /**
     * Reads a file.
     *
     * @param path of the file
     * @return its array
     * @throws WeightsException if it cannot be read, is no sound npy file or does not hold floats
     */
    public static NpyArray read(Path path) {
        Function<String, WeightsException> refusal = problem -> new WeightsException(path, problem);
        try (SourceFile file = SourceFile.open(path, "an npy file");
                InputStream input = new BufferedInputStream(file.stream(0, file.size()))) {
            NpyHeader header = NpyHeader.read(input, refusal);
            if (!header.type().isFloat()) {
                throw refusal.apply("holds " + header.type() + ", must hold floats");
            }
            if (header.bytes() + header.dataBytes() != file.size()
                    || header.shape().size() > Integer.MAX_VALUE - 8) {
                throw refusal.apply(
                        String.format(
                                "is %s of %s, %d bytes after a header of %d, but has %d",
                                header.type(),
                                header.shape(),
                                header.dataBytes(),
                                header.bytes(),
                                file.size()));
            }
            float[] values = new float[(int) header.shape().size()];
            int[] taken = {0};
            new NpyValues(header, input, refusal)
                    .copyTo(
                            piece -> {
                                int count = piece.remaining();
                                piece.get(values, taken[0], count);
                                taken[0] += count;
                            });
            return new NpyArray(header.shape(), values);
        } catch (IOException e) {
            throw WeightsException.of(path, "cannot be read", e);
        }
    }
}
