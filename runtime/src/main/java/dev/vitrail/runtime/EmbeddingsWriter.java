package dev.vitrail.runtime;

import dev.vitrail.runtime.parquet.ParquetColumn;
import dev.vitrail.runtime.parquet.ParquetColumn.Kind;
import dev.vitrail.runtime.parquet.ParquetFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Writes the embedding of every image, beside another writer that gets the rows.
 *
 * <ul>
 *   <li>{@code .npy}: float32 {@code [images, dim]}, row i for row i of the result; that of an
 *       image without an answer is NaN throughout.
 *   <li>{@code .parquet}: {@code path} as rows have it, and {@code embedding}, a list of {@code
 *       dim} floats, null for an image without an answer.
 * </ul>
 *
 * <p>Until the run ends, the values are in {@code NAME.part}, as NumPy has them behind room for its
 * header. Each is written before its row, so a result that goes on finds as many as it has rows,
 * and what is more is cut.
 */
public final class EmbeddingsWriter implements ResultWriter {
    private static final String WHAT = "the embeddings";
    private static final String PARQUET = ".parquet";

    private final ResultWriter rows;
    private final ImageFiles files;
    private final Path target;
    private final int size;
    private final PartFile part;
    private final ByteBuffer buffer;
    private boolean begun;

    /**
     * Begins a file.
     *
     * @param rows gets the rows; closed with this
     * @param files the images of the run
     * @param target the final name, which ends in {@code .npy} or {@code .parquet}
     * @param overwrite whether a file of that name may be replaced
     * @param keeps whether what a stopped run has made stays: the rows can be resumed
     * @param classifier the model, which must give embeddings
     * @throws RuntimeFailure if the model gives none, or the file exists, cannot be written, or is
     *     held by another run; the rows are closed then
     */
    public EmbeddingsWriter(
            ResultWriter rows,
            ImageFiles files,
            Path target,
            boolean overwrite,
            boolean keeps,
            Classifier classifier) {
        this.rows = rows;
        this.files = files;
        this.target = target;
        try {
            requireName(target);
            this.size = classifier.requireEmbeddings();
            this.part = PartFile.open(target, WHAT, overwrite, keeps);
        } catch (RuntimeFailure e) {
            rows.close();
            throw e;
        }
        this.buffer = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Refuses names of which no format is known.
     *
     * @param target a file's name
     * @throws RuntimeFailure unless it ends in {@code .npy} or {@code .parquet}, in any case
     */
    public static void requireName(Path target) {
        if (!hasEnding(target, ".npy") && !hasEnding(target, PARQUET)) {
            throw new RuntimeFailure(target + ": must end in .npy or .parquet");
        }
    }

    private static boolean hasEnding(Path target, String ending) {
        return target.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }

    @Override
    public EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
        EarlierRows found = rows.begin(run, earlier);
        try {
            boolean goesOn = part.begin(run);
            if (found.rows() > 0 && !(goesOn && part.channel().size() >= end(found.rows()))) {
                throw new RuntimeFailure(
                        target
                                + ": cannot be resumed, the embeddings of the "
                                + found.rows()
                                + " rows so far are not there; leave it out, or overwrite the"
                                + " result");
            }
            startAt(found.rows());
        } catch (IOException e) {
            throw part.failure(e);
        }
        return found;
    }

    private void startAt(int row) throws IOException {
        begun = true;
        // Room for the header, which tells the number of rows and so comes last.
        part.channel().truncate(end(row)).position(end(row));
    }

    private void writeHeader(long count) throws IOException {
        part.channel().position(0);
        WholeFile.writeFully(
                part.channel(),
                ByteBuffer.wrap(NpyWriter.streamHeader(List.of(count, (long) size))));
    }

    private long end(long row) {
        return NpyWriter.STREAM_HEADER + row * size * Float.BYTES;
    }

    @Override
    public void write(ResultRow row) {
        try {
            if (!begun) {
                startAt(0);
            }
            long start = part.channel().position();
            try {
                WholeFile.writeFully(part.channel(), bytes(row));
            } catch (IOException e) {
                part.channel().truncate(start);
                throw e;
            }
        } catch (IOException e) {
            throw part.failure(e);
        }
        rows.write(row);
    }

    private ByteBuffer bytes(ResultRow row) {
        buffer.clear();
        FloatBuffer floats = buffer.asFloatBuffer();
        if (row.embedding().isPresent()) {
            floats.put(row.embedding().get().duplicate());
        } else {
            while (floats.hasRemaining()) {
                floats.put(Float.NaN);
            }
        }
        return buffer;
    }

    @Override
    public void flush() {
        rows.flush();
    }

    @Override
    public void finish() {
        try {
            if (!begun) {
                startAt(0);
            }
            writeHeader((part.channel().position() - end(0)) / (size * Float.BYTES));
            if (hasEnding(target, PARQUET)) {
                WholeFile.write(target, this::writeTable);
            } else {
                part.giveName();
            }
        } catch (IOException e) {
            throw part.failure(e);
        }
        // Last, since without rows that can be resumed these values could not be either.
        rows.finish();
        part.done();
    }

    private void writeTable(FileChannel whole) throws IOException {
        // Not closed: the channel is forced to the disk afterwards.
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(whole), 1 << 16);
        ParquetFile table =
                new ParquetFile(
                        out,
                        List.of(
                                new ParquetColumn("path", Kind.STRING, false),
                                new ParquetColumn("embedding", Kind.FLOAT_LIST, true)));
        FileChannel values = part.channel();
        for (int row = 0; end(row) < values.size(); row++) {
            read(values, end(row));
            FloatBuffer floats = buffer.asFloatBuffer();
            table.add(Arrays.asList(files.name(row), Float.isNaN(floats.get(0)) ? null : floats));
        }
        table.finish();
        out.flush();
    }

    private void read(FileChannel values, long position) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
            if (values.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("it ends early");
            }
        }
        buffer.flip();
    }

    @Override
    public void close() {
        part.close();
        rows.close();
    }
}
