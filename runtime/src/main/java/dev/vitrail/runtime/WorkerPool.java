package dev.vitrail.runtime;

import dev.vitrail.imaging.DecodeMemory;
import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.imaging.Thumbnail;
import dev.vitrail.runtime.BatchFeed.Place;
import dev.vitrail.runtime.BatchFeed.Run;
import dev.vitrail.runtime.BatchFeed.Task;
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
import java.util.function.Consumer;

/**
 * Threads that do what a {@link BatchFeed} hands out: decode and preprocess images into places of
 * batches, and take whole batches through the session.
 *
 * <p>Where both compute on the same processors, there are as many threads as processors, each of
 * which decodes a batch and runs it: more would interrupt each other, and find their data gone from
 * the caches. Only where reading files takes long are there more, as many as wait for files.
 *
 * <p>A watching thread gives up an image that takes too long: the place gets a failure, the thread
 * is interrupted and left alone, and a new one takes over. A decoder that loops cannot be ended in
 * Java; it is a daemon and ends when it ends.
 *
 * <p>However large the images are and however many threads there are, what is decoded at a time, or
 * decoded and not yet prepared, is bounded by bytes, which are counted before they are taken: those
 * of a file by its size, those of pixels by its header.
 */
final class WorkerPool implements AutoCloseable {
    /** Five seconds in all: a run that has no memory for so long will have none. */
    private static final int TRIES = 100;

    private static final long PAUSE = 50; // milliseconds

    /** Of what is measured, what was long ago counts less and less: half a minute. */
    private static final long WINDOW = 30_000_000_000L;

    /** The part of a processor that may wait for files before another thread takes its place. */
    private static final double NEGLIGIBLE = 0.1;

    /** Made while there is memory for it. */
    private static final RuntimeFailure NO_MEMORY =
            new RuntimeFailure(
                    "memory ran out while images were handed to decoding threads; give Java more,"
                            + " or decode in fewer threads and smaller batches");

    private final BatchFeed feed;

    /** Gives a batch the answers of the images in it. */
    private final Consumer<Batch> session;

    private final Decoder decoder;
    private final ImageFiles files;
    private final Preprocessing preprocessing;
    private final DecodeOptions options;
    private final Duration limit;
    private final int thumbnailEdge;
    private final boolean inGraph;
    private final ByteBudget fileBytes;
    private final ByteBudget pixelBytes;
    private final Crew crew;
    private final List<Worker> workers = new ArrayList<>();
    private final ReadWriteLock memory = new ReentrantReadWriteLock();
    private Thread watch;
    private boolean closed;

    /** Nanoseconds that threads read files, and that they decoded and ran batches. */
    private long reading;

    private long computing;

    /**
     * What images may take: half of the heap for pixels, a sixteenth for what they are read from.
     */
    WorkerPool(
            BatchFeed feed,
            Consumer<Batch> session,
            Decoder decoder,
            ImageFiles files,
            ModelCard card,
            FolderOptions run,
            Crew crew,
            int first) {
        this(
                feed,
                session,
                decoder,
                files,
                card,
                run,
                crew,
                new ByteBudget(Runtime.getRuntime().maxMemory() / 16, first),
                new ByteBudget(Runtime.getRuntime().maxMemory() / 2, first));
    }

    WorkerPool(
            BatchFeed feed,
            Consumer<Batch> session,
            Decoder decoder,
            ImageFiles files,
            ModelCard card,
            FolderOptions run,
            Crew crew,
            ByteBudget fileBytes,
            ByteBudget pixelBytes) {
        this.fileBytes = fileBytes;
        this.pixelBytes = pixelBytes;
        this.feed = feed;
        this.session = session;
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
        this.crew = crew;
        for (int i = 0; i < crew.threads(); i++) {
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

    private synchronized void took(long toRead, long toCompute) {
        reading += toRead;
        computing += toCompute;
        if (computing > WINDOW) {
            reading /= 2;
            computing /= 2;
        }
    }

    /** One more thread, if so many wait for files that processors have nothing to do. */
    private synchronized void startMore() {
        double waiting = crew.threads() * (double) reading / computing;
        double wanted = Math.floor(crew.threads() + waiting + 1 - NEGLIGIBLE);
        if (!closed && workers.size() < Math.min(wanted, crew.most())) {
            Worker more = new Worker();
            try {
                more.start();
                workers.add(more);
            } catch (OutOfMemoryError e) {
                // The system allows no more threads; those that there are go on.
                return;
            }
        }
    }

    /** What a worker is doing, as one value that another thread can read. */
    private record Job(Place place, long started) {}

    private final class Worker extends Thread {
        private volatile Job job;

        /** Nanoseconds that reading the file took. */
        private long read;

        Worker() {
            super("vitrail-worker");
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                for (Task task = take(); task != null; task = take()) {
                    if (task instanceof Run run) {
                        run(run.batch());
                    } else if (work((Place) task)) {
                        feed.decoded();
                    } else {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                // The run is over.
                return;
            }
        }

        private void run(Batch batch) {
            long started = System.nanoTime();
            try {
                session.accept(batch);
            } catch (Throwable e) {
                // Is thrown to whoever waits for the batch.
                batch.failRun(e);
            }
            feed.ran(batch);
            for (int place = 0; inGraph && place < batch.size(); place++) {
                pixelBytes.release(batch.first() + place);
            }
            took(0, System.nanoTime() - started);
            startMore();
        }

        /** What to do next; where memory is short for it, others are given time to free some. */
        private Task take() throws InterruptedException {
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
                read = 0;
                boolean decided = decode(place, memory(place.image()));
                took(read, System.nanoTime() - job.started - read);
                return decided;
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
                    read = System.nanoTime() - job.started;
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
            feed.decoded();
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
