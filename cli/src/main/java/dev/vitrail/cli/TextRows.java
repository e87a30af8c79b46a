package dev.vitrail.cli;

import dev.vitrail.runtime.EarlierRows;
import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import dev.vitrail.runtime.ResultRow;
import dev.vitrail.runtime.ResultWriter;
import dev.vitrail.runtime.RowScores;
import dev.vitrail.runtime.RunIdentity;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Rows for people, a line an image: path, then labels with their probabilities or logits. */
final class TextRows implements ResultWriter {
    private static final int LEAST_WIDTH = 32;

    private final Console console;
    private RowScores scores = RowScores.PROBABILITIES;

    TextRows(Console console) {
        this.console = console;
    }

    @Override
    public EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
        scores = run.scores();
        return EarlierRows.NONE;
    }

    @Override
    public void write(ResultRow row) {
        String said;
        if (row.prediction() instanceof Classified classified) {
            said =
                    classified.top().stream()
                            .map(this::number)
                            .collect(Collectors.joining("   ", row.unsure() ? "unsure: " : "", ""));
        } else if (row.prediction() instanceof Failed failed) {
            said = failed.code().id() + ": " + failed.message();
        } else {
            throw new IllegalStateException("a prediction of an unknown kind");
        }
        String path = row.path().replaceAll("\\p{Cntrl}", "?");
        console.print(path + " ".repeat(Math.max(2, LEAST_WIDTH - path.length())) + said);
    }

    private String number(RankedLabel label) {
        return switch (scores) {
            case PROBABILITIES ->
                    String.format(
                            Locale.ROOT, "%s %.1f %%", label.label(), 100 * label.probability());
            case LOGITS -> String.format(Locale.ROOT, "%s %.3f", label.label(), label.logit());
        };
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
