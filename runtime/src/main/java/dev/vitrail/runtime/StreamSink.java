package dev.vitrail.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/** Rows into a stream that somebody else opened and closes. */
final class StreamSink implements RowSink {
    private final OutputStream stream;
    private final String name;
    private boolean empty = true;

    StreamSink(OutputStream stream, String name) {
        this.stream = stream;
        this.name = name;
    }

    @Override
    public EarlierRows begin(RunIdentity run, RowSyntax syntax, Consumer<ResultRow> earlier) {
        return EarlierRows.NONE;
    }

    @Override
    public boolean isEmpty() {
        return empty;
    }

    @Override
    public void write(byte[] row) {
        empty = false;
        try {
            stream.write(row);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void flush() {
        try {
            stream.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private RuntimeFailure failure(IOException e) {
        return new RuntimeFailure(name + ": results cannot be written: " + FileSink.reason(e), e);
    }

    @Override
    public void finish() {
        flush();
    }

    @Override
    public void close() {}
}
