package dev.vitrail.cli;

import dev.vitrail.runtime.BatchChoice;
import dev.vitrail.runtime.ProgressListener;

/** Moves the bar of a folder run, if there is one, and says what the run had to change. */
final class RunProgress implements ProgressListener {
    private final Console console;
    // The interface has a Progress of its own.
    private final dev.vitrail.cli.Progress bar;

    RunProgress(Console console, dev.vitrail.cli.Progress bar) {
        this.console = console;
        this.bar = bar;
    }

    @Override
    public void progressed(Progress progress) {
        if (bar != null) {
            bar.expect(progress.total());
            int failed = progress.failed();
            bar.update(progress.done(), failed == 0 ? "" : failed + " failed");
        }
    }

    @Override
    public void batchHalved(BatchChoice choice) {
        console.warn("goes on in batches of " + choice.images() + ", " + choice.reason());
    }
}
