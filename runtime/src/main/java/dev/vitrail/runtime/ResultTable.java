package dev.vitrail.runtime;

import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import dev.vitrail.runtime.parquet.ParquetColumn;
import dev.vitrail.runtime.parquet.ParquetColumn.Kind;
import dev.vitrail.runtime.parquet.ParquetFile;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Rows as a table of Parquet; see {@link OutputFormat#PARQUET}. */
final class ResultTable {
    private final ParquetFile file;
    private final int topK;
    private final boolean saysUnsure;
    private final RowScores scores;

    ResultTable(OutputStream out, int topK, boolean saysUnsure, RowScores scores)
            throws IOException {
        this.file = new ParquetFile(out, columns(topK, saysUnsure, scores));
        this.topK = topK;
        this.saysUnsure = saysUnsure;
        this.scores = scores;
    }

    private static List<ParquetColumn> columns(int topK, boolean saysUnsure, RowScores scores) {
        List<ParquetColumn> columns = new ArrayList<>();
        columns.add(new ParquetColumn("path", Kind.STRING, false));
        for (int rank = 1; rank <= topK; rank++) {
            columns.add(new ParquetColumn("label_" + rank, Kind.STRING, true));
            columns.add(new ParquetColumn("index_" + rank, Kind.INT, true));
            columns.add(new ParquetColumn(scores.key() + "_" + rank, Kind.DOUBLE, true));
        }
        columns.add(new ParquetColumn("error_code", Kind.STRING, true));
        columns.add(new ParquetColumn("error_message", Kind.STRING, true));
        if (saysUnsure) {
            columns.add(new ParquetColumn("unsure", Kind.BOOLEAN, true));
        }
        return columns;
    }

    void add(ResultRow row) throws IOException {
        List<Object> values = new ArrayList<>();
        values.add(row.path());
        if (row.prediction() instanceof Classified classified) {
            for (RankedLabel label : classified.top()) {
                values.add(label.label());
                values.add(label.index());
                values.add(scores.value(label));
            }
        }
        while (values.size() < 1 + 3 * topK) {
            values.add(null);
        }
        Failed failed = row.prediction() instanceof Failed failure ? failure : null;
        values.add(failed == null ? null : failed.code().id());
        values.add(failed == null ? null : RowText.of(failed.message()));
        if (saysUnsure) {
            values.add(failed == null ? row.unsure() : null);
        }
        file.add(values);
    }

    void finish() throws IOException {
        file.finish();
    }
}
