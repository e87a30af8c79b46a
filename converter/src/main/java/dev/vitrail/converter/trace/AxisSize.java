package dev.vitrail.converter.trace;

/**
 * A whole number that follows one symbolic axis: {@code floor((multiplier × size + offset) /
 * divisor)}. A class token before a sequence gives {@code sequence+1}, a convolution of stride 2
 * {@code floor((height-1)/2)}.
 *
 * @param axis name of the axis
 * @param multiplier how often its size counts, at least 1
 * @param offset what is added
 * @param divisor what the sum is divided by, rounded down; at least 1
 */
public record AxisSize(String axis, long multiplier, long offset, long divisor)
        implements Comparable<AxisSize> {

    /**
     * Checks the numbers.
     *
     * @param axis name of the axis
     * @param multiplier how often its size counts, at least 1
     * @param offset what is added
     * @param divisor what the sum is divided by, rounded down; at least 1
     */
    public AxisSize {
        if (multiplier < 1 || divisor < 1) {
            throw new IllegalArgumentException(
                    "a size of " + multiplier + " times " + axis + " by " + divisor);
        }
    }

    /**
     * Returns the size of an axis as it is.
     *
     * @param axis name of the axis
     * @return once that axis
     */
    public static AxisSize of(String axis) {
        return new AxisSize(axis, 1, 0, 1);
    }

    /**
     * Returns whether this is the axis's size itself.
     *
     * @return whether nothing is multiplied, added or divided
     */
    public boolean isPlain() {
        return multiplier == 1 && offset == 0 && divisor == 1;
    }

    /**
     * Returns the number for a given size.
     *
     * @param size the size of the axis
     * @return the number
     */
    public long at(long size) {
        return Math.floorDiv(Math.addExact(Math.multiplyExact(multiplier, size), offset), divisor);
    }

    @Override
    public int compareTo(AxisSize other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        String product = multiplier == 1 ? axis : multiplier + "*" + axis;
        String sum = offset == 0 ? product : product + (offset < 0 ? "" : "+") + offset;
        if (divisor == 1) {
            return sum;
        }
        return "floor(" + (offset == 0 ? sum : "(" + sum + ")") + "/" + divisor + ")";
    }

    /** As a part of a product, where a sum needs brackets. */
    String factorText() {
        return isPlain() || divisor != 1 ? toString() : "(" + this + ")";
    }
}
