package dev.vitrail.converter.onnx;

import dev.vitrail.converter.error.ExportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/**
 * A model that is written but not yet under its final name: load it, verify it, add what was found
 * to its metadata, and {@link #commit} it; or {@link #close} it and nothing was ever there.
 *
 * <p>It lies in a hidden folder beside its target, under its final file names, so that the model
 * finds its weights there as it will later. A program that ends before either, by Ctrl-C for one,
 * takes the folder with it; what one leaves that is killed, the next export of that name removes.
 */
public final class PendingModel implements AutoCloseable {
    /** What is appended to the model's file name for the file with its weights. */
    static final String DATA = "_data";

    private final Path folder;
    private final HiddenFolder hidden;
    private final String name;
    private String weightsSha256 = "";
    private final Thread hook = new Thread(this::abandon, "onnx-cleanup");
    private boolean committed;

    private PendingModel(Path folder, HiddenFolder hidden, String name) {
        this.folder = folder;
        this.hidden = hidden;
        this.name = name;
    }

    static PendingModel create(Path folder, String name) {
        try {
            PendingModel pending =
                    new PendingModel(folder, HiddenFolder.create(folder, name), name);
            pending.removeAtExit();
            return pending;
        } catch (IOException e) {
            boolean stated = e instanceof FileSystemException f && f.getReason() != null;
            String reason = stated ? " (" + ((FileSystemException) e).getReason() + ")" : "";
            throw new ExportException(
                    folder.resolve(name)
                            + ": the folder "
                            + folder
                            + " cannot be written to"
                            + reason,
                    e);
        }
    }

    private void removeAtExit() {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            close();
            throw new ExportException(
                    folder.resolve(name) + ": not written, because the program is ending", e);
        }
    }

    /** The program ends: waits for a commit under way, then removes what is not committed. */
    private synchronized void abandon() {
        if (!committed) {
            try {
                hidden.delete();
            } catch (IOException e) {
                // Nobody is left to tell; the folder is hidden and the next export removes it.
                return;
            }
        }
    }

    private void keepAtExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is ending: the hook runs and finds nothing to remove.
            return;
        }
    }

    void setWeightsSha256(String hash) {
        weightsSha256 = hash;
    }

    Path newDataFile() {
        return hidden.path().resolve(name + DATA);
    }

    /**
     * Where the model lies now.
     *
     * @return an ONNX file that can be loaded
     */
    public Path model() {
        return hidden.path().resolve(name);
    }

    /**
     * Where the weights lie now, if they are outside.
     *
     * @return the data file
     */
    public Optional<Path> dataFile() {
        Path data = newDataFile();
        return Files.isRegularFile(data) ? Optional.of(data) : Optional.empty();
    }

    /**
     * The hash of the weights.
     *
     * @return SHA-256 in hexadecimal, as {@link OnnxWriter} defines it
     */
    public String weightsSha256() {
        return weightsSha256;
    }

    /**
     * Adds key-value pairs to the model's metadata, for what is known only now. They are appended
     * to the file: nothing is written again.
     *
     * @param properties the pairs; keys that the metadata has already are the caller's mistake
     * @throws ExportException if the file cannot be written
     */
    public void addMetadata(Map<String, String> properties) {
        try (FileChannel file =
                FileChannel.open(model(), StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap(ModelLayout.appendix(properties));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        } catch (IOException e) {
            throw OnnxWriter.cannotWrite(folder.resolve(name), 0, e);
        }
    }

    /**
     * Gives the model its final name, and its weights theirs before it. If that fails, neither is
     * there. A model that holds its weights itself leaves no file of outside weights beside it: the
     * one of an earlier model of this name is removed.
     *
     * @return the finished model
     * @throws ExportException if the files cannot be moved
     */
    public synchronized WrittenModel commit() {
        Path model = folder.resolve(name);
        Path data = folder.resolve(name + DATA);
        boolean outside = dataFile().isPresent();
        try {
            long modelBytes = Files.size(model());
            long dataBytes = outside ? Files.size(newDataFile()) : 0;
            if (outside) {
                // An earlier model of this name must not be seen with these weights.
                if (Files.exists(data)) {
                    Files.deleteIfExists(model);
                }
                move(newDataFile(), data);
            }
            moveModel(model, outside ? data : null);
            committed = true;
            if (!outside) {
                removeStale(data);
            }
            force(folder);
            hidden.delete();
            keepAtExit();
            return new WrittenModel(
                    model,
                    outside ? Optional.of(data) : Optional.empty(),
                    modelBytes,
                    dataBytes,
                    weightsSha256);
        } catch (IOException e) {
            throw OnnxWriter.cannotWrite(model, 0, e);
        }
    }

    /** The model that these weights belonged to is replaced; nothing refers to them any more. */
    private static void removeStale(Path data) {
        if (Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Files.delete(data);
            } catch (IOException e) {
                // The model is whole without it: not a reason to call the export failed.
                return;
            }
        }
    }

    private void moveModel(Path model, Path movedData) throws IOException {
        try {
            move(model(), model);
        } catch (IOException e) {
            if (movedData != null) {
                Files.deleteIfExists(movedData);
            }
            throw e;
        }
    }

    /** Removes what is not committed. */
    @Override
    public synchronized void close() {
        if (!committed) {
            try {
                hidden.delete();
                keepAtExit();
            } catch (IOException e) {
                throw OnnxWriter.cannotWrite(folder.resolve(name), 0, e);
            }
        }
    }

    void closeAfter(Throwable failure) {
        try {
            close();
        } catch (ExportException e) {
            failure.addSuppressed(e);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes the new names survive a power cut, where the system can. */
    private static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows does not open folders; its journal keeps renames.
            return;
        }
    }
}
