package dev.vitrail.zoo.config;

/** The numbers that a key allows, in words and as a test. */
enum Range {
    /** A share that is never the whole. */
    SHARE("a number in [0, 1)") {
        @Override
        boolean contains(double value) {
            return value >= 0 && value < 1;
        }
    },
    /** A share that is neither nothing nor the whole. */
    PART("a number above 0 and below 1") {
        @Override
        boolean contains(double value) {
            return value > 0 && value < 1;
        }
    },
    PROBABILITY("a number in [0, 1]") {
        @Override
        boolean contains(double value) {
            return value >= 0 && value <= 1;
        }
    },
    /** What something is multiplied with again and again. */
    DECAY("a number in (0, 1]") {
        @Override
        boolean contains(double value) {
            return value > 0 && value <= 1;
        }
    },
    /** Something added so that a denominator is not 0. */
    EPSILON("a number in (0, 0.1]") {
        @Override
        boolean contains(double value) {
            return value > 0 && value <= 0.1;
        }
    },
    /** A divisor or an end of a range, also as a 32-bit float. */
    FACTOR("a number from 1e-6 to 1e6") {
        @Override
        boolean contains(double value) {
            return value >= 1e-6 && value <= 1e6;
        }
    },
    /** However large: that a training then leaves the numbers is its own message. */
    POSITIVE("a number above 0") {
        @Override
        boolean contains(double value) {
            return value > 0 && Double.isFinite(value);
        }
    },
    NOT_NEGATIVE("a number from 0 to 1e6") {
        @Override
        boolean contains(double value) {
            return value >= 0 && value <= 1e6;
        }
    },
    /** What is taken from a channel. */
    ANY("a number from -1e6 to 1e6") {
        @Override
        boolean contains(double value) {
            return value >= -1e6 && value <= 1e6;
        }
    };

    private final String words;

    Range(String words) {
        this.words = words;
    }

    /** False for what is not a number. */
    abstract boolean contains(double value);

    String words() {
        return words;
    }
}
