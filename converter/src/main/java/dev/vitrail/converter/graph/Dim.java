package dev.vitrail.converter.graph;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One extent of a shape: a number, a named size that is known only when the model runs, or nothing
 * known at all.
 */
public sealed interface Dim {

    /** The name of the batch axis in every graph that has one. */
    String BATCH = "batch";

    /**
     * An extent that never changes.
     *
     * @param size the extent, at least 0
     */
    record Fixed(long size) implements Dim {
        /**
         * Checks that the parts fit.
         *
         * @param size as the component
         */
        public Fixed {
            if (size < 0) {
                throw new IllegalArgumentException("a dimension of " + size + " is negative");
            }
        }

        @Override
        public String text() {
            return Long.toString(size);
        }
    }

    /**
     * A whole multiple of a size that is known only when the model runs, such as {@code 64*batch}
     * where windows are folded into the batch.
     *
     * <p>Two symbols with the same name stand for the same number within one graph. What is not a
     * multiple is spelled in the name ({@code sequence+1}, {@code batch*sequence}): only equality
     * of such names is ever asked for.
     *
     * @param name the name of the size, as {@code dim_param} in the file
     * @param factor how many of it, at least 1
     */
    record Symbol(String name, long factor) implements Dim {
        private static final Pattern SCALED = Pattern.compile("(\\d+)\\*(.+)");

        /**
         * Checks that the parts fit.
         *
         * @param name as the component
         * @param factor as the component
         */
        public Symbol {
            if (name.isBlank() || SCALED.matcher(name).matches()) {
                throw new IllegalArgumentException("\"" + name + "\" is no name of a dimension");
            }
            if (factor < 1) {
                throw new IllegalArgumentException(
                        "the dimension " + name + " has the factor " + factor + ", not 1 or more");
            }
        }

        @Override
        public String text() {
            return factor == 1 ? name : factor + "*" + name;
        }
    }

    /** An extent of which nothing is said. Only graphs of other tools have it. */
    record Unknown() implements Dim {
        @Override
        public String text() {
            return "?";
        }
    }

    /**
     * An extent that never changes.
     *
     * @param size the extent, at least 0
     * @return the dimension
     */
    static Dim fixed(long size) {
        return new Fixed(size);
    }

    /**
     * The batch itself.
     *
     * @return the symbol {@code batch} with factor 1
     */
    static Dim batch() {
        return new Symbol(BATCH, 1);
    }

    /**
     * A named size.
     *
     * @param name its name
     * @return the symbol with factor 1
     */
    static Dim symbol(String name) {
        return new Symbol(name, 1);
    }

    /**
     * Reads what {@link #text()} wrote.
     *
     * @param text a number, a name, a number and a name with a star between, or a question mark
     * @return the dimension
     * @throws IllegalArgumentException if the text is none of these
     */
    static Dim ofText(String text) {
        if (text.equals("?")) {
            return new Unknown();
        }
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return new Fixed(Long.parseLong(text));
        }
        Matcher scaled = Symbol.SCALED.matcher(text);
        return scaled.matches()
                ? new Symbol(scaled.group(2), Long.parseLong(scaled.group(1)))
                : new Symbol(text, 1);
    }

    /**
     * The dimension as text, as it also stands in the file's {@code dim_param}.
     *
     * @return for example {@code 224}, {@code batch}, {@code 64*batch} or {@code ?}
     */
    String text();

    /**
     * Whether the extent is a number.
     *
     * @return true for {@link Fixed}
     */
    default boolean isFixed() {
        return this instanceof Fixed;
    }

    /**
     * Whether this and another dimension are surely the same extent whenever the model runs.
     *
     * @param other the other dimension
     * @return true if both are the same number or the same multiple of the same symbol
     */
    default boolean surelyEquals(Dim other) {
        return !(this instanceof Unknown) && equals(other);
    }
}
