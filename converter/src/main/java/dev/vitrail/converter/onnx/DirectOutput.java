package dev.vitrail.converter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * A file whose bytes go from here to the disk and are not kept in the page cache. The system takes
 * them in whole units of the disk only, so they are collected, and the last unit is filled up and
 * cut off again.
 */
final class DirectOutput implements Output {
    /** Large enough that the disk does not notice the pauses between two of them. */
    private static final int BLOCK = 4 << 20;

    private final FileChannel file;
    private final int unit;
    private final ByteBuffer block;
    private long bytes;

    private DirectOutput(FileChannel file, int unit) {
        this.file = file;
        this.unit = unit;
        block = ByteBuffer.allocateDirect(BLOCK + unit).alignedSlice(unit).slice(0, BLOCK);
    }

    /** Creates the file, or nothing where its file system cannot do this. */
    static Optional<Output> create(Path path) throws IOException {
        FileChannel file = null;
        try {
            long unit = Files.getFileStore(path.toAbsolutePath().getParent()).getBlockSize();
            if (unit > BLOCK || Long.bitCount(unit) != 1) {
                return Optional.empty();
            }
            file =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE,
                            direct());
            DirectOutput output = new DirectOutput(file, (int) unit);
            output.prove();
            return Optional.of(output);
        } catch (IOException | UnsupportedOperationException e) {
            // Some systems refuse when the file is opened, and have made it then, some later.
            if (file != null) {
                file.close();
            }
            Files.deleteIfExists(path);
            return Optional.empty();
        }
    }

    /**
     * Past the page cache, where this Java has a word for it: by its name, because newer compilers
     * warn of classes that are not in every Java.
     */
    private static OpenOption direct() {
        try {
            Object[] options =
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
            return Arrays.stream(options)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .map(OpenOption.class::cast)
                    .findFirst()
                    .orElseThrow(UnsupportedOperationException::new);
        } catch (ClassNotFoundException e) {
            throw new UnsupportedOperationException(e);
        }
    }

    /** Writes a unit that the first bytes will replace. */
    private void prove() throws IOException {
        block.position(unit);
        writeBlock();
        file.position(0);
    }

    @Override
    public void append(ByteBuffer source) throws IOException {
        bytes += source.remaining();
        int end = source.limit();
        while (source.position() < end) {
            source.limit((int) Math.min(end, (long) source.position() + block.remaining()));
            block.put(source);
            source.limit(end);
            if (!block.hasRemaining()) {
                writeBlock();
            }
        }
    }

    private void writeBlock() throws IOException {
        block.flip();
        while (block.hasRemaining()) {
            file.write(block);
        }
        block.clear();
    }

    @Override
    public void finish() throws IOException {
        // What is behind the end is cut off, so it does not matter what it is.
        block.position(block.position() + (-block.position() & (unit - 1)));
        writeBlock();
        file.truncate(bytes);
        file.force(true);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
