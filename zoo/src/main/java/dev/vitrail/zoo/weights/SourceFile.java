package dev.vitrail.zoo.weights;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Somebody's file, open for reading at any place by any thread. Its length is taken once: what it
 * says about itself is compared with that.
 */
final class SourceFile implements Closeable {

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private SourceFile(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /**
     * Opens a regular file.
     *
     * @param kind for messages, what it should be: "a safetensors file"
     * @throws WeightsException if there is none or it cannot be read
     */
    static SourceFile open(Path path, String kind) {
        if (Files.isDirectory(path)) {
            throw new WeightsException(path, "is a folder, must be " + kind);
        }
        // A pipe or a device would be waited for, or have no end.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new WeightsException(path, "is no regular file, must be " + kind);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            SourceFile file = new SourceFile(path, channel, channel.size());
            channel = null; // now the file's own
            return file;
        } catch (IOException e) {
            throw WeightsException.of(path, "cannot be read", e);
        } finally {
            closeQuietly(channel);
        }
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    /**
     * Fills what remains of the buffer.
     *
     * @throws WeightsException if the system does not give the bytes
     */
    void read(ByteBuffer target, long position) {
        long at = position;
        try {
            while (target.hasRemaining()) {
                int read = channel.read(target, at);
                if (read < 0) {
                    throw new EOFException("it became shorter while it was read");
                }
                at += read;
            }
        } catch (IOException e) {
            throw refused(e);
        }
    }

    /** A little-endian copy of a few bytes, from position 0 to its limit. */
    ByteBuffer bytes(long position, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        read(bytes, position);
        return bytes.flip();
    }

    /** The first bytes, fewer where the file has fewer. */
    ByteBuffer head(int most) {
        return bytes(0, (int) Math.min(most, size));
    }

    /** A part of the file as little-endian memory that must not be written to. */
    ByteBuffer map(long begin, long count) {
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, begin, count)
                    .order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw refused(e);
        }
    }

    private RuntimeException refused(IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new WeightsException(path, "reading it was interrupted", e);
        }
        if (e instanceof ClosedChannelException) {
            return new IllegalStateException(path + " was closed", e);
        }
        return WeightsException.of(path, "cannot be read", e);
    }

    /** A part of the file, from its first byte; closing does nothing. */
    Part stream(long begin, long count) {
        return new Part(begin, begin + count);
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static void closeQuietly(FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new IllegalStateException("a file opened for reading does not close", e);
            }
        }
    }

    /** A part of the file, one byte after the other. */
    final class Part extends InputStream {

        private long position;
        private final long end;

        private Part(long begin, long end) {
            this.position = begin;
            this.end = end;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (position == end) {
                return -1;
            }
            int count = (int) Math.min(length, end - position);
            SourceFile.this.read(ByteBuffer.wrap(target, offset, count), position);
            position += count;
            return count;
        }
    }
}
