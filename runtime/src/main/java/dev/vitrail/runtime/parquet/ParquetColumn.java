package dev.vitrail.runtime.parquet;

import java.util.Objects;

/**
 * A column of a table.
 *
 * @param name what readers call it
 * @param kind what its values are
 * @param nullable whether a row may lack its value
 */
public record ParquetColumn(String name, Kind kind, boolean nullable) {
    /** What the values of a column are. */
    public enum Kind {
        /** A {@link String}, stored as UTF-8. */
        STRING(6),
        /** An {@link Integer}. */
        INT(1),
        /** A {@link Double}. */
        DOUBLE(5),
        /** A {@link Boolean}. */
        BOOLEAN(0),
        /** A {@link java.nio.FloatBuffer}: the floats from its position to its limit. */
        FLOAT_LIST(4);

        /** The number that the format gives to the type of the values, or of a list's elements. */
        final int type;

        Kind(int type) {
            this.type = type;
        }
    }

    /**
     * Refuses null.
     *
     * @param name as the component
     * @param kind as the component
     * @param nullable as the component
     */
    public ParquetColumn {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
    }

    boolean isList() {
        return kind == Kind.FLOAT_LIST;
    }
}
