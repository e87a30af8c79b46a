package dev.vitrail.runtime;

import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Rows as comma-separated values; see {@link OutputFormat#CSV}. */
final class CsvWriter implements ResultWriter {
    private final RowSink sink;
    private final int topK;
    private boolean saysUnsure;
    private RowScores scores = RowScores.PROBABILITIES;

    CsvWriter(RowSink sink, int topK) {
        this.sink = sink;
        this.topK = topK;
    }

    @Override
    public EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
        saysUnsure = run.threshold() > 0;
        scores = run.scores();
        return sink.begin(run, new Syntax(), earlier);
    }

    @Override
    public void write(ResultRow row) {
        List<String> fields = new ArrayList<>();
        fields.add(row.path());
        if (row.prediction() instanceof Classified classified) {
            for (RankedLabel label : classified.top()) {
                fields.add(label.label());
                fields.add(Integer.toString(label.index()));
                fields.add(scores.number(label).toPlainString());
            }
        }
        while (fields.size() < 1 + 3 * topK) {
            fields.add("");
        }
        if (row.prediction() instanceof Failed failed) {
            fields.add(failed.code().id());
            fields.add(RowText.of(failed.message()));
        } else {
            fields.addAll(List.of("", ""));
        }
        if (saysUnsure) {
            boolean classified = row.prediction() instanceof Classified;
            fields.add(classified ? Boolean.toString(row.unsure()) : "");
        }
        // One write, so that no header is left where the first row does not fit.
        write(sink.isEmpty() ? line(header()) + line(fields) : line(fields));
    }

    private List<String> header() {
        List<String> header = new ArrayList<>();
        header.add("path");
        for (int rank = 1; rank <= topK; rank++) {
            header.addAll(List.of("label_" + rank, "index_" + rank, scores.key() + "_" + rank));
        }
        header.addAll(List.of("error_code", "error_message"));
        if (saysUnsure) {
            header.add("unsure");
        }
        return header;
    }

    private static String line(List<String> fields) {
        return fields.stream().map(CsvWriter::quoted).collect(Collectors.joining(",", "", "\r\n"));
    }

    private void write(String lines) {
        sink.write(lines.getBytes(StandardCharsets.UTF_8));
    }

    private static String quoted(String field) {
        boolean plain =
                field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        // A space at an edge is significant in RFC 4180, but many readers strip it unless quoted.
        return plain && field.equals(field.strip())
                ? field
                : '"' + field.replace("\"", "\"\"") + '"';
    }

    @Override
    public void flush() {
        sink.flush();
    }

    @Override
    public void finish() {
        if (sink.isEmpty()) {
            write(line(header()));
        }
        sink.finish();
    }

    @Override
    public void close() {
        sink.close();
    }

    private final class Syntax implements RowSyntax {
        @Override
        public boolean quotesLineEnds() {
            return true;
        }

        @Override
        public int headerRows() {
            return 1;
        }

        @Override
        public ResultRow read(String row) throws IOException {
            List<String> fields = fields(row);
            if (fields.size() != 1 + 3 * topK + 2 + (saysUnsure ? 1 : 0)) {
                throw new IOException("a row has " + fields.size() + " fields: " + row);
            }
            String code = fields.get(1 + 3 * topK);
            Prediction prediction =
                    code.isEmpty()
                            ? classified(fields, row)
                            : RowSyntax.failed(code, fields.get(2 + 3 * topK), row);
            boolean unsure = saysUnsure && Boolean.parseBoolean(fields.get(fields.size() - 1));
            return new ResultRow(fields.get(0), prediction, unsure);
        }

        private Classified classified(List<String> fields, String row) throws IOException {
            List<RankedLabel> top = new ArrayList<>();
            try {
                for (int at = 1; at < 1 + 3 * topK && !fields.get(at + 1).isEmpty(); at += 3) {
                    int index = Integer.parseInt(fields.get(at + 1));
                    double number = Double.parseDouble(fields.get(at + 2));
                    top.add(scores.label(fields.get(at), index, number));
                }
                return new Classified(top);
            } catch (IllegalArgumentException e) {
                throw new IOException("a row has no class where one must be: " + row, e);
            }
        }

        private static List<String> fields(String row) {
            List<String> fields = new ArrayList<>();
            StringBuilder field = new StringBuilder();
            boolean quoted = false;
            for (int i = 0; i < row.length(); i++) {
                char c = row.charAt(i);
                if (c == '"') {
                    // The second of a doubled pair opens the quotes again and stands for itself.
                    if (!quoted && i > 0 && row.charAt(i - 1) == '"') {
                        field.append(c);
                    }
                    quoted = !quoted;
                } else if (c == ',' && !quoted) {
                    fields.add(field.toString());
                    field.setLength(0);
                } else {
                    field.append(c);
                }
            }
            fields.add(field.toString());
            return fields;
        }
    }
}
