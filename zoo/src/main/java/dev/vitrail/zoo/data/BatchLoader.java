package dev.vitrail.zoo.data;

import dev.vitrail.imaging.ImageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Prepares batches in background threads, a few ahead of the one in use. Each task fills one whole
 * batch, every sample has a random generator of its own (see {@link Seeds}) and batches are handed
 * out in order: the number of threads changes the speed and nothing else.
 */
public final class BatchLoader implements AutoCloseable {

    /**
     * As the engine aligns its own arrays. Where vectors begin decides in which order sums are
     * added up, and so the last bits of a training.
     */
    private static final int ALIGNMENT = 64;

    /** A negative purpose: seeds addressed by steps, epochs or images never meet it. */
    private static final long MIXING = -3;

    private static final AtomicInteger THREADS = new AtomicInteger();

    private final SampleReader reader;
    private final int sampleFloats;
    private final int batchSize;
    private final int ahead;
    private final ExecutorService executor;
    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final Set<Path> reported = ConcurrentHashMap.newKeySet();
    private final Consumer<UnreadableImage> listener;
    private final Optional<SoftTargets> targets;

    /**
     * Starts the threads of a loader whose batches have labels and no targets.
     *
     * @param reader how a sample is read
     * @param sampleFloats values of one sample: 3 times height times width
     * @param batchSize samples of a full batch
     * @param threads how many batches are prepared at a time
     * @param listener told once of every picture that cannot be decoded, in the caller's thread
     */
    public BatchLoader(
            SampleReader reader,
            int sampleFloats,
            int batchSize,
            int threads,
            Consumer<UnreadableImage> listener) {
        this(reader, sampleFloats, batchSize, threads, Optional.empty(), listener);
    }

    /**
     * Starts the threads.
     *
     * @param reader how a sample is read
     * @param sampleFloats values of one sample: 3 times height times width
     * @param batchSize samples of a full batch
     * @param threads how many batches are prepared at a time
     * @param targets what the loss compares with, where batches are learnt from
     * @param listener told once of every picture that cannot be decoded, in the caller's thread
     */
    public BatchLoader(
            SampleReader reader,
            int sampleFloats,
            int batchSize,
            int threads,
            Optional<SoftTargets> targets,
            Consumer<UnreadableImage> listener) {
        if (sampleFloats < 1 || batchSize < 1 || threads < 1) {
            throw new IllegalArgumentException(
                    "sizes and threads must be positive: "
                            + List.of(sampleFloats, batchSize, threads));
        }
        this.reader = reader;
        this.sampleFloats = sampleFloats;
        this.batchSize = batchSize;
        this.ahead = threads + 1;
        this.targets = targets;
        this.listener = listener;
        this.executor =
                Executors.newFixedThreadPool(
                        threads,
                        task -> {
                            Thread thread =
                                    new Thread(task, "vitrail-data-" + THREADS.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /**
     * Hands out the given pictures in the given order.
     *
     * @param images the pictures
     * @param order indexes into {@code images}, one a sample; the last batch may be smaller. One
     *     that comes again is augmented otherwise
     * @param seed the run's seed
     * @param epoch the pass over the data, which changes the augmentation
     * @return the batches, in order; only one thread may take them
     */
    public Batches start(List<LabelledImage> images, int[] order, long seed, long epoch) {
        return start(images, order, seed, epoch, 0);
    }

    /**
     * Hands out the rest of what {@link #start(List, int[], long, long)} would.
     *
     * @param images the pictures
     * @param order indexes into {@code images}, one a sample; the last batch may be smaller
     * @param seed the run's seed
     * @param epoch the pass over the data, which changes the augmentation
     * @param first number of the first batch, counted from 0; earlier ones are not prepared
     * @return the batches, in order; only one thread may take them
     */
    public Batches start(
            List<LabelledImage> images, int[] order, long seed, long epoch, int first) {
        return new Batches(this, images, order, seed, epoch, first);
    }

    /**
     * Returns the number of batches that so many samples make.
     *
     * @param samples number of samples
     * @return full batches, and one more for the rest
     */
    public int batches(int samples) {
        return (samples + batchSize - 1) / batchSize;
    }

    int ahead() {
        return ahead;
    }

    Future<Batch> prepare(
            List<LabelledImage> images, long[] draws, int number, long seed, long epoch) {
        int from = number * batchSize;
        long[] own = Arrays.copyOfRange(draws, from, Math.min(draws.length, from + batchSize));
        return executor.submit(() -> fill(images, own, number, seed, epoch));
    }

    private Batch fill(
            List<LabelledImage> images, long[] draws, int number, long seed, long epoch) {
        ByteBuffer pixels = free.poll();
        if (pixels == null) {
            long bytes = (long) batchSize * sampleFloats * Float.BYTES;
            // An aligned slice is cut at both ends.
            pixels =
                    ByteBuffer.allocateDirect(Math.toIntExact(bytes + 2 * ALIGNMENT))
                            .alignedSlice(ALIGNMENT)
                            .slice(0, Math.toIntExact(bytes))
                            .order(ByteOrder.nativeOrder());
        }
        pixels.clear();
        FloatBuffer target = pixels.asFloatBuffer();
        int[] labels = new int[draws.length];
        int[] present = new int[draws.length];
        List<UnreadableImage> unreadable = new ArrayList<>();
        int size = 0;
        for (long draw : draws) {
            int index = (int) (draw % images.size());
            LabelledImage image = images.get(index);
            target.position(size * sampleFloats);
            try {
                reader.read(image.path(), Seeds.random(seed, epoch, draw), target);
                labels[size] = image.label();
                present[size] = index;
                size++;
            } catch (ImageException e) {
                unreadable.add(new UnreadableImage(image.path(), e));
            }
        }
        pixels.limit(size * sampleFloats * Float.BYTES);
        int[] read = Arrays.copyOf(labels, size);
        RandomGenerator random = Seeds.random(seed, MIXING, epoch, number);
        return new Batch(
                pixels,
                read,
                Arrays.copyOf(present, size),
                targets.map(soft -> soft.of(target, read, random)),
                unreadable,
                free::add);
    }

    void report(List<UnreadableImage> unreadable) {
        for (UnreadableImage image : unreadable) {
            if (reported.add(image.path())) {
                listener.accept(image);
            }
        }
    }

    /** Ends the threads; batches in preparation are dropped. */
    @Override
    public void close() {
        executor.shutdownNow();
        boolean interrupted = false;
        try {
            // A task ends after the sample that it reads: it does not wait for anything.
            while (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
