package dev.vitrail.runtime;

import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Hands out what there is to do: places of batches to decode into in the order of the images, and
 * batches of which every place is decided to be run; and gives batches that were run in the order
 * of the images.
 *
 * <p>There are as many batches under way as there are buffers, so memory does not grow with the
 * folder, however far decoding could run ahead.
 */
final class BatchFeed {
    private final int batchSize;
    private final int imageFloats;
    private final Deque<FloatBuffer> buffers;

    /** How many batches may be run at a time, and how many images decoded. */
    private final int runs;

    private final int decoders;

    /** Batches that {@link #next} has not given; and those of them that are to be run. */
    private final Deque<Batch> begun = new ArrayDeque<>();

    private final Deque<Batch> waiting = new ArrayDeque<>();
    private int images;
    private boolean allKnown;
    private int next;
    private Batch filling;
    private int decoding;
    private int running;

    /** Whether {@link #next} gave a batch that may not be dealt with yet. */
    private boolean given;

    private boolean stopped;
    private RuntimeFailure failure;

    /** Something to do. */
    sealed interface Task permits Place, Run {}

    /** A place in a batch, for one image of the run. */
    record Place(Batch batch, int place) implements Task {
        int image() {
            return batch.first() + place;
        }
    }

    /** A batch to be run. */
    record Run(Batch batch) implements Task {}

    /**
     * Makes a feed of no images.
     *
     * @param batchSize images of a batch, but for the last one
     * @param imageFloats the floats of one image
     * @param buffers each with room for a batch
     * @param runs how many batches may be run, or were run and are not dealt with, at a time
     * @param decoders how many images may be decoded at a time
     */
    BatchFeed(int batchSize, int imageFloats, List<FloatBuffer> buffers, int runs, int decoders) {
        this.batchSize = batchSize;
        this.imageFloats = imageFloats;
        this.buffers = new ArrayDeque<>(buffers);
        this.runs = runs;
        this.decoders = decoders;
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

    /**
     * The next thing to do, or null when there is nothing more. A batch goes before an image: so a
     * thread that has decoded the last image of one runs it, and the next images are decoded when
     * it comes back, instead of by another thread that interrupts it.
     */
    synchronized Task take() throws InterruptedException {
        while (!stopped && (hasMore() || !waiting.isEmpty())) {
            Batch ready = runOrHeld() < runs ? takeDecided() : null;
            if (ready != null) {
                running++;
                return new Run(ready);
            }
            if (decoding < decoders && hasPlace()) {
                decoding++;
                return new Place(filling, next++ - filling.first());
            }
            wait();
        }
        return null;
    }

    private boolean hasMore() {
        return next < images || !allKnown;
    }

    /** How many batches are being run, or were and are not dealt with. */
    private int runOrHeld() {
        return begun.size() - waiting.size() + (given ? 1 : 0);
    }

    /** In their order, since what was run is held until those before it are written. */
    private Batch takeDecided() {
        Batch first = waiting.peek();
        return first != null && first.isDecided() ? waiting.poll() : null;
    }

    /** Whether the batch that is being filled has a place left; begins another one if it may. */
    private boolean hasPlace() {
        if (filling != null && next < filling.first() + filling.size()) {
            return true;
        }
        // Only the last batch is smaller, or the batches would depend on how fast folders are
        // listed.
        boolean known = allKnown ? next < images : images - next >= batchSize;
        if (!known || buffers.isEmpty()) {
            return false;
        }
        int size = Math.min(batchSize, images - next);
        // The buffer stays where it is if there is no memory for the rest.
        filling = new Batch(next, size, buffers.peek(), imageFloats);
        buffers.pop();
        begun.add(filling);
        waiting.add(filling);
        return true;
    }

    /** A place that was handed out is decided. */
    synchronized void decoded() {
        decoding--;
        notifyAll();
    }

    /** A batch was run; gives its buffer back, whether or not those before it are run. */
    synchronized void ran(Batch batch) {
        running--;
        buffers.push(batch.pixels());
        batch.setRun();
        notifyAll();
    }

    /**
     * The next batch in the order of the images, when it was run; null at the end. The one before
     * is dealt with by now. After a stop it waits for those that are being run.
     */
    synchronized Batch next() throws InterruptedException {
        if (given) {
            given = false;
            notifyAll();
        }
        while (true) {
            if (failure != null) {
                throw failure;
            }
            Batch first = begun.peek();
            if (first != null && first.isRun()) {
                given = true;
                return begun.poll();
            }
            if (stopped ? running == 0 : first == null && !hasMore()) {
                return null;
            }
            wait();
        }
    }

    /** For threads that cannot go on: ends the run with this instead of a next batch. */
    synchronized void fail(RuntimeFailure reason) {
        if (failure == null) {
            failure = reason;
        }
        stop();
    }

    /** Nothing more is handed out; what is being decoded is forgotten. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }
}
