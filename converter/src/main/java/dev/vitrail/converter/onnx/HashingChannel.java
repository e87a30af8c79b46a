package dev.vitrail.converter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Passes bytes on and hashes them meanwhile, on a thread of its own: SHA-256 is slower than writing
 * into the page cache, and both only read the same memory.
 */
final class HashingChannel implements WritableByteChannel {
    /** Pieces small enough that the second reader finds them in the processor's cache. */
    private static final int PIECE = 1 << 22;

    /** Below this a second thread costs more than it saves. */
    private static final int ALONE = 1 << 16;

    private final MessageDigest digest;
    private final ExecutorService hasher =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread thread = new Thread(task, "weights-sha256");
                        thread.setDaemon(true);
                        return thread;
                    });
    private WritableByteChannel target;

    HashingChannel(MessageDigest digest) {
        this.digest = digest;
    }

    /** Says where the bytes go from now on. */
    HashingChannel to(WritableByteChannel next) {
        target = next;
        return this;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int bytes = source.remaining();
        int end = source.limit();
        while (source.position() < end) {
            source.limit((int) Math.min(end, (long) source.position() + PIECE));
            piece(source);
            source.limit(end);
        }
        return bytes;
    }

    private void piece(ByteBuffer source) throws IOException {
        ByteBuffer same = source.duplicate();
        if (source.remaining() < ALONE) {
            digest.update(same);
            writeAll(source);
            return;
        }
        Future<?> hashed = hasher.submit(() -> digest.update(same));
        try {
            writeAll(source);
        } finally {
            await(hashed);
        }
    }

    private void writeAll(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            target.write(source);
        }
    }

    private static void await(Future<?> hashed) throws IOException {
        try {
            hashed.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while hashing the weights", e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("hashing the weights failed", e.getCause());
        }
    }

    @Override
    public boolean isOpen() {
        return !hasher.isShutdown();
    }

    /** Ends the thread; the target stays open. */
    @Override
    public void close() {
        hasher.shutdown();
    }
}
