package dev.vitrail.runtime;

import dev.vitrail.runtime.Prediction.Failed;
import java.io.IOException;
import java.util.Locale;

/** What must be known of a format to find its rows again in a file. */
interface RowSyntax {
    /**
     * Whether a line end between two quotation marks belongs to a field instead of ending a row.
     */
    boolean quotesLineEnds();

    /** Rows before the first image. */
    int headerRows();

    /**
     * Reads a row back as it was written, its probabilities rounded.
     *
     * @param row the row without its line end
     * @throws IOException if it is none
     */
    ResultRow read(String row) throws IOException;

    /** The failure that a row tells of. */
    static Failed failed(String code, String message, String row) throws IOException {
        try {
            return new Failed(FailureCode.valueOf(code.toUpperCase(Locale.ROOT)), message);
        } catch (IllegalArgumentException e) {
            throw new IOException("a row has an unknown error: " + row, e);
        }
    }
}
