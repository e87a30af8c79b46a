package dev.vitrail.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Rows into {@code NAME.part}, which is renamed to {@code NAME} when all are there.
 *
 * <p>Each row is one write. A row that does not fit is cut off again, so that the file holds whole
 * rows whatever happens; after {@code kill -9} at most the last row is torn.
 */
final class FileSink implements RowSink {
    private final Path target;
    private final Path part;
    private final FileChannel channel;

    private FileSink(Path target, Path part, FileChannel channel) {
        this.target = target;
        this.part = part;
        this.channel = channel;
    }

    static FileSink open(Path target, boolean overwrite) {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        if (Files.isDirectory(target)) {
            throw new RuntimeFailure(target + ": is a folder, must be the name of a file");
        }
        if (!overwrite) {
            refuseExisting(
                    target, target + ": exists already; overwrite it or choose another name");
            refuseExisting(
                    part,
                    part
                            + ": holds what another run wrote before it stopped; overwrite it or"
                            + " choose another name");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new OverlappingFileLockException();
            }
            if (!Files.exists(part)) {
                // Between opening and locking, the other run gave it its final name.
                throw new OverlappingFileLockException();
            }
            channel.truncate(0);
            return new FileSink(target, part, channel);
        } catch (OverlappingFileLockException e) {
            closeQuietly(channel);
            throw new RuntimeFailure(target + ": another run is writing it now", e);
        } catch (IOException e) {
            closeQuietly(channel);
            throw new RuntimeFailure(target + ": results cannot be written: " + reason(e), e);
        }
    }

    private static void refuseExisting(Path file, String message) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new RuntimeFailure(message);
        }
    }

    @Override
    public void write(byte[] row) {
        ByteBuffer buffer = ByteBuffer.wrap(row);
        long start = -1;
        try {
            start = channel.position();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            cut(start, e);
            throw new RuntimeFailure(
                    target
                            + ": results cannot be written: "
                            + reason(e)
                            + "; the rows so far are in "
                            + part.getFileName(),
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

    @Override
    public void flush() {}

    @Override
    public void finish() {
        try {
            channel.force(true);
            try {
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
            }
            channel.close();
        } catch (IOException e) {
            throw new RuntimeFailure(
                    target
                            + ": the results are complete in "
                            + part.getFileName()
                            + " but cannot be given this name: "
                            + reason(e),
                    e);
        }
        forceFolder(target.toAbsolutePath().getParent());
    }

    /** So that the new name survives a power failure; not every system lets folders be opened. */
    private static void forceFolder(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows: the rename is durable without it.
            return;
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Every row was written by its own call, which would have failed.
            return;
        }
    }

    /** The file system's words for people: its exceptions often hold only a path. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "its folder does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        int colon = message.lastIndexOf(": ");
        String last = message.substring(colon < 0 ? 0 : colon + 2);
        return last.equals("No space left on device") ? "no space left on the device" : last;
    }
}
