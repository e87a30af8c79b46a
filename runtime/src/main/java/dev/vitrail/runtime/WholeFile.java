package dev.vitrail.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that appear under their name only when they are whole. */
final class WholeFile {
    private WholeFile() {}

    /** What a file is to hold. */
    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes into {@code NAME.tmp}, which then replaces the file, or is deleted if that fails.
     *
     * @param file the file
     * @param content writes what it is to hold
     * @throws IOException if it cannot be written; what was there before is there still
     */
    static void write(Path file, Content content) throws IOException {
        Path whole = file.resolveSibling(file.getFileName() + ".tmp");
        FileChannel opened =
                FileChannel.open(
                        whole,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        try {
            try (FileChannel channel = opened) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            // After the move there is none.
            deleteQuietly(whole);
        }
        forceFolder(file);
    }

    /** Writes a buffer's rest, in as many calls as it takes. */
    static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** For files that are no longer wanted: what cannot be deleted stays. */
    static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Why it is not wanted is already known, and is what the user must hear of.
            return;
        }
    }

    /** So that a new name survives a power failure; not every system lets folders be opened. */
    static void forceFolder(Path file) {
        try (FileChannel channel =
                FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows: the rename is durable without it.
            return;
        }
    }
}
