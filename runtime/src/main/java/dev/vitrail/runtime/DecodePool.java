package dev.vitrail.runtime;

import dev.vitrail.imaging.DecodeMemory;
import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.imaging.Thumbnail;
import dev.vitrail.runtime.BatchFeed.Place;
import dev.vitrail.runtime.Prediction.Failed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Threads that decode and preprocess images into the places that a {@link BatchFeed} hands out.
 *
 * <p>A watching thread gives up an image that takes too long: the place gets a failure, the thread
 * is interrupted and left alone, and a new one takes over. A decoder that loops cannot be ended in
 * Java; it is a daemon and ends when it ends.
 *
 * <p>However large the images are and however many threads there are, what is decoded at a time, or
 * decoded and not yet prepared, is bounded by bytes, which are counted before they are taken: those
 * of a file by its size, those of pixels by its header.
 */
final class DecodePool implements AutoCloseable {
    /** Five seconds in all: a run that has no memory for so long will have none. */
    private static final int TRIES = 100;

    private static final long PAUSE = 50; // milliseconds

    /** Made while there is memory for it. */
    private static final RuntimeFailure NO_MEMORY =
            new RuntimeFailure(
                    "memory ran out while images were handed to decoding threads; give Java more,"
                            + " or decode in fewer threads and smaller batches");

    private final BatchFeed feed;
    private final Decoder decoder;
    private final ImageFiles files;
    private final Preprocessing preprocessing;
    private final DecodeOptions options;
    private final Duration limit;
    private final int thumbnailEdge;
    private final boolean inGraph;
    private final ByteBudget fileBytes;
    private final ByteBudget pixelBytes;
    private final List<Worker> workers = new ArrayList<>();
    private final ReadWriteLock memory = new ReentrantReadWriteLock();
    private Thread watch;
    private boolean closed;

    /**
     * What images may take: half of the heap for pixels, a sixteenth for what they are read from.
     */
    DecodePool(
            BatchFeed feed,
            Decoder decoder,
            ImageFiles files,
            ModelCard card,
            FolderOptions run,
            int first) {
        this(
                feed,
                decoder,
                files,
                card,
                run,
                new ByteBudget(Runtime.getRuntime().maxMemory() / 16, first),
                new ByteBudget(Runtime.getRuntime().maxMemory() / 2, first));
    }

    DecodePool(
            BatchFeed feed,
            Decoder decoder,
            ImageFiles files,
            ModelCard card,
            FolderOptions run,
            ByteBudget fileBytes,
            ByteBudget pixelBytes) {
        this.fileBytes = fileBytes;
        this.pixelBytes = pixelBytes;
        this.feed = feed;
        this.decoder = decoder;
        this.files = files;
        this.preprocessing = card.preprocessing();
        this.options =
                run.fastDecode()
                        ? preprocessing.fastDecodeOptions()
                        : preprocessing.decodeOptions();
        this.limit = run.imageTimeLimit();
        this.thumbnailEdge = run.thumbnailEdge();
        this.inGraph = card.takesBytes();
        for (int i = 0; i < run.threads(); i++) {
            workers.add(new Worker());
        }
    }

    synchronized void start() {
        workers.forEach(Thread::start);
        watch = new Thread(this::watch, "vitrail-decode-watch");
        watch.setDaemon(true);
        watch.start();
    }

    /** Ends the watching thread and every idle worker; busy ones end after their image. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        workers.forEach(Thread::interrupt);
    }

    /** Frees what the images of a batch held; they are classified. */
    void release(Batch batch) {
        for (int place = 0; inGraph && place < batch.size(); place++) {
            pixelBytes.release(batch.first() + place);
        }
    }

    private synchronized void watch() {
        long pause = Math.max(1, Math.min(100, limit.toMillis() / 4));
        try {
            while (!closed) {
                wait(pause);
                long now = System.nanoTime();
                for (int i = 0; i < workers.size(); i++) {
                    if (!closed && workers.get(i).giveUp(now)) {
                        Worker replacement = new Worker();
                        workers.set(i, replacement);
                        replacement.start();
                    }
                }
            }
        } catch (InterruptedException e) {
            // Nobody has this thread to interrupt it; without it there is no time limit.
            throw new IllegalStateException("the time limit of images was interrupted", e);
        }
    }

    /** What a worker is doing, as one value that another thread can read. */
    private record Job(Place place, long started) {}

    private final class Worker extends Thread {
        private volatile Job job;

        Worker() {
            super("vitrail-decode");
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                for (Place place = take(); place != null; place = take()) {
                    if (!work(place)) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                // The run is over.
                return;
            }
        }

        /** The next place; where memory is short for it, others are given time to free some. */
        private Place take() throws InterruptedException {
            for (int tries = 0; tries < TRIES; tries++) {
                try {
                    return feed.take();
                } catch (OutOfMemoryError e) {
                    Thread.sleep(PAUSE);
                }
            }
            feed.fail(NO_MEMORY);
            return null;
        }

        /**
         * Decides a place whatever happens; false if somebody else did: this thread is given up.
         */
        private boolean work(Place place) {
            try {
                job = new Job(place, System.nanoTime());
                return decode(place, memory(place.image()));
            } catch (Throwable e) {
                // Decoders throw anything, errors included; one image never ends a run.
                return place.batch().fail(place.place(), Batch.failure(e));
            } finally {
                job = null;
                fileBytes.release(place.image());
                if (!inGraph) {
                    pixelBytes.release(place.image());
                }
            }
        }

        private DecodeMemory memory(int image) {
            return new DecodeMemory() {
                @Override
                public void takeFile(long bytes) {
                    await(fileBytes, image, bytes);
                }

                @Override
                public void takePixels(long bytes) {
                    await(pixelBytes, image, bytes);
                }
            };
        }

        /** Waits for memory, which does not count as time of the image. */
        private void await(ByteBudget budget, int image, long bytes) {
            Job waiting = job;
            job = null;
            long from = System.nanoTime();
            try {
                budget.take(image, bytes);
            } catch (InterruptedException e) {
                interrupt();
                throw new CancellationException("decoding was interrupted");
            } finally {
                job = new Job(waiting.place, waiting.started + System.nanoTime() - from);
            }
        }

        /** Gives up this thread and its image if it is late; true if another must take over. */
        boolean giveUp(long now) {
            Job late = job;
            if (late == null || now - late.started < limit.toNanos()) {
                return false;
            }
            Failed failure =
                    new Failed(
                            FailureCode.TIMEOUT,
                            "decoding took longer than " + limit.toMillis() / 1000.0 + " s");
            if (!late.place.batch().fail(late.place.place(), failure)) {
                return false;
            }
            interrupt();
            // Its memory is not free, but later images must not wait for that for ever.
            fileBytes.release(late.place.image());
            pixelBytes.release(late.place.image());
            return true;
        }
    }

    /** Decides a place; false if somebody else did. */
    private boolean decode(Place place, DecodeMemory bounded) throws InterruptedException {
        Batch batch = place.batch();
        Path path = files.path(place.image());
        try {
            RgbImage decoded = decode(path, bounded);
            Thumbnail thumbnail = thumbnailEdge == 0 ? null : Thumbnail.of(decoded, thumbnailEdge);
            RgbImage image = inGraph ? decoded : preprocessing.prepare(decoded);
            return batch.fill(
                    place.place(),
                    pixels -> {
                        batch.keep(place.place(), thumbnail);
                        if (inGraph) {
                            batch.keep(place.place(), image);
                        } else {
                            preprocessing.finish(image, pixels);
                        }
                    });
        } catch (ImageException e) {
            return batch.fail(place.place(), failed(path, e));
        }
    }

    /**
     * Decodes; an image for which memory was short is tried once more while no other is decoded.
     */
    private RgbImage decode(Path path, DecodeMemory bounded)
            throws ImageException, InterruptedException {
        memory.readLock().lock();
        try {
            return decoder.decode(path, options, bounded);
        } catch (ImageException e) {
            if (!(e.getCause() instanceof OutOfMemoryError)) {
                throw e;
            }
        } finally {
            memory.readLock().unlock();
        }
        // Not for ever: a thread that was given up may never let go of its lock.
        boolean alone = memory.writeLock().tryLock(1, TimeUnit.SECONDS);
        try {
            return decoder.decode(path, options, DecodeMemory.UNBOUNDED);
        } finally {
            if (alone) {
                memory.writeLock().unlock();
            }
        }
    }

    private Failed failed(Path path, ImageException e) {
        if (!Files.isDirectory(path)) {
            return Classifier.failed(path, e);
        }
        return new Failed(
                FailureCode.UNREADABLE,
                files.isListed()
                        ? "is a folder; a list names the files themselves"
                        : "this folder cannot be listed; may it be read?");
    }
}
