package dev.vitrail.runtime;

import dev.vitrail.imaging.SystemReason;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;

/**
 * Rows into {@code NAME.part}, which is renamed to {@code NAME} when all are there. Meanwhile
 * {@code NAME.run} says which run they are of.
 *
 * <p>Each row is one write. A row that does not fit is cut off again, so that the file holds whole
 * rows whatever happens; after {@code kill -9} at most the last row is torn, and resuming cuts it.
 * A run that ends before its first row leaves nothing behind.
 */
final class FileSink implements RowSink {
    private static final String WHAT = "results";

    private final Path target;
    private final Path rows;
    private final RunFile runFile;
    private final FileChannel channel;
    private final boolean resumes;
    private boolean begun;
    private RunIdentity stillListed;

    private FileSink(Path target, Path rows, FileChannel channel, boolean resumes) {
        this.target = target;
        this.rows = rows;
        this.runFile = RunFile.of(target);
        this.channel = channel;
        this.resumes = resumes;
    }

    /** Begins a result; one of that name, or a stopped run's, is refused or replaced. */
    static FileSink open(Path target, boolean overwrite) {
        refuseFolder(target);
        Path part = PartFile.of(target);
        if (!overwrite && exists(target)) {
            throw new RuntimeFailure(
                    target + ": exists already; overwrite it or choose another name");
        }
        if (!overwrite && exists(part)) {
            throw new RuntimeFailure(
                    part
                            + ": holds what another run wrote before it stopped; resume or"
                            + " overwrite it, or choose another name");
        }
        FileSink sink = lock(target, part, false);
        try {
            sink.channel.truncate(0);
            sink.runFile.delete();
            return sink;
        } catch (IOException e) {
            sink.close();
            throw PartFile.failure(target, WHAT, e);
        }
    }

    /**
     * Goes on with a stopped run's result, or begins one where there is none.
     *
     * @param rowsAreResult whether the file holds the rows in the end as it does before, so that a
     *     run can go on with a finished one
     */
    static FileSink resume(Path target, boolean rowsAreResult) {
        refuseFolder(target);
        Path part = PartFile.of(target);
        if (!exists(target) || exists(part)) {
            return lock(target, part, true);
        }
        if (RunFile.of(target).exists()) {
            // It was killed between the last row's new name and the end of its run file.
            // Of another form there is nothing to go on with, and it is made once more.
            return lock(target, rowsAreResult ? target : part, true);
        }
        throw new OtherRun(
                target
                        + ": exists already and no stopped run is beside it; overwrite it or choose"
                        + " another name");
    }

    private static FileSink lock(Path target, Path rows, boolean resumes) {
        return new FileSink(target, rows, PartFile.lock(target, rows, WHAT), resumes);
    }

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static void refuseFolder(Path target) {
        if (Files.isDirectory(target)) {
            throw new RuntimeFailure(target + ": is a folder, must be the name of a file");
        }
    }

    @Override
    public EarlierRows begin(RunIdentity run, RowSyntax syntax, Consumer<ResultRow> earlier) {
        begun = true;
        if (isFresh(run)) {
            return EarlierRows.NONE;
        }
        try {
            runFile.require(run);
            RowScanner scan = RowScanner.scan(channel, syntax, earlier::accept);
            channel.truncate(scan.end()).position(scan.end());
            return scan.rows();
        } catch (IOException e) {
            throw new RuntimeFailure(
                    target + ": cannot be resumed, its rows are damaged: " + e.getMessage(), e);
        }
    }

    /** Whether there is nothing to go on with; the run file then says that the rows are ours. */
    private boolean isFresh(RunIdentity run) {
        try {
            if (channel.size() > 0) {
                return false;
            }
            if (resumes && runFile.exists() && exists(target)) {
                runFile.require(run);
            }
            // Before the question: what is said of the files must not be older than the answer.
            stillListed = run.files().areAllFound() ? null : run;
            runFile.write(run);
            return true;
        } catch (IOException e) {
            throw PartFile.failure(target, WHAT, e);
        }
    }

    @Override
    public boolean isEmpty() {
        try {
            return channel.position() == 0;
        } catch (IOException e) {
            throw PartFile.failure(target, WHAT, e);
        }
    }

    @Override
    public void write(byte[] row) {
        if (resumes && !begun) {
            throw new IllegalStateException("begin comes before the rows of a resumed run");
        }
        ByteBuffer buffer = ByteBuffer.wrap(row);
        long start = -1;
        try {
            start = channel.position();
            WholeFile.writeFully(channel, buffer);
        } catch (IOException e) {
            cut(start, e);
            throw new RuntimeFailure(
                    target
                            + ": results cannot be written: "
                            + reason(e)
                            + "; the rows so far are in "
                            + rows.getFileName(),
                    e);
        }
    }

    private void cut(long start, IOException problem) {
        try {
            if (start >= 0 && channel.isOpen()) {
                channel.truncate(start);
            }
        } catch (IOException e) {
            problem.addSuppressed(e);
        }
    }

    /** Rows are written at once; what the run file could not say yet of the images follows. */
    @Override
    public void flush() {
        if (stillListed != null && stillListed.files().areAllFound()) {
            try {
                runFile.write(stillListed);
            } catch (IOException e) {
                throw PartFile.failure(target, WHAT, e);
            }
            stillListed = null;
        }
    }

    /** Makes a result of the rows. */
    interface Conversion {
        void convert(FileChannel rows, OutputStream result) throws IOException;
    }

    @Override
    public void finish() {
        finish(
                () -> {
                    channel.force(true);
                    Files.move(rows, target, StandardCopyOption.ATOMIC_MOVE);
                    WholeFile.forceFolder(target);
                });
    }

    /** Finishes with a result of another form; a run that is killed meanwhile can go on. */
    void finish(Conversion conversion) {
        finish(
                () -> {
                    WholeFile.write(target, whole -> convert(conversion, whole));
                    Files.delete(rows);
                });
    }

    private void convert(Conversion conversion, FileChannel whole) throws IOException {
        // Not closed: the channel is forced to the disk afterwards.
        OutputStream result = new BufferedOutputStream(Channels.newOutputStream(whole), 1 << 16);
        conversion.convert(channel, result);
        result.flush();
    }

    /** The step that gives the result its name. */
    private interface Naming {
        void run() throws IOException;
    }

    private void finish(Naming naming) {
        try {
            naming.run();
            channel.close();
            runFile.delete();
        } catch (IOException e) {
            throw new RuntimeFailure(
                    target
                            + ": the results are complete in "
                            + rows.getFileName()
                            + " but cannot be given this name: "
                            + reason(e),
                    e);
        }
    }

    @Override
    public void close() {
        try {
            // While the lock is held: afterwards the files may be another run's.
            if (channel.isOpen() && channel.size() == 0 && !rows.equals(target)) {
                WholeFile.deleteQuietly(rows);
                WholeFile.deleteQuietly(runFile.path());
            }
        } catch (IOException e) {
            // An empty file stays, which a next run can resume or overwrite.
            return;
        } finally {
            PartFile.closeQuietly(channel);
        }
    }

    /** The file system's words for people: its exceptions often hold only a path. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "its folder does not exist";
        }
        return SystemReason.of(e);
    }
}
