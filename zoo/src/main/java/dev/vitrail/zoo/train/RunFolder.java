package dev.vitrail.zoo.train;

import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.ModelConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The folder that a training writes to, for as long as it runs: no other training can have it.
 * Nothing that is in it changes before {@link #start}; if that is never reached, the folder is left
 * as it was found.
 */
final class RunFolder implements AutoCloseable {

    /** Locked while a training runs; a lock ends with its process, however that ends. */
    static final String LOCK = ".lock";

    /**
     * Folders of this process's trainings. The system's locks are between processes, and closing
     * the file anywhere in a process gives up its lock: here it must not even be opened twice.
     */
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path real;
    private final List<Path> created;
    private final FileChannel lock;
    private boolean started;

    private RunFolder(Path folder, Path real, List<Path> created, FileChannel lock) {
        this.folder = folder;
        this.real = real;
        this.created = created;
        this.lock = lock;
    }

    /**
     * Takes a folder, which also proves that it can be written to.
     *
     * @param folder may exist if it is empty
     * @param replace whether it may also hold an earlier run
     * @return the folder, to be closed when the training is over
     * @throws ZooException if the folder is in use, holds something or cannot be written to
     */
    static RunFolder take(Path folder, boolean replace) {
        List<Path> created = missing(folder);
        try {
            Files.createDirectories(folder);
            Path real = folder.toRealPath();
            if (!IN_USE.add(real)) {
                throw inUse(folder);
            }
            try {
                if (!replace) {
                    refuseContents(folder);
                }
                return new RunFolder(folder, real, created, lock(folder));
            } catch (IOException | RuntimeException e) {
                IN_USE.remove(real);
                throw e;
            }
        } catch (FileAlreadyExistsException e) {
            throw new ZooException(folder + ": is a file; a run needs a folder", e);
        } catch (IOException e) {
            deleteEmpty(created);
            throw unwritable(folder, e);
        }
    }

    /**
     * Takes the folder of a run whose training is to go on.
     *
     * @param folder of a run
     * @return the folder, to be closed when the training is over
     * @throws ZooException if the folder is no run, in use or cannot be written to
     */
    static RunFolder resume(Path folder) {
        Run.open(folder);
        RunFolder taken = take(folder, true);
        taken.started = true;
        try {
            Run.deleteUnfinished(folder);
            return taken;
        } catch (IOException e) {
            taken.close();
            throw unwritable(folder, e);
        }
    }

    /** The run that is in it. */
    Run run() {
        return Run.open(folder);
    }

    /** The folder and those above it that do not exist, the lowest first. */
    private static List<Path> missing(Path folder) {
        List<Path> missing = new ArrayList<>();
        Path path = folder.toAbsolutePath();
        while (path != null && Files.notExists(path)) {
            missing.add(path);
            path = path.getParent();
        }
        return missing;
    }

    private static FileChannel lock(Path folder) throws IOException {
        Path file = folder.resolve(LOCK);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            // Whoever had the lock before may have removed the file since it was opened here.
            if (lock == null || Files.notExists(file)) {
                throw inUse(folder);
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse(folder);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static ZooException inUse(Path folder) {
        return new ZooException(
                folder + ": another training is writing to it; choose another output folder");
    }

    private static ZooException unwritable(Path folder, IOException cause) {
        return new ZooException(
                folder
                        + ": cannot be written to ("
                        + ZooException.reason(cause)
                        + "); choose another output folder",
                cause);
    }

    private static void refuseContents(Path folder) throws IOException {
        for (String name : Run.FILES) {
            if (Files.exists(folder.resolve(name))) {
                throw new ZooException(
                        folder
                                + ": already holds a run ("
                                + name
                                + "); choose another output folder, or say that it may be"
                                + " replaced");
            }
        }
        List<Path> unfinished = Run.unfinished(folder);
        try (Stream<Path> entries = Files.list(folder)) {
            entries.filter(entry -> !entry.endsWith(LOCK) && !unfinished.contains(entry))
                    .findFirst()
                    .ifPresent(
                            entry -> {
                                throw new ZooException(
                                        folder
                                                + ": is not empty (it holds "
                                                + entry.getFileName()
                                                + "); a run needs a new or empty folder");
                            });
        }
    }

    /**
     * Begins the run: deletes the files of an earlier one and writes the config.
     *
     * @param config with the labels of the data
     * @return the run, without weights yet
     * @throws ZooException if the folder can no longer be written to
     */
    Run start(ModelConfig config) {
        started = true;
        try {
            return Run.create(folder, config);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /**
     * Replaces what is there by a run of weights that lie in the folder already.
     *
     * @param weights under a name that no file of a run has
     * @param provenance what is known of them
     * @return the run
     * @throws ZooException if the folder can no longer be written to
     */
    Run start(ModelConfig config, Path weights, String provenance) {
        started = true;
        try {
            return Run.create(folder, config, weights, provenance);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /** Deletes the files of the run that is in it. */
    void clear() throws IOException {
        Run.clear(folder);
    }

    /** Gives the folder back; one that was made for a run that never began is removed. */
    @Override
    public void close() {
        try (FileChannel held = lock) {
            // The file goes before the lock does: afterwards it may be another training's.
            if (held.isOpen()) {
                Files.deleteIfExists(folder.resolve(LOCK));
            }
        } catch (IOException e) {
            // Without its lock the file keeps nobody out, and the run is whole.
            return;
        } finally {
            IN_USE.remove(real);
            if (!started) {
                deleteEmpty(created);
            }
        }
    }

    private static void deleteEmpty(List<Path> folders) {
        try {
            for (Path path : folders) {
                Files.deleteIfExists(path);
            }
        } catch (DirectoryNotEmptyException e) {
            // Somebody else uses it by now.
            return;
        } catch (IOException e) {
            // An empty folder does no harm, and what went wrong before it is what is told.
            return;
        }
    }
}
