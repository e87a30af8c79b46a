package dev.vitrail.zoo.weights;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The text of an npy header: a Python dictionary of three entries, of which only the literals that
 * NumPy writes are understood. Nothing is evaluated.
 *
 * @param descr the element type, such as {@code <f4}
 * @param fortranOrder whether the first axis is the fastest
 * @param shape sizes of the axes
 */
record NpyLiteral(String descr, boolean fortranOrder, long[] shape) {

    /**
     * Parses a header's text.
     *
     * @param refusal makes an exception of a problem
     */
    static NpyLiteral parse(String text, Function<String, WeightsException> refusal) {
        return new Parser(text, refusal).parse();
    }

    private static final class Parser {

        private final String text;
        private final Function<String, WeightsException> refusal;
        private int at;

        Parser(String text, Function<String, WeightsException> refusal) {
            this.text = text;
            this.refusal = refusal;
        }

        NpyLiteral parse() {
            String descr = null;
            Boolean fortranOrder = null;
            long[] shape = null;
            Set<String> keys = new HashSet<>();
            require('{');
            while (!accept('}')) {
                String key = string();
                if (!keys.add(key)) {
                    throw refusal.apply("has " + Quoted.of(key) + " twice in its header");
                }
                require(':');
                switch (key) {
                    case "descr" -> descr = type();
                    case "fortran_order" -> fortranOrder = truth();
                    case "shape" -> shape = tuple();
                    default ->
                            throw refusal.apply(
                                    "has "
                                            + Quoted.of(key)
                                            + " in its header, which"
                                            + " npy does not know");
                }
                if (!accept(',')) {
                    require('}');
                    break;
                }
            }
            skipSpace();
            if (at < text.length()) {
                throw unexpected("the end");
            }
            if (descr == null || fortranOrder == null || shape == null) {
                throw refusal.apply("must have descr, fortran_order and shape in its header");
            }
            return new NpyLiteral(descr, fortranOrder, shape);
        }

        private String type() {
            skipSpace();
            if (at < text.length() && "[(".indexOf(text.charAt(at)) >= 0) {
                throw refusal.apply("is an array of records, must be one of numbers");
            }
            return string();
        }

        private String string() {
            skipSpace();
            char quote = at < text.length() ? text.charAt(at) : 0;
            if (quote != '\'' && quote != '"') {
                throw unexpected("a string");
            }
            int end = text.indexOf(quote, at + 1);
            if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
                throw unexpected("a string without escapes");
            }
            String string = text.substring(at + 1, end);
            at = end + 1;
            return string;
        }

        private boolean truth() {
            skipSpace();
            for (boolean value : new boolean[] {true, false}) {
                String word = value ? "True" : "False";
                if (text.startsWith(word, at)) {
                    at += word.length();
                    return value;
                }
            }
            throw unexpected("True or False");
        }

        /** One element needs its comma, or it is no tuple in Python either. */
        private long[] tuple() {
            List<Long> sizes = new ArrayList<>();
            require('(');
            boolean comma = true;
            while (!accept(')')) {
                if (!comma) {
                    throw unexpected("a comma");
                }
                if (sizes.size() == SafetensorsHeader.MAXIMUM_RANK) {
                    throw refusal.apply(
                            "has more than " + SafetensorsHeader.MAXIMUM_RANK + " axes");
                }
                sizes.add(integer());
                comma = accept(',');
            }
            if (sizes.size() == 1 && !comma) {
                throw refusal.apply("has a shape that is no tuple: one size needs a comma");
            }
            return sizes.stream().mapToLong(Long::longValue).toArray();
        }

        private long integer() {
            skipSpace();
            int begin = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            String digits = text.substring(begin, at);
            if (digits.isEmpty() || digits.length() > 1 && digits.startsWith("0")) {
                at = begin;
                throw unexpected("a size, an integer from 0");
            }
            if (at < text.length() && text.charAt(at) == 'L') {
                at++; // a long of Python 2
            }
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException e) {
                throw refusal.apply("has a size of " + Quoted.plain(digits) + ", above 2^63-1");
            }
        }

        private boolean accept(char wanted) {
            skipSpace();
            boolean found = at < text.length() && text.charAt(at) == wanted;
            at += found ? 1 : 0;
            return found;
        }

        private void require(char wanted) {
            if (!accept(wanted)) {
                throw unexpected("'" + wanted + "'");
            }
        }

        private void skipSpace() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        private WeightsException unexpected(String wanted) {
            String found =
                    at < text.length()
                            ? Quoted.of(text.substring(at, Math.min(text.length(), at + 12)))
                            : "the end";
            return refusal.apply(
                    String.format(
                            "has %s at character %d of its header, must be %s", found, at, wanted));
        }
    }
}
