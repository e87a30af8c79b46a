package dev.vitrail.runtime;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The rows of a folder run as a stream: the run begins with the first row that is asked for, is at
 * most a few rows ahead of whoever reads, and ends when the stream is closed.
 */
final class RowStream implements Iterator<ResultRow> {
    private static final int AHEAD = 64;
    private static final ResultRow END = new ResultRow("", null);

    private final BlockingQueue<ResultRow> rows = new ArrayBlockingQueue<>(AHEAD);
    private final FolderClassifier run;
    private final Thread thread;
    private ResultRow next;
    private boolean ended;
    private volatile boolean closed;
    private volatile Throwable failure;

    private RowStream(FolderClassifier run, ImageFiles files) {
        this.run = run;
        thread = new Thread(() -> classify(files), "vitrail-rows");
        thread.setDaemon(true);
    }

    static Stream<ResultRow> of(FolderClassifier run, ImageFiles files) {
        RowStream stream = new RowStream(run, files);
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(stream, traits), false)
                .onClose(stream::close);
    }

    private void classify(ImageFiles files) {
        try {
            run.run(files, new Writer());
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            hand(END);
        }
    }

    /** Waits for room unless nobody reads any more; the thread's interrupt is the run's to see. */
    private void hand(ResultRow row) {
        boolean taken = false;
        while (!taken && !closed) {
            try {
                taken = rows.offer(row, 50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                closed = true;
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            if (closed) {
                throw new IllegalStateException("this stream is closed");
            }
            if (thread.getState() == Thread.State.NEW) {
                thread.start();
            }
            next = take();
            if (next == END) {
                ended = true;
                next = null;
                rethrow();
            }
        }
        return next != null;
    }

    private ResultRow take() {
        try {
            return rows.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuntimeFailure("the run was interrupted", e);
        }
    }

    private void rethrow() {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }

    @Override
    public ResultRow next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        ResultRow row = next;
        next = null;
        return row;
    }

    /** Waits for the batch in the session: the caller may close the classifier next. */
    private void close() {
        closed = true;
        run.stop();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Writer implements ResultWriter {
        @Override
        public void write(ResultRow row) {
            hand(row);
        }

        @Override
        public void flush() {}

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }
}
