package dev.vitrail.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar with rate and remaining time, redrawn in place on a terminal. */
final class BarProgress implements Progress {
    private static final int DEFAULT_WIDTH = 100;

    private final ProgressBarBuilder builder;
    private final Redraw redraw;
    private long total;
    private ProgressBar bar;

    BarProgress(String task, long total, String unit, OutputStream terminal) {
        this.total = total;
        redraw = new Redraw(terminal);
        builder =
                new ProgressBarBuilder()
                        .setTaskName(task)
                        .setUnit(" " + unit, 1)
                        .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                        .setUpdateIntervalMillis(200)
                        .showSpeed()
                        .setSpeedUnit(ChronoUnit.SECONDS)
                        .setConsumer(redraw);
    }

    @Override
    public synchronized void update(long done, String message) {
        if (bar == null) {
            // Work that goes on with an earlier run's begins in the middle: speed and remaining
            // time are counted from there.
            bar = builder.setInitialMax(Math.max(total, 0)).startsFrom(done, Duration.ZERO).build();
        }
        bar.setExtraMessage(" " + message);
        bar.stepTo(done);
    }

    @Override
    public synchronized void expect(long nowTotal) {
        total = nowTotal;
        if (bar != null) {
            bar.maxHint(nowTotal);
        }
    }

    @Override
    public void say(String line) {
        redraw.write("\r\u001b[K" + line + "\n");
    }

    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
        }
    }

    /** Draws over the line drawn before; ends it when the bar is closed. */
    private static final class Redraw implements ProgressBarConsumer {
        private final OutputStream terminal;

        Redraw(OutputStream terminal) {
            this.terminal = terminal;
        }

        @Override
        public int getMaxRenderedLength() {
            return Integer.getInteger("vitrail.terminal.columns", DEFAULT_WIDTH) - 1;
        }

        @Override
        public void accept(String line) {
            write("\r" + line);
        }

        @Override
        public void clear() {
            write("\r");
        }

        @Override
        public void close() {
            write("\n");
        }

        synchronized void write(String text) {
            try {
                terminal.write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // A vanished terminal must not end the work that it only watched.
                return;
            }
        }
    }
}
