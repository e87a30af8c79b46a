package dev.vitrail.runtime;

import java.util.function.Consumer;

/** Where the bytes of rows go; the methods' contract is {@link ResultWriter}'s. */
interface RowSink extends AutoCloseable {
    EarlierRows begin(RunIdentity run, RowSyntax syntax, Consumer<ResultRow> earlier);

    /** Whether nothing was written, so that a header is due. */
    boolean isEmpty();

    /** Writes a header, a row or both, whole or not at all. */
    void write(byte[] row);

    void flush();

    void finish();

    @Override
    void close();
}
