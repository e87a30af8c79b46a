package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/** Places in a tensor, for messages. */
final class Indexes {

    private Indexes() {}

    /** The index along every axis of the value at a place in row-major order. */
    static List<Long> of(long place, Shape shape) {
        List<Long> index = new ArrayList<>();
        long rest = place;
        for (int axis = shape.dimension() - 1; axis >= 0; axis--) {
            index.add(0, rest % shape.get(axis));
            rest /= shape.get(axis);
        }
        return index;
    }
}
