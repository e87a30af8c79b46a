package dev.vitrail.runtime;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;

/**
 * Rows into a file of Parquet, whose footer comes last, so that one cannot be gone on with: until
 * the run is finished they are JSON lines, of which the file is then made at once.
 */
final class ParquetWriter implements ResultWriter {
    private final FileSink sink;
    private final JsonlWriter rows;
    private final int topK;
    private boolean saysUnsure;
    private RowScores scores = RowScores.PROBABILITIES;

    ParquetWriter(FileSink sink, int topK) {
        this.sink = sink;
        this.rows = new JsonlWriter(sink);
        this.topK = topK;
    }

    @Override
    public EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
        saysUnsure = run.threshold() > 0;
        scores = run.scores();
        return rows.begin(run, earlier);
    }

    @Override
    public void write(ResultRow row) {
        rows.write(row);
    }

    @Override
    public void flush() {
        rows.flush();
    }

    @Override
    public void finish() {
        sink.finish(this::convert);
    }

    private void convert(FileChannel lines, OutputStream result) throws IOException {
        ResultTable table = new ResultTable(result, topK, saysUnsure, scores);
        RowScanner.scan(lines, rows.syntax(), table::add);
        table.finish();
    }

    @Override
    public void close() {
        rows.close();
    }
}
