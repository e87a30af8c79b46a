package dev.vitrail.cli;

import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import dev.vitrail.runtime.ResultRow;
import dev.vitrail.runtime.ResultWriter;
import java.util.Locale;
import java.util.stream.Collectors;

/** Rows for people, a line an image: path, then labels with their probabilities. */
final class TextRows implements ResultWriter {
    private static final int LEAST_WIDTH = 32;

    private final Console console;

    TextRows(Console console) {
        this.console = console;
    }

    @Override
    public void write(ResultRow row) {
        String said;
        if (row.prediction() instanceof Classified classified) {
            said =
                    classified.top().stream()
                            .map(TextRows::percent)
                            .collect(Collectors.joining("   ", row.unsure() ? "unsure: " : "", ""));
        } else if (row.prediction() instanceof Failed failed) {
            said = failed.code().id() + ": " + failed.message();
        } else {
            throw new IllegalStateException("a prediction of an unknown kind");
        }
        String path = row.path().replaceAll("\\p{Cntrl}", "?");
        console.print(path + " ".repeat(Math.max(2, LEAST_WIDTH - path.length())) + said);
    }

    private static String percent(RankedLabel label) {
        return String.format(Locale.ROOT, "%s %.1f %%", label.label(), 100 * label.probability());
    }

    @Override
    public void flush() {
        console.flush();
    }

    @Override
    public void finish() {
        console.flush();
    }

    @Override
    public void close() {}
}
