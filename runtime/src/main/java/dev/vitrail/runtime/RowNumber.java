package dev.vitrail.runtime;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Probabilities as rows have them: 6 decimals at most, never an exponent.
 *
 * <p>Single-precision arithmetic leaves about 7 significant digits, of which the last depends on
 * which processor and batch computed it; rows do not repeat that noise.
 */
final class RowNumber {
    private RowNumber() {}

    static BigDecimal of(double probability) {
        BigDecimal rounded = new BigDecimal(probability).setScale(6, RoundingMode.HALF_EVEN);
        BigDecimal stripped = rounded.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
