package dev.vitrail.zoo.weights;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A new file that grows at its end, in blocks that a thread writes while the next one is filled.
 *
 * <p>A large file goes past the page cache, where its file system can: finding free pages for
 * gigabytes costs more than the bytes, and they would push out what others keep there.
 */
final class BlockFile implements Closeable {

    /** From this size on a file is not kept in the page cache. */
    private static final long DIRECT_FROM = 1L << 30;

    private static final int BLOCK = 2 << 20;
    private static final int BLOCKS = 3;

    /** The disk is to begin in the middle, not at the end. */
    private static final long FORCE_EVERY = 256L << 20;

    private final FileChannel channel;

    /** What the file system writes at a time where the page cache does not collect it, else 1. */
    private final int unit;

    private final int blockSize;
    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(BLOCKS);
    private final ExecutorService writer = Executors.newSingleThreadExecutor(BlockFile::daemon);
    private volatile IOException failure;
    private int allocated;
    private ByteBuffer block;
    private long bytes;
    private long unforced;

    BlockFile(FileChannel channel, int unit, long expected) {
        this.channel = channel;
        this.unit = unit;
        long whole = Math.min(BLOCK, Math.max(1, expected));
        blockSize = (int) ((whole + unit - 1) / unit * unit);
    }

    /** Creates a file that will have about so many bytes. */
    static BlockFile create(Path path, long expected) throws IOException {
        if (expected >= DIRECT_FROM) {
            FileChannel channel = null;
            try {
                long unit = Files.getFileStore(path.toAbsolutePath().getParent()).getBlockSize();
                channel = open(path, direct());
                BlockFile file = new BlockFile(channel, Math.toIntExact(unit), expected);
                file.prove();
                return file;
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                // Some systems refuse when it is opened, and have made it then, some later.
                if (channel != null) {
                    channel.close();
                }
                Files.deleteIfExists(path);
            }
        }
        return new BlockFile(open(path), 1, expected);
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

    private static FileChannel open(Path path, OpenOption... options) throws IOException {
        return FileChannel.open(
                path,
                Stream.concat(
                                Stream.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                                Stream.of(options))
                        .toArray(OpenOption[]::new));
    }

    /** Writes a unit that the first bytes replace. */
    private void prove() throws IOException {
        channel.write(allocate().limit(unit), 0);
    }

    private ByteBuffer allocate() {
        return ByteBuffer.allocateDirect(blockSize + unit).alignedSlice(unit).slice(0, blockSize);
    }

    /** Takes all bytes of the buffer, which is its giver's again then. */
    void append(ByteBuffer source) throws IOException {
        bytes += source.remaining();
        int end = source.limit();
        while (source.position() < end) {
            ByteBuffer target = block();
            source.limit(Math.min(end, source.position() + target.remaining()));
            target.put(source);
            source.limit(end);
        }
    }

    /** The block that is being filled, with room in it. */
    private ByteBuffer block() throws IOException {
        if (block != null && !block.hasRemaining()) {
            handOver();
        }
        if (block == null) {
            throwFailure();
            block = free.poll();
        }
        if (block == null && allocated < BLOCKS) {
            allocated++;
            block = allocate();
        }
        if (block == null) {
            try {
                block = free.take();
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
        return block;
    }

    private void handOver() {
        ByteBuffer full = block.flip();
        block = null;
        writer.execute(() -> write(full));
    }

    private void write(ByteBuffer full) {
        try {
            unforced += full.remaining();
            while (failure == null && full.hasRemaining()) {
                channel.write(full);
            }
            if (unforced >= FORCE_EVERY && unit == 1) {
                unforced = 0;
                channel.force(false);
            }
        } catch (IOException e) {
            failure = e;
        } catch (RuntimeException e) {
            failure = new IOException(e);
        }
        free.add(full.clear());
    }

    /** Everything onto the disk; nothing can be appended after that. */
    void finish() throws IOException {
        if (block != null) {
            // What is behind the end is cut off, so it does not matter what it is.
            block.position((block.position() + unit - 1) / unit * unit);
            handOver();
        }
        writer.shutdown();
        try {
            writer.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        throwFailure();
        channel.truncate(bytes);
        channel.force(true);
    }

    /** Closes the file; one that is not finished is not whole. */
    @Override
    public void close() throws IOException {
        writer.shutdownNow();
        channel.close();
    }

    private void throwFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted while it is written", e);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "weights-writer");
        thread.setDaemon(true);
        return thread;
    }
}
