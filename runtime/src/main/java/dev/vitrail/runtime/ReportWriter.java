package dev.vitrail.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.imaging.Thumbnail;
import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes one HTML page of all rows, beside another writer that gets them too.
 *
 * <p>The page, a {@link ReportPage}, holds the rows as JSON, thumbnails included; its script draws
 * what is on the screen. Rows are written as they come, into {@code NAME.part}, so that memory does
 * not grow with them. A run that does not end leaves no page; one that is resumed finds the
 * thumbnails of its earlier rows in the part, each written before its row. Where they are not
 * there, as when the stopped run made no report, those rows have none.
 */
public final class ReportWriter implements ResultWriter {
    /** The longest edge of a thumbnail in pixels; {@link FolderOptions#thumbnailEdge}. */
    public static final int THUMBNAIL_EDGE = 112;

    private static final JsonMapper JSON = new JsonMapper();
    private static final int ROW_FIELDS = 5;

    private final ReportPage page =
            new ReportPage("Vitrail report", ReportWriter.class, "classified");
    private final ResultWriter rows;
    private final PartFile part;
    private final String model;
    private final List<String> labels;
    private boolean begun;
    private boolean empty = true;

    /** The part of a stopped run from the first row on that is not taken over yet, or null. */
    private InputStream earlierLines;

    private long end;

    /**
     * Begins a page.
     *
     * @param rows gets the rows; closed with this
     * @param target the page's final name
     * @param overwrite whether a file of that name may be replaced
     * @param keeps whether what a stopped run has made stays: the rows can be resumed
     * @param card the model that classifies
     * @throws RuntimeFailure if the file exists, cannot be written, or is held by another run; the
     *     rows are closed then
     */
    public ReportWriter(
            ResultWriter rows, Path target, boolean overwrite, boolean keeps, ModelCard card) {
        this.rows = rows;
        this.model = card.name();
        this.labels = card.labels();
        try {
            this.part = PartFile.open(target, "the report", overwrite, keeps);
        } catch (RuntimeFailure e) {
            rows.close();
            throw e;
        }
    }

    @Override
    public EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
        byte[] head = head(run.threshold());
        try {
            if (part.begin(run) && beginsWith(head)) {
                begun = true;
                end = head.length;
                earlierLines =
                        new BufferedInputStream(
                                Channels.newInputStream(part.channel().position(end)), 1 << 16);
            } else {
                begin(head);
            }
            EarlierRows found =
                    rows.begin(
                            run,
                            row -> {
                                take(row);
                                earlier.accept(row);
                            });
            cutEarlierLines();
            return found;
        } catch (IOException e) {
            throw part.failure(e);
        }
    }

    private boolean beginsWith(byte[] head) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(head.length);
        FileChannel channel = part.channel().position(0);
        while (start.hasRemaining() && channel.read(start) >= 0) {
            // Reads on.
        }
        return Arrays.equals(start.array(), head);
    }

    private void begin(byte[] head) throws IOException {
        begun = true;
        part.channel().truncate(0).position(0);
        print(head);
    }

    /** An earlier row, as the stopped run's page has it, thumbnail included, or else anew. */
    private void take(ResultRow row) {
        try {
            if (earlierLines != null) {
                // The line end before a row belongs to it, and so does the comma before that.
                int separator = empty ? 1 : 2;
                byte[] line = empty ? firstLine() : line();
                if (isOf(row, line)) {
                    end += separator + line.length;
                    empty = false;
                    return;
                }
                cutEarlierLines();
            }
            add(row);
        } catch (IOException e) {
            throw part.failure(e);
        }
    }

    private byte[] firstLine() throws IOException {
        line();
        return line();
    }

    /** The next line, without the comma that a further row puts behind it. */
    private byte[] line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(1 << 13);
        for (int next = earlierLines.read();
                next >= 0 && next != '\n';
                next = earlierLines.read()) {
            line.write(next);
        }
        byte[] bytes = line.toByteArray();
        boolean comma = bytes.length > 0 && bytes[bytes.length - 1] == ',';
        return comma ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
    }

    private static boolean isOf(ResultRow row, byte[] line) throws IOException {
        try {
            JsonNode json = JSON.readTree(line);
            return json.size() == ROW_FIELDS
                    && json.path(0).asText().equals(RowText.of(row.path()));
        } catch (JsonProcessingException e) {
            // Torn.
            return false;
        }
    }

    /** What is behind the rows that were taken over is torn, or of rows that are not there. */
    private void cutEarlierLines() throws IOException {
        if (earlierLines != null) {
            earlierLines = null;
            part.channel().truncate(end).position(end);
        }
    }

    @Override
    public void write(ResultRow row) {
        try {
            add(row);
        } catch (IOException e) {
            throw part.failure(e);
        }
        rows.write(row);
    }

    private byte[] head(double threshold) {
        ObjectNode head = JSON.createObjectNode();
        head.put("model", RowText.of(model));
        head.put("threshold", threshold);
        ArrayNode names = head.putArray("labels");
        labels.forEach(label -> names.add(RowText.of(label)));
        String json = ReportPage.json(head);
        return utf8(page.beforeData() + json.substring(0, json.length() - 1) + ",\"rows\":[");
    }

    /** As the script reads it: path, labels with probabilities, unsure, thumbnail, error. */
    private void add(ResultRow row) throws IOException {
        if (!begun) {
            begin(head(0));
        }
        ArrayNode json = JSON.createArrayNode().add(RowText.of(row.path()));
        if (row.prediction() instanceof Classified classified) {
            ArrayNode top = json.addArray();
            for (RankedLabel label : classified.top()) {
                top.addArray().add(label.index()).add(RowNumber.of(label.probability()));
            }
        } else {
            json.addNull();
        }
        json.add(row.unsure()).add(row.thumbnail().map(Thumbnail::base64).orElse(""));
        json.add(
                row.prediction() instanceof Failed failed
                        ? failed.code().id() + ": " + RowText.of(failed.message())
                        : "");
        print(utf8((empty ? "\n" : ",\n") + ReportPage.json(json)));
        empty = false;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void print(byte[] bytes) throws IOException {
        WholeFile.writeFully(part.channel(), ByteBuffer.wrap(bytes));
    }

    @Override
    public void flush() {
        rows.flush();
    }

    @Override
    public void finish() {
        try {
            if (!begun) {
                begin(head(0));
            }
            print(utf8("\n]}" + page.afterData()));
            part.giveName();
        } catch (IOException e) {
            throw part.failure(e);
        }
        // Last: a run whose rows are not finished can be resumed, and finds this page again.
        rows.finish();
        part.done();
    }

    @Override
    public void close() {
        part.close();
        rows.close();
    }
}
