package dev.vitrail.runtime;

import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.runtime.Classifier.Answers;
import dev.vitrail.runtime.ImageFiles.Growth;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.ProgressListener.Progress;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Classifies the files of a folder: decoding in the background, batches through the session, rows
 * in the order of the paths.
 *
 * <p>Every path becomes exactly one row. An image that fails is a row with an error and the run
 * goes on; a session that lacks memory gets smaller batches; one that fails otherwise ends the run
 * with a {@link RuntimeFailure} and writes no row for it. Memory is bounded by {@value #BUFFERS}
 * batches of prepared images more than there are runs at a time and by half of the heap for decoded
 * ones, whatever the folder's size and theirs.
 */
public final class FolderClassifier {
    /** From prepared images to answers; the classifier's, except in tests of failures. */
    @FunctionalInterface
    interface Model {
        Answers answers(FloatBuffer images, int count);
    }

    /** Besides those being run: one that is ready, one that is decoded into. */
    private static final int BUFFERS = 2;

    private final Classifier classifier;
    private final Model model;
    private final Decoder decoder;
    private final FolderOptions options;
    private final ProgressListener listener;
    private final Crew crew;
    private BatchFeed feed;
    private RunSize runSize;
    private boolean stopAsked;

    /**
     * Prepares a run.
     *
     * @param classifier the model; it stays open
     * @param options how to classify
     * @param listener is told after every batch
     */
    public FolderClassifier(
            Classifier classifier, FolderOptions options, ProgressListener listener) {
        this(classifier, model(classifier, options), ImageDecoder::decode, options, listener);
    }

    FolderClassifier(
            Classifier classifier,
            Decoder decoder,
            FolderOptions options,
            ProgressListener listener) {
        this(classifier, model(classifier, options), decoder, options, listener);
    }

    private static Model model(Classifier classifier, FolderOptions options) {
        return options.embeddings()
                ? classifier::answers
                : (pixels, count) -> new Answers(classifier.logits(pixels, count), null);
    }

    FolderClassifier(
            Classifier classifier,
            Model model,
            Decoder decoder,
            FolderOptions options,
            ProgressListener listener) {
        this.classifier = classifier;
        this.model = model;
        this.decoder = decoder;
        this.options = options;
        this.listener = listener;
        this.crew = options.crew(classifier);
    }

    /**
     * The most images in one run of the session.
     *
     * @return what the options ask for, the only size that the model takes, or what suits
     */
    public int batch() {
        return options.batchFor(classifier);
    }

    /**
     * Classifies all files and finishes the result, unless stopped.
     *
     * <p>Interrupting the calling thread stops the run like {@link #stop()}; the thread is still
     * interrupted afterwards.
     *
     * @param files the images
     * @param writer takes the rows; finished here, closed by the caller
     * @return how the run ended
     * @throws RuntimeFailure if the session fails or rows cannot be written
     * @throws IllegalStateException if this object was used for a run before
     */
    public Summary run(ImageFiles files, ResultWriter writer) {
        FutureTask<Summary> run = new FutureTask<>(() -> classify(files, writer));
        start(files);
        // In a thread of its own: interrupting a thread closes the file that it is writing.
        Thread thread = new Thread(run, "vitrail-classify");
        thread.start();
        return result(run);
    }

    /**
     * Classifies all files, row by row as they are asked for: {@code try (Stream<ResultRow> rows =
     * run.rows(files)) { rows.forEach(...); }}.
     *
     * <p>The run begins with the first row that is asked for, and waits where the reader is slower.
     * Closing the stream ends it, and must come before the classifier is closed. What fails the run
     * comes out of the stream as it would out of {@link #run}, after the rows before it.
     *
     * @param files the images
     * @return one row an image, in the order of the files; sequential, to be closed
     */
    public Stream<ResultRow> rows(ImageFiles files) {
        return RowStream.of(this, files);
    }

    /**
     * Stops the run as soon as the batches in the session are written. May be called from any
     * thread and before the run begins; {@link #run} returns with {@link Summary#stopped()}.
     *
     * <p>A program that ends on a signal must call this and wait for {@link #run} to return
     * <em>before</em> the JVM shuts down: ONNX Runtime frees itself in a shutdown hook, and
     * sessions that still run then fail.
     */
    public synchronized void stop() {
        stopAsked = true;
        if (feed != null) {
            feed.stop();
        }
    }

    private synchronized void start(ImageFiles files) {
        if (feed != null) {
            throw new IllegalStateException("this run was started before");
        }
        int batch = batch();
        int runs = options.runsFor(classifier);
        List<FloatBuffer> buffers =
                Stream.generate(() -> classifier.newBuffer(batch)).limit(runs + BUFFERS).toList();
        feed =
                new BatchFeed(
                        batch, classifier.card().imageFloats(), buffers, runs, crew.decoders());
        if (stopAsked) {
            feed.stop();
        }
    }

    /** Waits for the end whatever happens, since the caller will close what the run uses. */
    private Summary result(FutureTask<Summary> run) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return run.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    stop();
                } catch (ExecutionException e) {
                    throw failure(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException failure(Throwable cause) {
        if (cause instanceof OtherRun refusal) {
            return refusal;
        }
        if (cause instanceof RuntimeFailure failure) {
            // The stack of the caller's thread; the run's own is the cause.
            return new RuntimeFailure(failure.getMessage(), failure);
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("the run failed", cause);
    }

    private Summary classify(ImageFiles files, ResultWriter writer) throws InterruptedException {
        long started = System.nanoTime();
        EarlierRows earlier = begin(files, writer);
        Rows rows = new Rows(files, writer, earlier, started);
        Growth growth = feed::grow;
        files.watch(growth);
        boolean worthTrying = files.hasMoreThan(earlier.rows() + RunSize.WORTH_TRYING - 1);
        runSize = options.runSize(classifier, worthTrying ? RunSize.WORTH_TRYING : 0);
        try (WorkerPool pool =
                new WorkerPool(
                        feed,
                        batch -> batch.answer(answers(batch)),
                        decoder,
                        files,
                        classifier.card(),
                        options,
                        crew,
                        earlier.rows())) {
            pool.start();
            for (Batch batch = feed.next(); batch != null; batch = feed.next()) {
                rows.write(batch);
            }
        } finally {
            files.unwatch(growth);
            feed.stop();
        }
        // Not while folders are still listed: a run that was stopped does not wait for them.
        boolean stopped = !files.areAllFound() || rows.done < files.size();
        if (!stopped) {
            writer.finish();
        }
        return rows.summary(stopped);
    }

    /** Writes rows and counts them. */
    private final class Rows {
        private final ImageFiles files;
        private final ResultWriter writer;
        private final EarlierRows earlier;
        private final long started;
        private int done;
        private int failed;
        private int unsure;
        private boolean ended;

        Rows(ImageFiles files, ResultWriter writer, EarlierRows earlier, long started) {
            this.files = files;
            this.writer = writer;
            this.earlier = earlier;
            this.started = started;
            this.done = earlier.rows();
            this.failed = earlier.failed();
            this.unsure = earlier.unsure();
        }

        void write(Batch batch) {
            Answer[] answers = batch.answers();
            ended |= answers == null;
            if (ended) {
                feed.stop();
                return;
            }
            for (int i = 0; i < answers.length; i++) {
                ResultRow row =
                        ResultRow.of(
                                        files.name(batch.first() + i),
                                        answers[i].prediction(),
                                        options.threshold(),
                                        batch.thumbnail(i))
                                .withEmbedding(answers[i].embedding());
                writer.write(row);
                unsure += row.unsure() ? 1 : 0;
                failed += row.prediction() instanceof Failed ? 1 : 0;
                done++;
            }
            writer.flush();
            listener.progressed(
                    new Progress(
                            done,
                            files.found(),
                            failed,
                            (done - earlier.rows()) / seconds(started)));
        }

        Summary summary(boolean stopped) {
            return new Summary(
                    done,
                    done - failed,
                    failed,
                    seconds(started),
                    classifier.provider().chosen().id(),
                    classifier.card().name(),
                    stopped,
                    earlier.rows(),
                    options.threshold() > 0 ? OptionalLong.of(unsure) : OptionalLong.empty(),
                    done - failed > earlier.rows() - earlier.failed()
                            ? Optional.of(runSize.choice())
                            : Optional.empty());
        }
    }

    private EarlierRows begin(ImageFiles files, ResultWriter writer) {
        AtomicInteger place = new AtomicInteger();
        EarlierRows earlier =
                writer.begin(
                        RunIdentity.of(classifier, options, files),
                        row -> requireSamePath(files, place.getAndIncrement(), row));
        feed.skip(earlier.rows());
        return earlier;
    }

    private static void requireSamePath(ImageFiles files, int place, ResultRow row) {
        if (place >= files.size() || !files.name(place).equals(row.path())) {
            throw new OtherRun(
                    "the result cannot be resumed: its row "
                            + (place + 1)
                            + " is of "
                            + row.path()
                            + ", which is not the image at that place; overwrite it");
        }
    }

    /** What became of each image of a batch; null if the session failed because the JVM ends. */
    private Answer[] answers(Batch batch) {
        int filled = batch.compact();
        Answers values = new Answers(new float[0], new float[0]);
        if (filled > 0) {
            try {
                values = values(batch, filled);
            } catch (RuntimeFailure e) {
                if (isShuttingDown()) {
                    return null;
                }
                throw e;
            }
        }
        Answer[] answers = new Answer[batch.size()];
        int row = 0;
        for (int place = 0; place < answers.length; place++) {
            Failed failure = batch.failure(place);
            answers[place] = failure != null ? new Answer(failure, null) : answer(values, row++);
        }
        return answers;
    }

    private Answers values(Batch batch, int filled) {
        if (classifier.card().takesBytes()) {
            // Such a model takes one image at a time, and so does the batch.
            RgbImage image = batch.takeImage(0);
            return options.embeddings()
                    ? classifier.answers(image)
                    : new Answers(classifier.logits(image), null);
        }
        return answers(batch.pixels().duplicate().clear(), filled);
    }

    private Answer answer(Answers values, int row) {
        Prediction prediction =
                Ranking.of(values.logits(), row, classifier.card().labels(), options.topK());
        if (!options.embeddings() || prediction instanceof Failed) {
            return new Answer(prediction, null);
        }
        int size = classifier.requireEmbeddings();
        FloatBuffer all = FloatBuffer.wrap(values.embeddings());
        return new Answer(prediction, all.slice(row * size, size).asReadOnlyBuffer());
    }

    /**
     * What the model gives for the first images of a buffer, in as many runs as it takes.
     *
     * <p>Where an image's logits depend on the size of the run, every run is a full one, with
     * whatever else is in the buffer: an image's row must not depend on its neighbours. Elsewhere
     * only a run of one image differs, so there the last image has another one beside it.
     */
    private Answers answers(FloatBuffer pixels, int filled) {
        int floats = classifier.card().imageFloats();
        int classes = classifier.card().labels().size();
        int dim = options.embeddings() ? classifier.requireEmbeddings() : 0;
        float[] logits = new float[Math.multiplyExact(filled, classes)];
        float[] embeddings = new float[Math.multiplyExact(filled, dim)];
        long started = System.nanoTime();
        int begun = runSize.begin();
        int full = begun;
        int done = 0;
        while (done < filled) {
            int least = classifier.isIndependentOfBatch() ? Math.min(RunSize.LEAST, full) : full;
            int size = Math.max(least, Math.min(full, filled - done));
            int first = Math.min(done, batch() - size);
            int count = Math.min(first + size, filled) - done;
            try {
                Answers run = model.answers(pixels.duplicate().position(first * floats), size);
                int from = done - first;
                System.arraycopy(
                        run.logits(), from * classes, logits, done * classes, count * classes);
                if (dim > 0) {
                    System.arraycopy(
                            run.embeddings(), from * dim, embeddings, done * dim, count * dim);
                }
                done += count;
            } catch (OutOfSessionMemory e) {
                full = halved(full, e);
            }
        }
        if (full == begun) {
            runSize.took(full, filled, System.nanoTime() - started);
        }
        return new Answers(logits, embeddings);
    }

    /** The size to go on with; two runs of the same size halve it once. */
    private int halved(int size, OutOfSessionMemory reason) {
        synchronized (runSize) {
            BatchChoice before = runSize.choice();
            if (classifier.card().fixedBatch().isPresent() || !runSize.halve(size)) {
                throw reason;
            }
            if (!runSize.choice().equals(before)) {
                listener.batchHalved(runSize.choice());
            }
            return runSize.current();
        }
    }

    /** The JVM says so only by refusing to touch shutdown hooks. */
    private static boolean isShuttingDown() {
        try {
            Runtime.getRuntime().removeShutdownHook(new Thread(() -> {}));
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static double seconds(long started) {
        return Math.max(1, System.nanoTime() - started) / 1e9;
    }
}
