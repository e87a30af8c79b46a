package dev.vitrail.converter.trace;

import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A plain argument of a recorded call: everything that is not an array. */
public sealed interface Argument {

    /**
     * An integer, which may depend on a symbolic axis.
     *
     * @param value the integer
     */
    record Whole(Extent value) implements Argument {}

    /**
     * Integers, each of which may depend on a symbolic axis: shapes, axes, strides.
     *
     * @param values the integers
     */
    record Wholes(List<Extent> values) implements Argument {
        /**
         * Copies the integers.
         *
         * @param values the integers
         */
        public Wholes {
            values = List.copyOf(values);
        }
    }

    /**
     * A number with a fraction, such as an epsilon.
     *
     * @param value the number
     */
    record Real(double value) implements Argument {}

    /**
     * A yes or no.
     *
     * @param value the answer
     */
    record Flag(boolean value) implements Argument {}

    /**
     * One of a few words, such as a mode.
     *
     * @param value the word
     */
    record Word(String value) implements Argument {}

    /**
     * A number type, the target of a cast for one.
     *
     * @param value the type
     */
    record Type(NumberType value) implements Argument {}

    /**
     * The numbers of a constant array.
     *
     * @param bytes the numbers, little endian, never changed
     */
    record Literal(ByteBuffer bytes) implements Argument {}

    /**
     * Wraps what DJL's methods take.
     *
     * @param value a number, truth value, shape, array of integers, number type or word
     * @return the argument
     */
    static Argument of(Object value) {
        if (value instanceof Argument argument) {
            return argument;
        } else if (value instanceof Boolean flag) {
            return new Flag(flag);
        } else if (value instanceof Integer || value instanceof Long) {
            return new Whole(Extent.of(((Number) value).longValue()));
        } else if (value instanceof Float || value instanceof Double) {
            return new Real(((Number) value).doubleValue());
        } else if (value instanceof int[] integers) {
            return wholes(Arrays.stream(integers).asLongStream().toArray());
        } else if (value instanceof long[] integers) {
            return wholes(integers);
        } else if (value instanceof Shape shape) {
            return wholes(shape.getShape());
        } else if (value instanceof NumberType type) {
            return new Type(type);
        } else if (value instanceof String word) {
            return new Word(word);
        }
        throw new IllegalArgumentException("no argument of a call: " + value);
    }

    private static Wholes wholes(long[] integers) {
        return new Wholes(
                Arrays.stream(integers).mapToObj(Extent::of).collect(Collectors.toList()));
    }
}
