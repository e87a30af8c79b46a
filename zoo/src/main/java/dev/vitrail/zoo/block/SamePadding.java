package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * TensorFlow's padding {@code SAME} with zeros: as much as makes the result {@code ceil(size /
 * stride)} wide, and where that is odd, one more at the end than at the beginning. Symmetric
 * padding, which is what engines know, would shift every second image by a pixel.
 *
 * @param kernel edge of the window
 * @param stride its step
 */
record SamePadding(int kernel, int stride) {

    /** Pads rows and columns of {@code [batch, channels, rows, columns]}. */
    NDArray pad(NDArray x) {
        long rows = total(x.getShape().get(2));
        long columns = total(x.getShape().get(3));
        if (rows == 0 && columns == 0) {
            return x;
        }
        // Pairs from the last axis to the first.
        Shape padding = new Shape(columns / 2, columns - columns / 2, rows / 2, rows - rows / 2);
        return x.pad(padding, 0);
    }

    /** The shape after a window of this kernel and stride has passed over the padded input. */
    Shape strided(Shape x) {
        return new Shape(x.get(0), x.get(1), steps(x.get(2)), steps(x.get(3)));
    }

    private long total(long size) {
        return Math.max(0, (steps(size) - 1) * stride + kernel - size);
    }

    private long steps(long size) {
        return (size + stride - 1) / stride;
    }
}
