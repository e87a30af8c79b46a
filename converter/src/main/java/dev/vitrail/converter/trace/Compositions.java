package dev.vitrail.converter.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Operations that are said in other recorded words, so that they need no translation of their own.
 * Where DJL's PyTorch engine has the operation, the words compute what the engine does; {@code
 * trace}, {@code batchDot} and {@code sequenceMask} it has not, and DJL's documentation is
 * followed.
 */
final class Compositions {
    private Compositions() {}

    /** The engine's median: of an even count the lower of the two in the middle. */
    static NDArray median(NDArray array, int axis) {
        long place = (array.getShape().get(axis) - 1) / 2;
        return placeInOrder(array.topK((int) place + 1, axis, false, true), axis, place);
    }

    /** Between two places in order, the numbers there in proportion. */
    static NDArray percentile(NDArray array, float percentile, int axis) {
        // In single precision, as the engine takes it.
        double place = percentile / 100f * (array.getShape().get(axis) - 1);
        long below = (long) Math.floor(place);
        long above = (long) Math.ceil(place);
        NDList smallest = array.topK((int) above + 1, axis, false, true);
        NDArray lower = placeInOrder(smallest, axis, below);
        return below == above
                ? lower
                : placeInOrder(smallest, axis, above)
                        .sub(lower)
                        .mul((float) (place - below))
                        .add(lower);
    }

    private static NDArray placeInOrder(NDList ordered, int axis, long place) {
        return ((SymbolicArray) ordered.get(0)).select(axis, place);
    }

    /**
     * Zero where this array is zero, whatever the logarithm; not a number where the other is not.
     */
    static NDArray xlogy(NDArray array, NDArray other) {
        NDArray product = array.mul(other.log());
        NDArray isZero = array.eq(0).logicalAnd(other.isNaN().logicalNot());
        return product.zerosLike().getNDArrayInternal().where(isZero, product);
    }

    /** By a quarter turn from the first axis towards the second, so many times. */
    static NDArray rotate90(NDArray array, int times, int first, int second) {
        return switch (Math.floorMod(times, 4)) {
            case 0 -> array.duplicate();
            case 1 -> array.flip(second).swapAxes(first, second);
            case 2 -> array.flip(first, second);
            default -> array.flip(first).swapAxes(first, second);
        };
    }

    /** Numbers into places of the flattened array. */
    static NDArray put(NDArray array, NDArray index, NDArray value) {
        return array.flatten()
                .scatter(index.flatten().toType(DataType.INT64, false), value.flatten(), 0)
                .reshape(array.getShape());
    }

    /** The value where the place on axis 1 is not below the length of the row. */
    static NDArray sequenceMask(NDArray array, NDArray lengths, float value) {
        Shape shape = array.getShape();
        long[] rows = ones(shape.dimension());
        rows[0] = shape.get(0);
        long[] places = ones(shape.dimension());
        places[1] = shape.get(1);
        NDArray place =
                array.getManager()
                        .arange(0, (int) shape.get(1), 1, lengths.getDataType())
                        .reshape(places);
        NDArray inside = place.lt(lengths.reshape(rows));
        NDArray filling = array.getManager().create(value).toType(array.getDataType(), false);
        return array.getNDArrayInternal().where(inside, filling);
    }

    private static long[] ones(int rank) {
        long[] sizes = new long[rank];
        Arrays.fill(sizes, 1);
        return sizes;
    }

    /** One number of each row: an index of fewer axes has the first ones of the array. */
    static NDArray pick(NDArray array, NDArray index, int axis) {
        NDArray places = index;
        while (places.getShape().dimension() < array.getShape().dimension()) {
            places = places.expandDims(-1);
        }
        return array.gather(places.toType(DataType.INT64, false), axis);
    }
}
