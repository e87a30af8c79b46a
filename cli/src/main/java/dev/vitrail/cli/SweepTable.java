package dev.vitrail.cli;

import dev.vitrail.zoo.sweep.Metric;
import dev.vitrail.zoo.sweep.SweepResults;
import dev.vitrail.zoo.sweep.SweepResults.SeedGroup;
import dev.vitrail.zoo.sweep.Trial;
import dev.vitrail.zoo.sweep.TrialResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The trials of a sweep as text for people; keys are called by their last part. */
final class SweepTable {
    private final SweepResults results;
    private final Metric metric;
    private final List<String> keys;

    SweepTable(SweepResults results) {
        this.results = results;
        metric = results.plan().metric();
        keys = results.plan().keys();
    }

    /** What comes before a trial's training: {@code [3/12] learning_rate=3e-4 seed=1}. */
    String heading(Trial trial) {
        return trial.values().entrySet().stream()
                .map(value -> shortened(value.getKey()) + "=" + value.getValue())
                .collect(
                        Collectors.joining(
                                " ",
                                "[" + trial.number() + "/" + results.plan().trials().size() + "] ",
                                ""));
    }

    /** The last part of a key; all of it where another ends alike. */
    private String shortened(String key) {
        String last = lastPart(key);
        return keys.stream().filter(other -> lastPart(other).equals(last)).count() == 1
                ? last
                : key;
    }

    private static String lastPart(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** The swept keys as people call them, in the plan's order. */
    List<String> columns() {
        return keys.stream().map(this::shortened).toList();
    }

    /** Those of {@link #columns} that tell recipes apart, whatever the seed. */
    List<String> recipeColumns() {
        return results.overSeeds().stream()
                .limit(1)
                .flatMap(group -> group.values().keySet().stream())
                .map(this::shortened)
                .toList();
    }

    /** A row for each trial that was begun, best first. */
    List<String> trials() {
        List<String> header = new ArrayList<>(List.of("trial"));
        header.addAll(columns());
        header.addAll(List.of(metric.id(), "best epoch", "epochs", "seconds", "state"));
        TextTable table = new TextTable(header.toArray(String[]::new));
        for (TrialResult result : results.ranked()) {
            List<String> row = new ArrayList<>(List.of(Integer.toString(result.trial())));
            row.addAll(results.trial(result).values().values());
            row.add(value(result));
            row.add(result.best() == null ? "-" : Integer.toString(result.best().epoch()));
            row.add(Integer.toString(result.epochs()));
            row.add(String.format(Locale.ROOT, "%.0f", result.seconds()));
            row.add(result.state().id());
            table.row(row.toArray(String[]::new));
        }
        return table.lines();
    }

    /** A row for each recipe, the best mean first. */
    List<String> overSeeds() {
        List<String> header = new ArrayList<>(recipeColumns());
        header.addAll(List.of("seeds", "mean " + metric, "standard deviation"));
        TextTable table = new TextTable(header.toArray(String[]::new));
        for (SeedGroup group : results.overSeeds()) {
            List<String> row = new ArrayList<>(group.values().values());
            row.add(Integer.toString(group.count()));
            row.add(figure(group.mean()));
            row.add(group.deviation() == null ? "-" : figure(group.deviation()));
            table.row(row.toArray(String[]::new));
        }
        return table.lines();
    }

    /** The figure of a result for people. */
    String value(TrialResult result) {
        return results.value(result).map(this::figure).orElse("-");
    }

    private String figure(double value) {
        return metric.isShare()
                ? String.format(Locale.ROOT, "%.2f %%", 100 * value)
                : String.format(Locale.ROOT, "%.4f", value);
    }
}
