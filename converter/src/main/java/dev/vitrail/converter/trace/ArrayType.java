package dev.vitrail.converter.trace;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What is known of an array before it exists.
 *
 * @param numbers type of its numbers
 * @param shape size of each axis, outermost first; empty for a scalar
 */
public record ArrayType(NumberType numbers, List<Extent> shape) {

    /**
     * Copies the shape.
     *
     * @param numbers type of its numbers
     * @param shape size of each axis, outermost first; empty for a scalar
     */
    public ArrayType {
        shape = List.copyOf(shape);
    }

    /**
     * Returns the type of an array of known sizes.
     *
     * @param numbers type of its numbers
     * @param shape size of each axis
     * @return the type
     */
    public static ArrayType of(NumberType numbers, long... shape) {
        return new ArrayType(
                numbers, Arrays.stream(shape).mapToObj(Extent::of).collect(Collectors.toList()));
    }

    /**
     * Returns the number of axes.
     *
     * @return 0 for a scalar
     */
    public int rank() {
        return shape.size();
    }

    /**
     * Returns whether every size is known.
     *
     * @return whether no symbolic axis takes part
     */
    public boolean isFixed() {
        return shape.stream().allMatch(Extent::isFixed);
    }

    /**
     * Returns the known sizes.
     *
     * @return size of each axis
     * @throws IllegalStateException if one depends on a symbolic axis
     */
    public long[] fixedShape() {
        return shape.stream().mapToLong(Extent::fixed).toArray();
    }

    @Override
    public String toString() {
        return numbers.name().toLowerCase(Locale.ROOT) + shape;
    }
}
