package dev.vitrail.runtime;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Numbers as rows have them, never with an exponent.
 *
 * <p>Single-precision arithmetic leaves about 7 significant digits, of which the last depends on
 * which processor and batch computed it; probabilities do not repeat that noise.
 */
final class RowNumber {
    private RowNumber() {}

    /** A probability with 6 decimals at most. */
    static BigDecimal of(double probability) {
        return plain(new BigDecimal(probability).setScale(6, RoundingMode.HALF_EVEN));
    }

    /** A number whose decimals give the same float when they are read. */
    static BigDecimal exactly(float value) {
        return plain(new BigDecimal(Float.toString(value)));
    }

    private static BigDecimal plain(BigDecimal number) {
        BigDecimal stripped = number.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
