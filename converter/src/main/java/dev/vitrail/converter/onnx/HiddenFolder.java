package dev.vitrail.converter.onnx;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The folder that a model lies in until it is committed: {@code .NAME.partial-…} beside its target.
 *
 * <p>A file in it is locked as long as the model is worked on. The system gives the lock up when
 * the process ends, however it ends; so the next export of that name sees which folders nobody
 * works on any more, and removes them. Not chosen: the process's number in the folder's name, which
 * is another process's in a container or on a machine that shares the folder.
 */
final class HiddenFolder {
    /** What is appended to the model's file name for the file that is locked. */
    private static final String LOCK = ".lock";

    /** For so long a folder without that file may still be getting it. */
    private static final Duration BEGINNING = Duration.ofMinutes(1);

    /**
     * Folders of this process. Closing a file anywhere in a process gives up the process's locks on
     * it, so these must not even be opened to look.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final String name;
    private final FileChannel lock;

    private HiddenFolder(Path path, String name, FileChannel lock) {
        this.path = path;
        this.name = name;
        this.lock = lock;
    }

    /** Removes what earlier exports of this name have left, and makes a new folder. */
    static HiddenFolder create(Path folder, String name) throws IOException {
        String prefix = "." + name + ".partial-";
        Path real = folder.toRealPath();
        removeAbandoned(real, prefix, name);
        while (true) {
            Path path = Files.createTempDirectory(real, prefix);
            OURS.add(path);
            try {
                Optional<FileChannel> lock = lock(path.resolve(name + LOCK));
                if (lock.isPresent()) {
                    return new HiddenFolder(path, name, lock.get());
                }
                // Another export saw the file before it was locked, and is removing the folder.
                OURS.remove(path);
            } catch (IOException e) {
                OURS.remove(path);
                remove(path, name);
                throw e;
            }
        }
    }

    private static Optional<FileChannel> lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        boolean ours;
        try {
            ours = channel.tryLock() != null && Files.exists(file);
        } catch (IOException e) {
            // The file system has no locks. Then others find none either, and touch nothing.
            ours = true;
        }
        if (ours) {
            return Optional.of(channel);
        }
        channel.close();
        return Optional.empty();
    }

    private static void removeAbandoned(Path folder, String prefix, String name)
            throws IOException {
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(
                        folder, entry -> entry.getFileName().toString().startsWith(prefix))) {
            for (Path path : found) {
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && !OURS.contains(path)) {
                    removeIfAbandoned(path, name);
                }
            }
        }
    }

    private static void removeIfAbandoned(Path path, String name) {
        try {
            Path file = path.resolve(name + LOCK);
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Instant changed = Files.getLastModifiedTime(path).toInstant();
                if (changed.plus(BEGINNING).isBefore(Instant.now())) {
                    remove(path, name);
                }
                return;
            }
            try (FileChannel channel =
                            FileChannel.open(
                                    file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                    FileLock lock = channel.tryLock()) {
                if (lock != null) {
                    remove(path, name);
                }
            }
        } catch (IOException | OverlappingFileLockException e) {
            // Somebody else's, or the system does not say: not a reason to refuse an export.
            return;
        }
    }

    /** Only what an export puts there; with anything else in it a folder stays. */
    private static void remove(Path path, String name) throws IOException {
        for (String file : List.of(name, name + PendingModel.DATA, name + LOCK)) {
            Files.deleteIfExists(path.resolve(file));
        }
        Files.deleteIfExists(path);
    }

    /** Where it is. */
    Path path() {
        return path;
    }

    /** Removes the folder and what is in it, which may be nothing any more. */
    void delete() throws IOException {
        // Before the file is deleted, which Windows refuses while it is open.
        lock.close();
        remove(path, name);
        OURS.remove(path);
    }
}
