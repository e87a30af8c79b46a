package dev.vitrail.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/** Rows as Parquet into a stream, which has no use of a part of them. */
final class ParquetStream implements ResultWriter {
    private final RowSink sink;
    private final int topK;
    private boolean saysUnsure;
    private RowScores scores = RowScores.PROBABILITIES;
    private ResultTable table;

    ParquetStream(RowSink sink, int topK) {
        this.sink = sink;
        this.topK = topK;
    }

    @Override
    public EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
        saysUnsure = run.threshold() > 0;
        scores = run.scores();
        return EarlierRows.NONE;
    }

    @Override
    public void write(ResultRow row) {
        toMemory(() -> table().add(row));
    }

    @Override
    public void finish() {
        toMemory(() -> table().finish());
        sink.finish();
    }

    private ResultTable table() throws IOException {
        if (table == null) {
            table = new ResultTable(new Bytes(), topK, saysUnsure, scores);
        }
        return table;
    }

    /** What may throw as streams do, and does not: the sink's failures are of its own kind. */
    private interface Step {
        void run() throws IOException;
    }

    private static void toMemory(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new IllegalStateException("a sink failed as a stream does", e);
        }
    }

    @Override
    public void flush() {
        // A group of rows is written when it is whole.
        sink.flush();
    }

    @Override
    public void close() {
        sink.close();
    }

    private final class Bytes extends OutputStream {
        @Override
        public void write(int b) {
            sink.write(new byte[] {(byte) b});
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            sink.write(Arrays.copyOfRange(bytes, offset, offset + length));
        }
    }
}
