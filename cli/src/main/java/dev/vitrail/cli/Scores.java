package dev.vitrail.cli;

import dev.vitrail.runtime.EarlierRows;
import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.ResultRow;
import dev.vitrail.runtime.ResultWriter;
import dev.vitrail.runtime.RunIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Counts which rows are right, where the first folder of a path is the true class. */
final class Scores {
    private static final int MOST_MISTAKES = 10;

    private final Map<String, int[]> byClass = new TreeMap<>();
    private final List<String> mistakes = new ArrayList<>();

    /** A writer that counts every row and hands it on. */
    ResultWriter over(ResultWriter target) {
        return new ResultWriter() {
            @Override
            public EarlierRows begin(RunIdentity run, Consumer<ResultRow> earlier) {
                return target.begin(run, earlier);
            }

            @Override
            public void write(ResultRow row) {
                count(row);
                target.write(row);
            }

            @Override
            public void flush() {
                target.flush();
            }

            @Override
            public void finish() {
                target.finish();
            }

            @Override
            public void close() {
                target.close();
            }
        };
    }

    private void count(ResultRow row) {
        String expected = row.path().substring(0, Math.max(0, row.path().indexOf('/')));
        int[] counts = byClass.computeIfAbsent(expected, name -> new int[2]);
        counts[0]++;
        if (row.prediction() instanceof Classified classified) {
            if (classified.best().label().equals(expected)) {
                counts[1]++;
                return;
            }
            mistakes.add(
                    String.format(
                            Locale.ROOT,
                            "%s was taken for %s (%.1f %%)",
                            row.path(),
                            classified.best().label(),
                            100 * classified.best().probability()));
        } else {
            mistakes.add(row.path() + " could not be classified");
        }
    }

    int images() {
        return byClass.values().stream().mapToInt(counts -> counts[0]).sum();
    }

    int right() {
        return byClass.values().stream().mapToInt(counts -> counts[1]).sum();
    }

    double accuracy() {
        return images() == 0 ? 0 : (double) right() / images();
    }

    List<String> table() {
        TextTable table = new TextTable("class", "images", "right");
        byClass.forEach(
                (name, counts) ->
                        table.row(name, Integer.toString(counts[0]), Integer.toString(counts[1])));
        return table.lines();
    }

    /** What went wrong, the first ones. */
    List<String> mistakes() {
        return mistakes.subList(0, Math.min(MOST_MISTAKES, mistakes.size()));
    }
}
