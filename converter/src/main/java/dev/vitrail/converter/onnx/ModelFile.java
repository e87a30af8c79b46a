package dev.vitrail.converter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A file being written from the front to the back, in three steps that run at the same time: the
 * caller makes bytes (transposing weights), a second thread hashes and writes them, and a third
 * tells the disk to begin. One after the other they would take two to three times as long as the
 * disk does.
 *
 * <p>Bytes are copied once, into pieces that the threads hand on: what a caller writes from may
 * change as soon as {@code write} returns. A failure of the other threads appears at a later write
 * or at {@link #finish}.
 */
final class ModelFile implements AutoCloseable {
    private static final int PIECE = 1 << 20;

    /** Pieces under way; enough that no thread waits for a hiccup of another. */
    private static final int PIECES = 8;

    /** The disk is told to begin after so many bytes, instead of at the end. */
    private static final long FORCE_EVERY = 256L << 20;

    private final FileChannel file;
    private final MessageDigest digest;
    private final BlockingQueue<ByteBuffer> free = new LinkedBlockingQueue<>();
    private final BlockingQueue<Piece> full = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::writePieces, "onnx-writer");
    private final ExecutorService flusher = Executors.newSingleThreadExecutor(ModelFile::daemon);
    private volatile Throwable failure;
    private int allocated;
    private ByteBuffer piece;
    private boolean hashed;
    private boolean kept;
    private long position;

    /** Bytes on their way, and what to do with them; no bytes at the end. */
    private record Piece(ByteBuffer bytes, boolean hashed, boolean kept) {}

    /** Creates the file; what is hashed goes into the digest. */
    ModelFile(Path path, MessageDigest digest) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.digest = digest;
        writer.setDaemon(true);
        writer.start();
    }

    /** Bytes of the file so far. */
    long position() {
        return position;
    }

    /** What stands around the weights: written only. */
    void write(byte[] bytes) throws IOException {
        put(ByteBuffer.wrap(bytes), false, true);
    }

    /** Takes weights: written and hashed. */
    WritableByteChannel weights() {
        return new Part(true, true);
    }

    /** Takes weights that another file keeps: hashed only. */
    WritableByteChannel weightsKeptElsewhere() {
        return new Part(true, false);
    }

    /** Takes weights that were hashed already: written only. */
    WritableByteChannel weightsHashedBefore() {
        return new Part(false, true);
    }

    /** Fills with zeros up to a multiple of the alignment. */
    void align(int alignment) throws IOException {
        write(new byte[(int) (-position & (alignment - 1))]);
    }

    /** Everything onto the disk; nothing can be written after that. */
    void finish() throws IOException {
        handOver();
        full.add(new Piece(null, false, false));
        try {
            writer.join();
            flusher.shutdown();
            flusher.awaitTermination(Long.MAX_VALUE, TimeUnit.DAYS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        throwFailure();
        file.force(true);
    }

    /** Closes the file; one that is not finished is not whole. */
    @Override
    public void close() throws IOException {
        flusher.shutdownNow();
        writer.interrupt();
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.close();
    }

    private void put(ByteBuffer source, boolean toHash, boolean toKeep) throws IOException {
        if (toHash != hashed || toKeep != kept) {
            handOver();
            hashed = toHash;
            kept = toKeep;
        }
        position += toKeep ? source.remaining() : 0;
        int end = source.limit();
        while (source.position() < end) {
            if (piece == null) {
                piece = take();
            }
            source.limit((int) Math.min(end, (long) source.position() + piece.remaining()));
            piece.put(source);
            source.limit(end);
            if (!piece.hasRemaining()) {
                handOver();
            }
        }
    }

    private void handOver() throws IOException {
        throwFailure();
        if (piece != null) {
            full.add(new Piece(piece.flip(), hashed, kept));
            piece = null;
        }
    }

    private ByteBuffer take() throws IOException {
        ByteBuffer known = free.poll();
        if (known == null && allocated < PIECES) {
            allocated++;
            return ByteBuffer.allocateDirect(PIECE);
        }
        try {
            return known != null ? known : free.take();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** After a failure pieces are only given back, so that nobody waits for them in vain. */
    private void writePieces() {
        long unforced = 0;
        try {
            for (Piece next = full.take(); next.bytes() != null; next = full.take()) {
                if (failure == null) {
                    unforced += next.bytes().remaining();
                    write(next);
                }
                free.add(next.bytes().clear());
                if (unforced >= FORCE_EVERY) {
                    unforced = 0;
                    flusher.execute(this::force);
                }
            }
        } catch (InterruptedException | RejectedExecutionException e) {
            failure = e;
        }
    }

    private void write(Piece next) {
        try {
            if (next.hashed()) {
                digest.update(next.bytes().duplicate());
            }
            while (next.kept() && next.bytes().hasRemaining()) {
                file.write(next.bytes());
            }
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
    }

    private void force() {
        try {
            file.force(false);
        } catch (IOException e) {
            failure = e;
        }
    }

    private void throwFailure() throws IOException {
        Throwable found = failure;
        if (found instanceof IOException e) {
            throw e;
        }
        if (found != null) {
            throw new IOException("the writing thread failed: " + found, found);
        }
    }

    private static IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted while writing", cause);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "onnx-flusher");
        thread.setDaemon(true);
        return thread;
    }

    /** The file as tensors see it. */
    private final class Part implements WritableByteChannel {
        private final boolean toHash;
        private final boolean toKeep;

        Part(boolean toHash, boolean toKeep) {
            this.toHash = toHash;
            this.toKeep = toKeep;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int bytes = source.remaining();
            put(source, toHash, toKeep);
            return bytes;
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        /** Leaves the file open: it belongs to the writer. */
        @Override
        public void close() {
            // A tensor has no business closing the file.
        }
    }
}
