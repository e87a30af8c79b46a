package dev.vitrail.converter.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A file being written from the front to the back, in three steps that run at the same time: the
 * caller makes bytes (transposing and checking weights), a second thread hashes them, and a third
 * writes them. One after the other they would take two to three times as long as the hash does,
 * which is the slowest.
 *
 * <p>Bytes are copied once, into pieces that the threads hand on: what a caller writes from may
 * change as soon as {@code write} returns. A failure of the other threads appears at a later write
 * or at {@link #finish}.
 */
final class ModelFile implements AutoCloseable {
    private static final int PIECE = 1 << 20;

    /** Pieces under way; enough that no thread waits for a hiccup of another. */
    private static final int PIECES = 12;

    private final Output file;
    private final MessageDigest digest;
    private final BlockingQueue<ByteBuffer> free = new LinkedBlockingQueue<>();
    private final BlockingQueue<Piece> made = new LinkedBlockingQueue<>();
    private final BlockingQueue<Piece> hashed = new LinkedBlockingQueue<>();
    private final Thread hasher = daemon("onnx-hasher", this::hashPieces);
    private final Thread writer = daemon("onnx-writer", this::writePieces);
    private volatile Throwable failure;
    private int allocated;
    private ByteBuffer piece;
    private boolean toHash;
    private boolean toKeep;
    private long position;
    private boolean open = true;

    /** Bytes on their way, and what to do with them; no bytes at the end. */
    private record Piece(ByteBuffer bytes, boolean toHash, boolean toKeep) {
        static final Piece END = new Piece(null, false, false);
    }

    /** What a thread does with a piece. */
    private interface Step {
        void take(Piece piece) throws IOException;
    }

    /** Creates a file of about so many bytes; what is hashed goes into the digest. */
    ModelFile(Path path, long expectedBytes, MessageDigest digest) throws IOException {
        file = Output.create(path, expectedBytes);
        this.digest = digest;
        hasher.start();
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
        made.add(Piece.END);
        try {
            hasher.join();
            writer.join();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        throwFailure();
        file.finish();
    }

    /** Closes the file; one that is not finished is not whole. */
    @Override
    public void close() throws IOException {
        open = false;
        hasher.interrupt();
        writer.interrupt();
        try {
            hasher.join();
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.close();
    }

    private void put(ByteBuffer source, boolean hash, boolean keep) throws IOException {
        if (hash != toHash || keep != toKeep) {
            handOver();
            toHash = hash;
            toKeep = keep;
        }
        position += keep ? source.remaining() : 0;
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
            made.add(new Piece(piece.flip(), toHash, toKeep));
            piece = null;
        }
    }

    private ByteBuffer take() throws IOException {
        ByteBuffer known = free.poll();
        if (known == null && allocated < PIECES) {
            allocated++;
            // On the heap, where the hash reads it in one run; direct, it would copy 4 KiB at once.
            return ByteBuffer.allocate(PIECE);
        }
        try {
            return known != null ? known : free.take();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void hashPieces() {
        run(
                made,
                piece -> {
                    if (piece.toHash()) {
                        digest.update(piece.bytes().array(), 0, piece.bytes().limit());
                    }
                },
                hashed::add);
    }

    private void writePieces() {
        run(
                hashed,
                piece -> {
                    if (piece.toKeep()) {
                        file.append(piece.bytes());
                    }
                },
                piece -> {
                    if (piece != Piece.END) {
                        free.add(piece.bytes().clear());
                    }
                });
    }

    /** After a failure pieces are only handed on, so that nobody waits for them in vain. */
    private void run(BlockingQueue<Piece> queue, Step step, Consumer<Piece> next) {
        try {
            Piece piece;
            do {
                piece = queue.take();
                try {
                    if (failure == null) {
                        step.take(piece);
                    }
                } catch (IOException | RuntimeException | Error e) {
                    failure = e;
                }
                next.accept(piece);
            } while (piece != Piece.END);
        } catch (InterruptedException e) {
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

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** The file as tensors see it. */
    private final class Part implements WritableByteChannel {
        private final boolean hash;
        private final boolean keep;

        Part(boolean hash, boolean keep) {
            this.hash = hash;
            this.keep = keep;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int bytes = source.remaining();
            put(source, hash, keep);
            return bytes;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        /** Leaves the file open: it belongs to the writer. */
        @Override
        public void close() {
            // A tensor has no business closing the file.
        }
    }
}
