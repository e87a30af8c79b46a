package dev.vitrail.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.imaging.Thumbnail;
import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes one HTML page of all rows, beside another writer that gets them too.
 *
 * <p>The page holds the rows as JSON, thumbnails included, between {@code report-head.html} and
 * {@code report-tail.html}, whose script draws what is on the screen. It loads nothing, and its
 * content security policy forbids it to. Rows are written as they come, into {@code NAME.part}, so
 * that memory does not grow with them; a run that does not end leaves no page.
 *
 * <p>Texts of strangers, such as paths, reach the page as JSON without any {@code <}, so that none
 * can end the script's element, and the script makes text nodes of them.
 */
public final class ReportWriter implements ResultWriter {
    /** The longest edge of a thumbnail in pixels; {@link FolderOptions#thumbnailEdge}. */
    public static final int THUMBNAIL_EDGE = 112;

    private static final JsonMapper JSON = new JsonMapper();

    private final ResultWriter rows;
    private final Path target;
    private final Path part;
    private final String model;
    private final List<String> labels;
    private final OutputStream page;
    private boolean begun;
    private boolean empty = true;
    private boolean finished;
    private boolean closed;

    /**
     * Begins a page.
     *
     * @param rows gets the rows; closed with this
     * @param target the page's final name
     * @param overwrite whether a file of that name may be replaced
     * @param card the model that classifies
     * @throws RuntimeFailure if the file exists or cannot be written; the rows are closed then
     */
    public ReportWriter(ResultWriter rows, Path target, boolean overwrite, ModelCard card) {
        this.rows = rows;
        this.target = target;
        this.part = target.resolveSibling(target.getFileName() + ".part");
        this.model = card.name();
        this.labels = card.labels();
        if (!overwrite && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            rows.close();
            throw new RuntimeFailure(
                    target + ": exists already; overwrite it or choose another name");
        }
        try {
            this.page = new BufferedOutputStream(lockedPart(), 1 << 16);
        } catch (OverlappingFileLockException e) {
            rows.close();
            throw new RuntimeFailure(target + ": another run is writing it now", e);
        } catch (IOException e) {
            rows.close();
            throw failure(e);
        }
    }

    private OutputStream lockedPart() throws IOException {
        FileChannel channel =
                FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            // Between opening and locking, the other run may have given the page its final name.
            if (channel.tryLock() == null || !Files.exists(part)) {
                throw new OverlappingFileLockException();
            }
            channel.truncate(0);
            return Channels.newOutputStream(channel);
        } catch (IOException | OverlappingFileLockException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
        head(run.threshold());
        return rows.begin(
                run,
                row -> {
                    add(row);
                    earlier.accept(row);
                });
    }

    @Override
    public void write(ResultRow row) {
        add(row);
        rows.write(row);
    }

    private void head(double threshold) {
        begun = true;
        ObjectNode head = JSON.createObjectNode();
        head.put("model", RowText.of(model));
        head.put("threshold", threshold);
        ArrayNode names = head.putArray("labels");
        labels.forEach(label -> names.add(RowText.of(label)));
        resource("report-head.html");
        String json = json(head);
        print(json.substring(0, json.length() - 1) + ",\"rows\":[");
    }

    /** As the script reads it: path, labels with probabilities, unsure, thumbnail, error. */
    private void add(ResultRow row) {
        if (!begun) {
            head(0);
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
        print((empty ? "\n" : ",\n") + json(json));
        empty = false;
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
    }

    private void resource(String name) {
        try (InputStream bytes = ReportWriter.class.getResourceAsStream(name)) {
            bytes.transferTo(page);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void print(String text) {
        try {
            page.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private RuntimeFailure failure(IOException e) {
        return new RuntimeFailure(
                target + ": the report cannot be written: " + FileSink.reason(e), e);
    }

    @Override
    public void flush() {
        rows.flush();
    }

    @Override
    public void finish() {
        if (!begun) {
            head(0);
        }
        print("\n]}\n");
        resource("report-tail.html");
        try {
            page.flush();
            // The rows first: without them the run is not done, and there is no page of it.
            rows.finish();
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            finished = true;
            page.close();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        try {
            if (!closed && !finished) {
                // While it is locked: afterwards it may be another run's.
                WholeFile.deleteQuietly(part);
            }
            closed = true;
            page.close();
        } catch (IOException e) {
            // It is deleted: no page was to be.
            return;
        } finally {
            rows.close();
        }
    }
}
