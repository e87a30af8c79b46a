package dev.vitrail.runtime;

import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Hands places of batches to decoding threads in the order of the images, and whole batches in the
 * same order to the session.
 *
 * <p>There are as many batches under way as there are buffers, so memory does not grow with the
 * folder, however far decoding could run ahead.
 */
final class BatchFeed {
    private final int batchSize;
    private final int imageFloats;
    private final Deque<FloatBuffer> buffers;
    private final Deque<Batch> underWay = new ArrayDeque<>();
    private final Deque<Batch> waiting = new ArrayDeque<>();
    private int images;
    private boolean allKnown;
    private int next;
    private Batch filling;
    private boolean stopped;
    private RuntimeFailure failure;

    /** A place in a batch, for one image of the run. */
    record Place(Batch batch, int place) {
        int image() {
            return batch.first() + place;
        }
    }

    BatchFeed(int batchSize, int imageFloats, List<FloatBuffer> buffers) {
        this.batchSize = batchSize;
        this.imageFloats = imageFloats;
        this.buffers = new ArrayDeque<>(buffers);
    }

    /** Says how many images are known by now, and whether these are all. */
    synchronized void grow(int known, boolean all) {
        images = known;
        allKnown = all;
        if (all || known - next >= batchSize) {
            notifyAll();
        }
    }

    /** Leaves out images at the start; before anything is taken. */
    synchronized void skip(int count) {
        next = count;
    }

    /** For decoders: the next image's place, or null when there is nothing more to decode. */
    synchronized Place take() throws InterruptedException {
        while (!stopped && (next < images || !allKnown)) {
            if (filling != null && next < filling.first() + filling.size()) {
                return new Place(filling, next++ - filling.first());
            }
            // Only the last batch is smaller, or the batches would depend on how fast folders are
            // listed.
            if (buffers.isEmpty() || !allKnown && images - next < batchSize) {
                wait();
            } else {
                int size = Math.min(batchSize, images - next);
                // The buffer stays where it is if there is no memory for the rest.
                filling = new Batch(next, size, buffers.peek(), imageFloats);
                buffers.pop();
                underWay.add(filling);
                waiting.add(filling);
                notifyAll();
            }
        }
        return null;
    }

    /** For the session: the next batch, each once and all of it decoded, or null at the end. */
    Batch next() throws InterruptedException {
        Batch batch;
        synchronized (this) {
            while (!stopped && waiting.isEmpty() && (next < images || !allKnown)) {
                wait();
            }
            requireNoFailure();
            if (stopped || waiting.isEmpty()) {
                return null;
            }
            batch = waiting.poll();
        }
        batch.await();
        synchronized (this) {
            requireNoFailure();
            return stopped ? null : batch;
        }
    }

    private void requireNoFailure() {
        if (failure != null) {
            throw failure;
        }
    }

    /** For decoders that cannot go on: ends the run with this instead of a next batch. */
    synchronized void fail(RuntimeFailure reason) {
        if (failure == null) {
            failure = reason;
        }
        stop();
    }

    /** Gives the buffer of a batch back. */
    synchronized void release(Batch batch) {
        underWay.remove(batch);
        buffers.push(batch.pixels());
        notifyAll();
    }

    /** Nothing more is handed out; what is being decoded is forgotten. */
    synchronized void stop() {
        stopped = true;
        // A session that waits for the rest of a batch would wait for places nobody takes any more.
        underWay.forEach(Batch::abandon);
        notifyAll();
    }
}
