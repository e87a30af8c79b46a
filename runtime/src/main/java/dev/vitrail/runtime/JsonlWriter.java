package dev.vitrail.runtime;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Rows as JSON lines; see {@link OutputFormat#JSONL}. */
final class JsonlWriter implements ResultWriter {
    // Otherwise Jackson writes an emoji as two escapes, for which "grep" finds no name.
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build();

    private final RowSink sink;
    private final ByteArrayOutputStream row = new ByteArrayOutputStream(1024);
    private boolean saysUnsure;
    private RowScores scores = RowScores.PROBABILITIES;

    JsonlWriter(RowSink sink) {
        this.sink = sink;
    }

    @Override
    public EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
        saysUnsure = run.threshold() > 0;
        scores = run.scores();
        return sink.begin(run, syntax(), earlier);
    }

    /** How rows are found again. */
    RowSyntax syntax() {
        return new Syntax(scores);
    }

    @Override
    public void write(ResultRow result) {
        row.reset();
        try (JsonGenerator json = JSON.createGenerator(row)) {
            json.writeStartObject();
            json.writeStringField("path", result.path());
            Prediction prediction = result.prediction();
            if (prediction instanceof Classified classified) {
                json.writeArrayFieldStart("predictions");
                for (RankedLabel label : classified.top()) {
                    json.writeStartObject();
                    json.writeStringField("label", label.label());
                    json.writeNumberField("index", label.index());
                    json.writeFieldName(scores.key());
                    json.writeNumber(scores.number(label));
                    json.writeEndObject();
                }
                json.writeEndArray();
                if (saysUnsure) {
                    json.writeBooleanField("unsure", result.unsure());
                }
            } else if (prediction instanceof Failed failed) {
                json.writeObjectFieldStart("error");
                json.writeStringField("code", failed.code().id());
                json.writeStringField("message", RowText.of(failed.message()));
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        sink.write(row.toByteArray());
    }

    @Override
    public void flush() {
        sink.flush();
    }

    @Override
    public void finish() {
        sink.finish();
    }

    @Override
    public void close() {
        sink.close();
    }

    private static final class Syntax implements RowSyntax {
        private final JsonMapper mapper = new JsonMapper();
        private final RowScores scores;

        Syntax(RowScores scores) {
            this.scores = scores;
        }

        @Override
        public boolean quotesLineEnds() {
            return false;
        }

        @Override
        public int headerRows() {
            return 0;
        }

        @Override
        public ResultRow read(String row) throws IOException {
            JsonNode json;
            try {
                json = mapper.readTree(row);
            } catch (JsonProcessingException e) {
                throw new IOException("a row is no JSON: " + row, e);
            }
            if (!json.path("path").isTextual()) {
                throw new IOException("a row has no path: " + row);
            }
            Prediction prediction =
                    json.has("error")
                            ? RowSyntax.failed(
                                    json.at("/error/code").asText(),
                                    json.at("/error/message").asText(),
                                    row)
                            : classified(json.path("predictions"), row);
            return new ResultRow(
                    json.get("path").textValue(), prediction, json.path("unsure").asBoolean());
        }

        private Classified classified(JsonNode predictions, String row) throws IOException {
            List<RankedLabel> top = new ArrayList<>();
            for (JsonNode label : predictions) {
                top.add(
                        scores.label(
                                label.path("label").asText(),
                                label.path("index").asInt(),
                                label.path(scores.key()).asDouble()));
            }
            if (top.isEmpty()) {
                throw new IOException("a row has no predictions and no error: " + row);
            }
            return new Classified(top);
        }
    }
}
