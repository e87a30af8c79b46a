package dev.vitrail.runtime;

import dev.vitrail.runtime.Prediction.RankedLabel;
import java.math.BigDecimal;
import java.util.Locale;

/** Which number of a class rows print; keys and columns are named after it. */
public enum RowScores {
    /** After softmax, under {@code probability}, with 6 decimals at most. */
    PROBABILITIES("probability") {
        @Override
        BigDecimal number(RankedLabel label) {
            return RowNumber.of(label.probability());
        }

        @Override
        double value(RankedLabel label) {
            return number(label).doubleValue();
        }

        @Override
        RankedLabel label(String name, int index, double number) {
            return new RankedLabel(name, index, number);
        }
    },
    /**
     * The model's raw output, under {@code logit}, with as many decimals as it takes to read the
     * same single-precision number back.
     */
    LOGITS("logit") {
        @Override
        BigDecimal number(RankedLabel label) {
            return RowNumber.exactly(label.logit());
        }

        @Override
        double value(RankedLabel label) {
            return label.logit();
        }

        @Override
        RankedLabel label(String name, int index, double number) {
            return new RankedLabel(name, index, Double.NaN, (float) number);
        }
    };

    private final String key;

    RowScores(String key) {
        this.key = key;
    }

    /** As a command line has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the number is called in a row. */
    String key() {
        return key;
    }

    /** The number that a row prints. */
    abstract BigDecimal number(RankedLabel label);

    /** The same number for a table, which needs no decimals: a logit as it is. */
    abstract double value(RankedLabel label);

    /** A class that was read back from a row, which has one of the two numbers. */
    abstract RankedLabel label(String name, int index, double number);
}
