package dev.vitrail.runtime;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that a run makes beside its rows: {@code NAME.part}, held by one run at a time, becomes
 * {@code NAME} when it is whole. Meanwhile {@code NAME.run} says which run it is of, so that a
 * resumed one can go on with it.
 */
final class PartFile implements AutoCloseable {
    private final Path target;
    private final Path part;
    private final String what;
    private final boolean keeps;
    private final RunFile runFile;
    private final FileChannel channel;

    private PartFile(Path target, String what, boolean keeps) {
        this.target = target;
        this.part = of(target);
        this.what = what;
        this.keeps = keeps;
        this.runFile = RunFile.of(target);
        this.channel = lock(target, part, what);
    }

    /**
     * Takes hold of the part.
     *
     * @param target the final name
     * @param what what messages call the content
     * @param overwrite whether a file of the final name may be replaced
     * @param keeps whether a run that stops can be resumed, so that the part stays
     * @throws RuntimeFailure if the file exists, cannot be written, or is held by another run
     */
    static PartFile open(Path target, String what, boolean overwrite, boolean keeps) {
        if (!overwrite && exists(target)) {
            throw new RuntimeFailure(
                    target + ": exists already; overwrite it or choose another name");
        }
        if (keeps && exists(target) && !exists(of(target)) && RunFile.of(target).exists()) {
            // It was killed when this file had its name and the rows did not have theirs yet.
            try {
                Files.move(target, of(target), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw failure(target, what, e);
            }
        }
        return new PartFile(target, what, keeps);
    }

    static Path of(Path target) {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** Opens a file that only this run is to write. */
    static FileChannel lock(Path target, Path part, String what) {
        FileChannel channel = null;
        try {
            channel =
                    FileChannel.open(
                            part,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            // Between opening and locking, the other run may have given the file its final name.
            if (channel.tryLock() == null || !Files.exists(part)) {
                throw new OverlappingFileLockException();
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel);
            throw new RuntimeFailure(target + ": another run is writing it now", e);
        } catch (IOException e) {
            closeQuietly(channel);
            throw failure(target, what, e);
        }
    }

    static RuntimeFailure failure(Path target, String what, IOException e) {
        return new RuntimeFailure(
                target + ": " + what + " cannot be written: " + FileSink.reason(e), e);
    }

    static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Every row was written by its own call, which would have failed.
            return;
        }
    }

    /**
     * Says which run the part is of from now on.
     *
     * @return whether what is there is of the same run; otherwise it is gone
     */
    boolean begin(RunIdentity run) throws IOException {
        if (channel.size() > 0 && runFile.isOf(run)) {
            return true;
        }
        channel.truncate(0);
        runFile.write(run);
        return false;
    }

    FileChannel channel() {
        return channel;
    }

    RuntimeFailure failure(IOException e) {
        return failure(target, what, e);
    }

    /** Gives the part its final name; {@link #done} says that nothing can go wrong any more. */
    void giveName() throws IOException {
        channel.force(true);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        WholeFile.forceFolder(target);
    }

    /** The run has ended, with its rows: nothing of it is to be resumed. */
    void done() {
        WholeFile.deleteQuietly(part);
        WholeFile.deleteQuietly(runFile.path());
        closeQuietly(channel);
    }

    /** Frees the file; what a stopped run has made stays only where it can be resumed. */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            if (!keeps || channel.size() == 0) {
                done();
            }
        } catch (IOException e) {
            // It stays, for a next run to resume or overwrite.
            return;
        } finally {
            closeQuietly(channel);
        }
    }
}
