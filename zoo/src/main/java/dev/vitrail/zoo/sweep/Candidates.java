package dev.vitrail.zoo.sweep;

import dev.vitrail.zoo.config.InputException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a swept key's value may be. */
sealed interface Candidates {

    /** One of them at random, as it is written on the command line. */
    String draw(RandomGenerator random);

    /** Values that have to be possible if all are: the ends of a range, or each of a list. */
    List<String> extremes();

    /**
     * A list.
     *
     * @param values as written, one or more
     */
    record Listed(List<String> values) implements Candidates {

        /** Copies the values. */
        public Listed {
            values = List.copyOf(values);
        }

        /** Reads values between commas; those inside brackets and quotes part nothing. */
        static Listed parse(String where, String text) {
            List<String> values = new ArrayList<>();
            int start = 0;
            int depth = 0;
            boolean quoted = false;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                quoted ^= c == '"';
                if (!quoted) {
                    depth += "[{".indexOf(c) >= 0 ? 1 : "]}".indexOf(c) >= 0 ? -1 : 0;
                    if (c == ',' && depth == 0) {
                        values.add(text.substring(start, i).strip());
                        start = i + 1;
                    }
                }
            }
            values.add(text.substring(start).strip());
            if (values.contains("")) {
                throw new InputException(
                        where + ": a value is missing; values are such as 1e-4,3e-4,1e-3");
            }
            for (int i = 0; i < values.size(); i++) {
                if (values.indexOf(values.get(i)) < i) {
                    throw new InputException(where + ": " + values.get(i) + " is there twice");
                }
            }
            return new Listed(values);
        }

        @Override
        public String draw(RandomGenerator random) {
            return values.get(random.nextInt(values.size()));
        }

        @Override
        public List<String> extremes() {
            return values;
        }
    }

    /** How the numbers of a range are spread. */
    enum Scale {
        /** Every number is as likely. */
        LINEAR,
        /** Every number's logarithm is as likely. */
        LOG,
        /** Every whole number is as likely, both ends included. */
        INT
    }

    /**
     * Numbers from one to another.
     *
     * @param low the smallest
     * @param high the largest
     * @param scale how they are spread
     */
    record Range(BigDecimal low, BigDecimal high, Scale scale) implements Candidates {

        private static final Pattern FORM =
                Pattern.compile("([^,\\[{\"]+?)\\.\\.([^,:\\[{\"]+)(?::([^,:]*))?");

        /** Enough to tell values apart, few enough to read: a row's value is the trained one. */
        private static final MathContext DIGITS = new MathContext(4);

        /** Larger numbers are not exact as doubles. */
        private static final BigDecimal LARGEST_INT = BigDecimal.valueOf(1L << 53);

        private static final String FORMS = "a range is such as 1e-5..1e-2:log, 0..0.3 or 2..8:int";

        /** Whether a text is meant as a range. */
        static boolean isMeant(String text) {
            return FORM.matcher(text).matches();
        }

        static Range parse(String where, String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new InputException(where + ": is no range; " + FORMS);
            }
            BigDecimal low = number(where, matcher.group(1));
            BigDecimal high = number(where, matcher.group(2));
            Scale scale = scale(where, matcher.group(3));
            if (low.compareTo(high) >= 0) {
                throw new InputException(
                        where + ": " + low + " must be less than " + high + "; " + FORMS);
            }
            if (scale == Scale.LOG && low.signum() <= 0) {
                throw new InputException(
                        where + ": " + low + " has no logarithm, must be above 0 in a log range");
            }
            if (scale == Scale.INT) {
                requireWhole(where, low);
                requireWhole(where, high);
            }
            return new Range(low, high, scale);
        }

        private static BigDecimal number(String where, String text) {
            try {
                BigDecimal number = new BigDecimal(text.strip());
                if (Double.isFinite(number.doubleValue())) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw new InputException(where + ": " + text + " is no number; " + FORMS, e);
            }
            throw new InputException(where + ": " + text + " is too large a number");
        }

        private static Scale scale(String where, String word) {
            if (word == null) {
                return Scale.LINEAR;
            }
            return switch (word) {
                case "log" -> Scale.LOG;
                case "int" -> Scale.INT;
                default ->
                        throw new InputException(
                                where + ": \"" + word + "\" must be log or int; " + FORMS);
            };
        }

        private static void requireWhole(String where, BigDecimal end) {
            if (end.stripTrailingZeros().scale() > 0 || end.abs().compareTo(LARGEST_INT) > 0) {
                throw new InputException(
                        where + ": " + end + " must be a whole number of at most 2^53");
            }
        }

        @Override
        public String draw(RandomGenerator random) {
            return switch (scale) {
                case INT ->
                        Long.toString(
                                random.nextLong(low.longValueExact(), high.longValueExact() + 1));
                case LINEAR ->
                        written(
                                low.doubleValue()
                                        + (high.doubleValue() - low.doubleValue())
                                                * random.nextDouble());
                case LOG -> {
                    // StrictMath: the same value on every machine.
                    double from = StrictMath.log(low.doubleValue());
                    double to = StrictMath.log(high.doubleValue());
                    yield written(StrictMath.exp(from + (to - from) * random.nextDouble()));
                }
            };
        }

        private String written(double value) {
            BigDecimal rounded =
                    new BigDecimal(value).round(DIGITS).stripTrailingZeros().max(low).min(high);
            double size = Math.abs(rounded.doubleValue());
            return size == 0 || size >= 1e-3 && size < 1e6
                    ? rounded.toPlainString()
                    : rounded.toString().toLowerCase(Locale.ROOT);
        }

        @Override
        public List<String> extremes() {
            return List.of(low.toPlainString(), high.toPlainString());
        }
    }
}
