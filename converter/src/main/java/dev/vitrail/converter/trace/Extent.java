package dev.vitrail.converter.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * An integer that is known, or known up to the size of symbolic axes: {@code factor × axis ×
 * axis…}. Window attention's {@code 64 × batch} is one, BERT's {@code batch × sequence} another.
 *
 * @param factor what the product of the axes is multiplied by; the number itself without axes
 * @param axes names of the symbolic axes, sorted; an axis counts as often as it is listed
 */
public record Extent(long factor, List<String> axes) {

    /**
     * Sorts and copies the axes.
     *
     * @param factor what the product of the axes is multiplied by; the number itself without axes
     * @param axes names of the symbolic axes, sorted; an axis counts as often as it is listed
     */
    public Extent {
        List<String> sorted = new ArrayList<>(factor == 0 ? List.of() : axes);
        Collections.sort(sorted);
        axes = List.copyOf(sorted);
    }

    /**
     * Returns a known integer.
     *
     * @param value the integer
     * @return an extent without axes
     */
    public static Extent of(long value) {
        return new Extent(value, List.of());
    }

    /**
     * Returns the size of a symbolic axis.
     *
     * @param axis name of the axis, such as {@code batch}
     * @return once that axis
     */
    public static Extent axis(String axis) {
        return new Extent(1, List.of(axis));
    }

    /**
     * Returns this extent multiplied.
     *
     * @param multiplier a known integer
     * @return the product
     */
    public Extent times(long multiplier) {
        return new Extent(Math.multiplyExact(factor, multiplier), axes);
    }

    /**
     * Returns whether this integer is known.
     *
     * @return whether no axis takes part
     */
    public boolean isFixed() {
        return axes.isEmpty();
    }

    /**
     * Returns the integer where it is known.
     *
     * @return the integer
     * @throws IllegalStateException if it depends on an axis
     */
    public long fixed() {
        if (!isFixed()) {
            throw new IllegalStateException(this + " is only known at run time");
        }
        return factor;
    }

    /**
     * Returns the integer for given sizes.
     *
     * @param sizes size of every axis by name
     * @return the product
     */
    public long at(Map<String, Long> sizes) {
        long value = factor;
        for (String axis : axes) {
            value = Math.multiplyExact(value, sizes.get(axis));
        }
        return value;
    }

    @Override
    public String toString() {
        if (isFixed()) {
            return Long.toString(factor);
        }
        String product = String.join("*", axes);
        return factor == 1 ? product : factor + "*" + product;
    }
}
