package dev.vitrail.cli;

import java.util.Locale;

/** A line now and then, for logs: at most one every ten seconds, and one at the end. */
final class LineProgress implements Progress {
    private static final long INTERVAL_NANOS = 10_000_000_000L;

    private final String task;
    private long total;
    private final String unit;
    private final Console console;
    private final long started = System.nanoTime();
    private long lastShown = started;
    private long first = -1;
    private long firstAt;
    private long done;
    private String message = "";

    LineProgress(String task, long total, String unit, Console console) {
        this.task = task;
        this.total = total;
        this.unit = unit;
        this.console = console;
    }

    @Override
    public synchronized void update(long nowDone, String nowMessage) {
        done = nowDone;
        message = nowMessage;
        long now = System.nanoTime();
        if (first < 0) {
            first = done;
            firstAt = now;
        }
        if (now - lastShown >= INTERVAL_NANOS) {
            lastShown = now;
            show(now);
        }
    }

    @Override
    public synchronized void expect(long nowTotal) {
        total = nowTotal;
    }

    @Override
    public synchronized void say(String line) {
        lastShown = System.nanoTime();
        console.note(line);
    }

    @Override
    public synchronized void close() {
        show(System.nanoTime());
    }

    private void show(long now) {
        double seconds = (now - started) / 1e9;
        console.note(
                String.format(
                        Locale.ROOT,
                        "%s: %s %s, %.0f s%s%s",
                        task,
                        total > 0 ? done + "/" + total : Long.toString(done),
                        unit,
                        seconds,
                        left(now),
                        message.isEmpty() ? "" : ", " + message));
    }

    /** At the speed since the first update, so that what an earlier run did does not count. */
    private String left(long now) {
        if (first < 0 || done <= first || done >= total) {
            return "";
        }
        double seconds = (now - firstAt) / 1e9 * (total - done) / (done - first);
        return String.format(Locale.ROOT, ", about %.0f s left", seconds);
    }
}
