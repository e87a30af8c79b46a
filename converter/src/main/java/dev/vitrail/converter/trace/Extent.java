package dev.vitrail.converter.trace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * An integer that is known, or known up to the sizes of symbolic axes: a product of a number and of
 * {@link AxisSize}s. Window attention's {@code 64*batch} is one, BERT's {@code batch*sequence}
 * another, {@code sequence+1} behind a class token a third.
 *
 * @param factor what the product of the sizes is multiplied by; the number itself without sizes
 * @param sizes what follows the symbolic axes, sorted; a size counts as often as it is listed
 */
public record Extent(long factor, List<AxisSize> sizes) {

    /**
     * Sorts and copies the sizes.
     *
     * @param factor what the product of the sizes is multiplied by; the number itself without sizes
     * @param sizes what follows the symbolic axes, sorted; a size counts as often as it is listed
     */
    public Extent {
        List<AxisSize> sorted = new ArrayList<>(factor == 0 ? List.of() : sizes);
        Collections.sort(sorted);
        sizes = List.copyOf(sorted);
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
        return new Extent(1, List.of(AxisSize.of(axis)));
    }

    /**
     * Returns this extent multiplied.
     *
     * @param multiplier a known integer
     * @return the product
     */
    public Extent times(long multiplier) {
        return new Extent(Math.multiplyExact(factor, multiplier), sizes);
    }

    /**
     * Returns whether this integer is known.
     *
     * @return whether no axis takes part
     */
    public boolean isFixed() {
        return sizes.isEmpty();
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
     * Returns the symbolic axes that this integer depends on.
     *
     * @return their names, each once
     */
    public SortedSet<String> axes() {
        return sizes.stream().map(AxisSize::axis).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Returns the integer for given sizes.
     *
     * @param axisSizes size of every axis by name
     * @return the product
     */
    public long at(Map<String, Long> axisSizes) {
        long value = factor;
        for (AxisSize size : sizes) {
            value = Math.multiplyExact(value, size.at(axisSizes.get(size.axis())));
        }
        return value;
    }

    /**
     * Returns what the factor is multiplied by, as text.
     *
     * @return {@code batch*sequence} or {@code sequence+1}; empty where the integer is known
     */
    public String product() {
        boolean alone = sizes.size() == 1 && factor == 1 && sizes.get(0).multiplier() == 1;
        return sizes.stream()
                .map(size -> alone ? size.toString() : size.factorText())
                .collect(Collectors.joining("*"));
    }

    @Override
    public String toString() {
        if (isFixed()) {
            return Long.toString(factor);
        }
        return factor == 1 ? product() : factor + "*" + product();
    }
}
