package dev.vitrail.runtime;

import java.io.IOException;

/** What must be known of a format to find its rows again in a file. */
interface RowSyntax {
    /**
     * Whether a line end between two quotation marks belongs to a field instead of ending a row.
     */
    boolean quotesLineEnds();

    /** Rows before the first image. */
    int headerRows();

    /**
     * Reads a row.
     *
     * @param row the row without its line end
     * @throws IOException if it is none
     */
    Head read(String row) throws IOException;

    /**
     * What a resumed run wants to know of a row.
     *
     * @param path the image's path
     * @param failed whether it is an error
     * @param unsure whether it says that it is unsure
     */
    record Head(String path, boolean failed, boolean unsure) {}
}
