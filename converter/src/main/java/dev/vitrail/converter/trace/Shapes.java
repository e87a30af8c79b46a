package dev.vitrail.converter.trace;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What shape comes out of an operation; the second place, beside the engine, where that is written.
 */
final class Shapes {
    private Shapes() {}

    static Shape broadcast(Shape left, Shape right) {
        int rank = Math.max(left.dimension(), right.dimension());
        long[] sizes = new long[rank];
        for (int i = 0; i < rank; i++) {
            long a = fromEnd(left, rank - i);
            long b = fromEnd(right, rank - i);
            if (a != b && a != 1 && b != 1) {
                throw new IllegalArgumentException(
                        "shapes " + left + " and " + right + " do not broadcast");
            }
            sizes[i] = a == 1 ? b : a;
        }
        return new Shape(sizes);
    }

    private static long fromEnd(Shape shape, int place) {
        return place > shape.dimension() ? 1 : shape.get(shape.dimension() - place);
    }

    static int axis(long axis, int rank) {
        if (axis < -rank || axis >= Math.max(rank, 1)) {
            throw new IllegalArgumentException("axis " + axis + " of an array of rank " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    static int[] axes(int[] axes, int rank) {
        return Arrays.stream(axes).map(axis -> axis(axis, rank)).sorted().distinct().toArray();
    }

    static Shape reduce(Shape shape, int[] axes, boolean keep) {
        long[] sizes =
                IntStream.range(0, shape.dimension())
                        .filter(i -> keep || !contains(axes, i))
                        .mapToLong(i -> contains(axes, i) ? 1 : shape.get(i))
                        .toArray();
        return new Shape(sizes);
    }

    static boolean contains(int[] axes, int axis) {
        return Arrays.stream(axes).anyMatch(a -> a == axis);
    }

    static Shape with(Shape shape, int axis, long size) {
        long[] sizes = shape.getShape().clone();
        sizes[axis] = size;
        return new Shape(sizes);
    }

    /** Resolves −1 in a reshape's target against the number of elements. */
    static Shape reshape(Shape shape, Shape target) {
        long known = 1;
        int open = -1;
        for (int i = 0; i < target.dimension(); i++) {
            if (target.get(i) == -1) {
                open = i;
            } else {
                known *= target.get(i);
            }
        }
        if (open < 0 ? known != shape.size() : known == 0 || shape.size() % known != 0) {
            throw new IllegalArgumentException("shape " + shape + " does not become " + target);
        }
        return open < 0 ? target : with(target, open, shape.size() / known);
    }

    static Shape permute(Shape shape, int[] axes) {
        return new Shape(Arrays.stream(axes).mapToLong(shape::get).toArray());
    }

    /** Both axes go, and one behind the others comes. */
    static Shape diagonal(Shape shape, int offset, int rows, int columns) {
        if (rows == columns) {
            throw new IllegalArgumentException("a diagonal of axis " + rows + " with itself");
        }
        long room =
                Math.min(
                        shape.get(rows) + Math.min(0, offset),
                        shape.get(columns) - Math.max(0, offset));
        return reduce(shape, new int[] {rows, columns}, false).add(Math.max(0, room));
    }

    /** Matrix product by PyTorch's rules: rank 1 is padded and the padding dropped again. */
    static Shape matMul(Shape left, Shape right) {
        Shape a = left.dimension() == 1 ? new Shape(1, left.get(0)) : left;
        Shape b = right.dimension() == 1 ? new Shape(right.get(0), 1) : right;
        int m = a.dimension() - 2;
        int n = b.dimension() - 2;
        if (m < 0 || n < 0 || a.get(m + 1) != b.get(n)) {
            throw new IllegalArgumentException("no matrix product of " + left + " and " + right);
        }
        Shape result = broadcast(a.slice(0, m), b.slice(0, n));
        result = left.dimension() == 1 ? result : result.add(a.get(m));
        return right.dimension() == 1 ? result : result.add(b.get(n + 1));
    }

    static Shape convolution(
            Shape input, Shape weight, Shape stride, Shape padding, Shape dilation) {
        Shape result = new Shape(input.get(0), weight.get(0));
        for (int i = 0; i < input.dimension() - 2; i++) {
            long window = dilation.get(i) * (weight.get(i + 2) - 1) + 1;
            result =
                    result.add(
                            (input.get(i + 2) + 2 * padding.get(i) - window) / stride.get(i) + 1);
        }
        return result;
    }

    static Shape deconvolution(
            Shape input,
            Shape weight,
            Shape stride,
            Shape padding,
            Shape outPadding,
            Shape dilation,
            int groups) {
        Shape result = new Shape(input.get(0), weight.get(1) * groups);
        for (int i = 0; i < input.dimension() - 2; i++) {
            result =
                    result.add(
                            (input.get(i + 2) - 1) * stride.get(i)
                                    - 2 * padding.get(i)
                                    + dilation.get(i) * (weight.get(i + 2) - 1)
                                    + outPadding.get(i)
                                    + 1);
        }
        return result;
    }

    static Shape pool(Shape input, Shape kernel, Shape stride, Shape padding, boolean ceil) {
        Shape result = input.slice(0, 2);
        for (int i = 0; i < input.dimension() - 2; i++) {
            long size = input.get(i + 2);
            long room = size + 2 * padding.get(i) - kernel.get(i);
            long steps = (ceil ? -Math.floorDiv(-room, stride.get(i)) : room / stride.get(i)) + 1;
            // PyTorch drops a last window that would start in the right padding.
            boolean outside = ceil && (steps - 1) * stride.get(i) >= size + padding.get(i);
            result = result.add(outside ? steps - 1 : steps);
        }
        return result;
    }
}
