package dev.vitrail.converter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A file in the page cache. The disk is told to begin in the middle, by a thread that waits for it,
 * instead of at the end.
 */
final class CachedOutput implements Output {
    private static final long FORCE_EVERY = 256L << 20;

    private final FileChannel file;
    private final ExecutorService flusher = Executors.newSingleThreadExecutor(CachedOutput::daemon);
    private volatile IOException failure;
    private long unforced;

    CachedOutput(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        throwFailure();
        unforced += bytes.remaining();
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        if (unforced >= FORCE_EVERY) {
            unforced = 0;
            try {
                flusher.execute(this::force);
            } catch (RejectedExecutionException e) {
                throw new IOException("closed while it is written", e);
            }
        }
    }

    private void force() {
        try {
            file.force(false);
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    public void finish() throws IOException {
        flusher.shutdown();
        try {
            flusher.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while writing", e);
        }
        throwFailure();
        file.force(true);
    }

    @Override
    public void close() throws IOException {
        flusher.shutdownNow();
        file.close();
    }

    private void throwFailure() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "onnx-flusher");
        thread.setDaemon(true);
        return thread;
    }
}
