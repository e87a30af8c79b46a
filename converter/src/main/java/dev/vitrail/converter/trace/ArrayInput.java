package dev.vitrail.converter.trace;

import dev.vitrail.converter.error.ExportException;
import java.util.ArrayList;
import java.util.List;

/**
 * An input of the network to be traced.
 *
 * @param name its name in the ONNX file
 * @param type its number type, and its shape with symbolic axes where it has them
 */
public record ArrayInput(String name, ArrayType type) {

    /**
     * Checks the name and the sizes.
     *
     * @param name its name in the ONNX file
     * @param type its number type, and its shape with symbolic axes where it has them
     */
    public ArrayInput {
        if (name == null || name.isBlank()) {
            throw new ExportException("an input has no name; give it one such as pixel_values");
        }
        for (Extent extent : type.shape()) {
            if (extent.factor() < 1) {
                throw new ExportException(
                        "input " + name + ": a size is " + extent + ", must be 1 or more");
            }
        }
    }

    /**
     * Returns an image-like input: single precision, with a symbolic first axis {@code batch}.
     *
     * @param name its name in the ONNX file
     * @param sizes the sizes of the axes after the batch
     * @return the input
     */
    public static ArrayInput batchOf(String name, long... sizes) {
        List<Extent> shape = new ArrayList<>(List.of(Extent.axis("batch")));
        for (long size : sizes) {
            shape.add(Extent.of(size));
        }
        return new ArrayInput(name, new ArrayType(NumberType.FLOAT32, shape));
    }
}
