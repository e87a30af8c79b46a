package dev.vitrail.runtime;

import java.util.function.Consumer;

/**
 * Takes the rows of a folder run, in their order, from one thread.
 *
 * <p>A run that ends is {@linkplain #finish() finished}, which gives the result its final name; one
 * that is stopped or fails is only closed, which keeps what was written so far under the name that
 * {@link OutputFormat#toFile} documents.
 */
public interface ResultWriter extends AutoCloseable {
    /**
     * Is called before the first row. A writer that resumes a stopped run says here what it found;
     * its rows are not written again.
     *
     * @param run what decides the rows
     * @param earlier is given each of the rows that are there, in order, with rounded probabilities
     * @return the rows that are there, none unless resumed
     * @throws RuntimeFailure if the rows that are there belong to another run
     */
    default EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
        return EarlierRows.NONE;
    }

    /**
     * Writes one row whole.
     *
     * @param row the row
     * @throws RuntimeFailure if it cannot be written, as on a full disk or a closed pipe; no part
     *     of the row is left in a file then
     */
    void write(ResultRow row);

    /**
     * Hands on what may be held back, so that a reader at the other end of a pipe sees it.
     *
     * @throws RuntimeFailure if that fails
     */
    void flush();

    /**
     * Says that all rows are written.
     *
     * @throws RuntimeFailure if the result cannot get its final name
     */
    void finish();

    /** Frees the file. Closing twice does nothing. */
    @Override
    void close();
}
