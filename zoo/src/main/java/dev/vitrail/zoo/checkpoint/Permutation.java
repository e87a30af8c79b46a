package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;

/** A tensor's axes in another order. */
final class Permutation {

    private static final int TILE = 32;

    private Permutation() {}

    /**
     * The tensor with its axes reordered; its values are held while they are read.
     *
     * @param axes for each axis of the result, the one of the source
     * @throws IllegalArgumentException if the source has another number of axes
     */
    static Tensor of(Tensor source, int... axes) {
        long[] sizes = source.shape().getShape();
        if (sizes.length != axes.length) {
            throw new IllegalArgumentException(
                    source.shape() + " must have " + axes.length + " axes");
        }
        long[] permuted = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            permuted[i] = sizes[axes[i]];
        }
        return new Tensor(
                new Shape(permuted),
                sink -> sink.put(FloatBuffer.wrap(permuted(source.load(), sizes, axes))));
    }

    /**
     * A linear layer's weights are most of a file: tile by tile, so that both sides stay cached.
     */
    private static float[] transposed(float[] values, int rows, int columns) {
        float[] result = new float[values.length];
        for (int row = 0; row < rows; row += TILE) {
            for (int column = 0; column < columns; column += TILE) {
                int lastRow = Math.min(row + TILE, rows);
                int lastColumn = Math.min(column + TILE, columns);
                for (int j = column; j < lastColumn; j++) {
                    for (int i = row; i < lastRow; i++) {
                        result[j * rows + i] = values[i * columns + j];
                    }
                }
            }
        }
        return result;
    }

    private static float[] permuted(float[] values, long[] sizes, int[] axes) {
        if (axes.length == 2 && axes[0] == 1) {
            return transposed(values, (int) sizes[0], (int) sizes[1]);
        }
        int rank = axes.length;
        long[] strides = new long[rank];
        long stride = 1;
        for (int axis = rank - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= sizes[axis];
        }
        float[] result = new float[values.length];
        long[] index = new long[rank];
        int from = 0;
        for (int to = 0; to < result.length; to++) {
            result[to] = values[from];
            for (int axis = rank - 1; axis >= 0; axis--) {
                from += (int) strides[axes[axis]];
                if (++index[axis] < sizes[axes[axis]]) {
                    break;
                }
                index[axis] = 0;
                from -= (int) (strides[axes[axis]] * sizes[axes[axis]]);
            }
        }
        return result;
    }
}
