package dev.vitrail.converter.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds how an integer follows the symbolic axes, from its values at points: at the first all axes
 * have one size, at each of the others one axis has another. With each axis the integer may grow in
 * proportion, as its square, as a sum of a multiple and a number, or as such a sum divided and
 * rounded down; with several axes as the product. What is found gives every value that was seen.
 */
final class SizeSolver {
    // The slowest step that convolutions and pools in a row are looked for with, and the fastest.
    private static final int DIVISORS = 32;
    private static final int MULTIPLIERS = 4;

    private final List<Map<String, Long>> points;

    /**
     * @param points size of every axis at each point, the first before those with one axis changed
     */
    SizeSolver(List<Map<String, Long>> points) {
        this.points = List.copyOf(points);
    }

    /** An integer that fits no form. */
    static final class Unsolved extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unsolved(String message) {
            super(message);
        }
    }

    /**
     * Solves one integer.
     *
     * @param values its value at each point
     * @return the integer as a product
     * @throws Unsolved if no form gives all of the values
     */
    Extent solve(List<Long> values) {
        Map<String, Long> base = points.get(0);
        long factor = values.get(0);
        List<AxisSize> sizes = new ArrayList<>();
        for (String axis : base.keySet()) {
            SortedMap<Long, Long> seen = seen(axis, values);
            for (AxisSize size : form(axis, seen)) {
                long divisor = size.at(base.get(axis));
                if (divisor == 0 || factor % divisor != 0) {
                    throw unsolved(axis, seen);
                }
                factor /= divisor;
                sizes.add(size);
            }
        }
        return new Extent(factor, sizes);
    }

    /** The values by the size of one axis, the others being as at the first point. */
    private SortedMap<Long, Long> seen(String axis, List<Long> values) {
        SortedMap<Long, Long> seen = new TreeMap<>();
        for (int i = 0; i < points.size(); i++) {
            Map<String, Long> point = points.get(i);
            boolean others =
                    point.entrySet().stream()
                            .allMatch(
                                    size ->
                                            size.getKey().equals(axis)
                                                    || size.getValue()
                                                            .equals(
                                                                    points.get(0)
                                                                            .get(size.getKey())));
            if (others) {
                seen.put(point.get(axis), values.get(i));
            }
        }
        return seen;
    }

    private static List<AxisSize> form(String axis, SortedMap<Long, Long> seen) {
        if (seen.values().stream().distinct().count() == 1) {
            return List.of();
        }
        AxisSize plain = AxisSize.of(axis);
        for (List<AxisSize> power : List.of(List.of(plain), List.of(plain, plain))) {
            if (isProportional(power, seen)) {
                return power;
            }
        }
        // Two points lie on many lines: a sum is only believed where three and more agree.
        Optional<AxisSize> found = seen.size() < 3 ? Optional.empty() : sum(axis, seen);
        return List.of(found.orElseThrow(() -> unsolved(axis, seen)));
    }

    private static boolean isProportional(List<AxisSize> sizes, SortedMap<Long, Long> seen) {
        long first = product(sizes, seen.firstKey());
        return seen.entrySet().stream()
                .allMatch(
                        e ->
                                Math.multiplyExact(e.getValue(), first)
                                        == Math.multiplyExact(
                                                seen.get(seen.firstKey()),
                                                product(sizes, e.getKey())));
    }

    private static long product(List<AxisSize> sizes, long size) {
        return sizes.stream().mapToLong(s -> s.at(size)).reduce(1, Math::multiplyExact);
    }

    /** What is common to all values comes from elsewhere; the rest is the sum. */
    private static Optional<AxisSize> sum(String axis, SortedMap<Long, Long> seen) {
        long common = seen.values().stream().reduce(0L, SizeSolver::greatestCommonDivisor);
        if (common == 0 || seen.values().stream().anyMatch(value -> value < 0)) {
            return Optional.empty();
        }
        SortedMap<Long, Long> rest = new TreeMap<>();
        seen.forEach((size, value) -> rest.put(size, value / common));
        Optional<AxisSize> line = line(axis, rest);
        return line.isPresent() ? line : staircase(axis, rest);
    }

    private static Optional<AxisSize> line(String axis, SortedMap<Long, Long> seen) {
        long rise = seen.get(seen.lastKey()) - seen.get(seen.firstKey());
        long run = seen.lastKey() - seen.firstKey();
        if (rise <= 0 || rise % run != 0) {
            return Optional.empty();
        }
        long multiplier = rise / run;
        long offset = seen.get(seen.firstKey()) - multiplier * seen.firstKey();
        AxisSize size = new AxisSize(axis, multiplier, offset, 1);
        return Optional.of(size).filter(s -> gives(s, seen));
    }

    /** Every value bounds the offset from both sides; it is found where one alone is left. */
    private static Optional<AxisSize> staircase(String axis, SortedMap<Long, Long> seen) {
        for (int divisor = 2; divisor <= DIVISORS; divisor++) {
            for (int multiplier = 1; multiplier <= MULTIPLIERS; multiplier++) {
                if (greatestCommonDivisor(divisor, multiplier) != 1) {
                    continue;
                }
                long lowest = Long.MIN_VALUE;
                long highest = Long.MAX_VALUE;
                for (Map.Entry<Long, Long> point : seen.entrySet()) {
                    long exact = divisor * point.getValue() - multiplier * point.getKey();
                    lowest = Math.max(lowest, exact);
                    highest = Math.min(highest, exact + divisor - 1);
                }
                if (lowest == highest) {
                    return Optional.of(new AxisSize(axis, multiplier, lowest, divisor));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean gives(AxisSize size, SortedMap<Long, Long> seen) {
        return seen.entrySet().stream().allMatch(e -> size.at(e.getKey()) == e.getValue());
    }

    private static long greatestCommonDivisor(long a, long b) {
        return b == 0 ? Math.abs(a) : greatestCommonDivisor(b, a % b);
    }

    private static Unsolved unsolved(String axis, SortedMap<Long, Long> seen) {
        long first = seen.firstKey();
        long last = seen.lastKey();
        return new Unsolved(
                "a size is "
                        + seen.get(first)
                        + " where "
                        + axis
                        + " is "
                        + first
                        + " and "
                        + seen.get(last)
                        + " where it is "
                        + last
                        + ", which is no multiple of "
                        + axis
                        + ", nor a sum, nor a sum divided by up to "
                        + DIVISORS);
    }
}
