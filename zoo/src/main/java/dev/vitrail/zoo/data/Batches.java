package dev.vitrail.zoo.data;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * The batches of one pass over the data, in order. Preparation starts with the first call and runs
 * a bounded number of batches ahead.
 */
public final class Batches implements Iterator<Batch>, AutoCloseable {

    private final BatchLoader loader;
    private final List<LabelledImage> images;
    private final long[] draws;
    private final long seed;
    private final long epoch;
    private final int count;
    private final Deque<Future<Batch>> prepared = new ArrayDeque<>();
    private int started;
    private long waitedNanoseconds;

    Batches(
            BatchLoader loader,
            List<LabelledImage> images,
            int[] order,
            long seed,
            long epoch,
            int first) {
        this.loader = loader;
        this.images = images;
        this.draws = draws(order, images.size());
        this.seed = seed;
        this.epoch = epoch;
        this.count = loader.batches(order.length);
        this.started = first;
    }

    /**
     * What the samples are seeded with: the image's index, and for each time that it came before
     * the number of images more.
     */
    private static long[] draws(int[] order, int images) {
        int[] earlier = new int[images];
        return Arrays.stream(order)
                .mapToLong(index -> index + (long) images * earlier[index]++)
                .toArray();
    }

    @Override
    public boolean hasNext() {
        return !prepared.isEmpty() || started < count;
    }

    /**
     * Returns the next batch, waiting for it where need be.
     *
     * @return the batch, to be closed by the caller
     * @throws CancellationException if the thread is interrupted while it waits
     */
    @Override
    public Batch next() {
        while (started < count && prepared.size() < loader.ahead()) {
            prepared.add(loader.prepare(images, draws, started, seed, epoch));
            started++;
        }
        if (prepared.isEmpty()) {
            throw new NoSuchElementException("all " + count + " batches were taken");
        }
        long start = System.nanoTime();
        try {
            Batch batch = prepared.remove().get();
            loader.report(batch.unreadable());
            return batch;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for pictures");
        } catch (ExecutionException e) {
            throw unwrapped(e);
        } finally {
            waitedNanoseconds += System.nanoTime() - start;
        }
    }

    /**
     * Returns how long {@link #next()} waited so far: the time in which training had no data.
     *
     * @return seconds
     */
    public double secondsWaited() {
        return waitedNanoseconds / 1e9;
    }

    private static RuntimeException unwrapped(ExecutionException failure) {
        if (failure.getCause() instanceof Error error) {
            throw error;
        }
        return failure.getCause() instanceof RuntimeException cause
                ? cause
                : new IllegalStateException(failure.getCause());
    }

    /** Drops what was prepared and not taken. */
    @Override
    public void close() {
        started = count;
        while (!prepared.isEmpty()) {
            prepared.remove().cancel(false);
        }
    }
}
