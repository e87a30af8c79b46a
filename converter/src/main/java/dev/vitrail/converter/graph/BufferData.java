package dev.vitrail.converter.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.function.Supplier;

/** Bytes in somebody else's memory; equal by identity, because comparing them would read them. */
final class BufferData implements TensorData {
    /**
     * Heap buffers are written in such pieces: the JDK copies what it writes from the heap through
     * a direct buffer of the same size, which it keeps per thread.
     */
    private static final int HEAP_CHUNK = 1 << 20;

    private final long byteSize;
    private final Supplier<List<ByteBuffer>> buffers;

    BufferData(long byteSize, Supplier<List<ByteBuffer>> buffers) {
        if (byteSize < 0) {
            throw new IllegalArgumentException("a tensor of " + byteSize + " bytes is negative");
        }
        this.byteSize = byteSize;
        this.buffers = buffers;
    }

    @Override
    public long byteSize() {
        return byteSize;
    }

    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        for (ByteBuffer buffer : open()) {
            int end = buffer.limit();
            while (buffer.position() < end) {
                if (!buffer.isDirect()) {
                    buffer.limit((int) Math.min(end, (long) buffer.position() + HEAP_CHUNK));
                }
                channel.write(buffer);
                buffer.limit(end);
            }
        }
    }

    /** The buffers, as views that the caller may move about in. */
    List<ByteBuffer> open() {
        List<ByteBuffer> views = buffers.get().stream().map(ByteBuffer::slice).toList();
        long bytes = views.stream().mapToLong(ByteBuffer::remaining).sum();
        if (bytes != byteSize) {
            throw new IllegalStateException(
                    "a tensor of " + byteSize + " bytes was given " + bytes + " bytes");
        }
        return views;
    }

    @Override
    public String toString() {
        return byteSize + " bytes elsewhere";
    }
}
