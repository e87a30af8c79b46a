package dev.vitrail.converter.trace;

import dev.vitrail.converter.error.ExportException;

/**
 * A size that is only known when the network runs.
 *
 * @param name its name in the ONNX file, such as {@code batch}
 * @param minimum the smallest size that the network must take; 1 unless it treats 1 differently
 * @param maximum the largest size it can take, {@link Long#MAX_VALUE} for any
 */
public record SymbolicAxis(String name, long minimum, long maximum) {

    /**
     * Checks the name and the bounds.
     *
     * @param name its name in the ONNX file, such as {@code batch}
     * @param minimum the smallest size that the network must take; 1 unless it treats 1 differently
     * @param maximum the largest size it can take, {@link Long#MAX_VALUE} for any
     */
    public SymbolicAxis {
        if (name == null || !name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw new ExportException(
                    "a symbolic axis is called \""
                            + name
                            + "\", must be a word of letters, digits and underscores");
        }
        if (minimum < 1 || maximum <= minimum) {
            throw new ExportException(
                    "symbolic axis "
                            + name
                            + ": goes from "
                            + minimum
                            + " to "
                            + maximum
                            + ", must start at 1 or more and end above its start");
        }
    }

    /**
     * Returns an axis that may have any size.
     *
     * @param name its name
     * @return the axis
     */
    public static SymbolicAxis of(String name) {
        return new SymbolicAxis(name, 1, Long.MAX_VALUE);
    }
}
