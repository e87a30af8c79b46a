package dev.vitrail.zoo.sweep;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.data.CsvLine;
import dev.vitrail.zoo.sweep.TrialResult.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the trials of a sweep came to so far.
 *
 * @param plan what they are of
 * @param results of trials that were begun, by their numbers
 */
public record SweepResults(SweepPlan plan, List<TrialResult> results) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Orders the results.
     *
     * @param plan what they are of
     * @param results of trials that were begun
     */
    public SweepResults {
        results = results.stream().sorted(Comparator.comparingInt(TrialResult::trial)).toList();
    }

    /** The same with one result added, or replaced by a later one. */
    SweepResults with(TrialResult result) {
        Map<Integer, TrialResult> byTrial = new TreeMap<>();
        results.forEach(earlier -> byTrial.put(earlier.trial(), earlier));
        byTrial.put(result.trial(), result);
        return new SweepResults(plan, List.copyOf(byTrial.values()));
    }

    /** Whether a trial needs no more training. */
    boolean isOver(Trial trial) {
        return results.stream()
                .anyMatch(r -> r.trial() == trial.number() && r.state() != State.STOPPED);
    }

    /**
     * Returns whether all trials finished or failed.
     *
     * @return whether nothing is left to train
     */
    public boolean isComplete() {
        return plan.trials().stream().allMatch(this::isOver);
    }

    /**
     * Returns the trial of a result.
     *
     * @param result one of these
     * @return its values
     */
    public Trial trial(TrialResult result) {
        return plan.trials().get(result.trial() - 1);
    }

    /**
     * Returns the figure that a result is compared by.
     *
     * @param result one of these
     * @return empty unless the trial finished
     */
    public Optional<Double> value(TrialResult result) {
        return result.state() == State.FINISHED
                ? Optional.of(plan.metric().of(result.best()))
                : Optional.empty();
    }

    /**
     * Returns the results, best first: by the metric, those that are equal by validation loss; then
     * those without a figure.
     *
     * @return all of them
     */
    public List<TrialResult> ranked() {
        List<TrialResult> finished =
                results.stream()
                        .filter(result -> result.state() == State.FINISHED)
                        .sorted(
                                Comparator.comparing(
                                                (TrialResult result) ->
                                                        plan.metric().of(result.best()),
                                                plan.metric().order())
                                        .thenComparing(
                                                result -> result.best().valLoss(),
                                                Comparator.nullsLast(Comparator.naturalOrder())))
                        .toList();
        List<TrialResult> ranked = new ArrayList<>(finished);
        results.stream().filter(result -> !finished.contains(result)).forEach(ranked::add);
        return List.copyOf(ranked);
    }

    /**
     * Returns the best of the finished trials.
     *
     * @return empty if none finished
     */
    public Optional<TrialResult> best() {
        return ranked().stream().findFirst().filter(result -> value(result).isPresent());
    }

    /**
     * Trials that differ in their seed alone.
     *
     * @param values of the other keys
     * @param count how many finished
     * @param mean of their figures
     * @param deviation of the figures, with {@code count - 1} as divisor; null for one trial
     */
    public record SeedGroup(Map<String, String> values, int count, double mean, Double deviation) {

        private static SeedGroup of(Map<String, String> values, List<Double> figures) {
            double mean = figures.stream().mapToDouble(f -> f).average().orElseThrow();
            double squares = figures.stream().mapToDouble(f -> (f - mean) * (f - mean)).sum();
            int count = figures.size();
            return new SeedGroup(
                    values, count, mean, count < 2 ? null : Math.sqrt(squares / (count - 1)));
        }
    }

    /**
     * Returns the finished trials with all seeds of a recipe together, the best mean first.
     *
     * @return empty unless {@code training.seed} is swept
     */
    public List<SeedGroup> overSeeds() {
        if (!plan.keys().contains(SweepPlan.SEED)) {
            return List.of();
        }
        Map<Map<String, String>, List<Double>> groups = new LinkedHashMap<>();
        for (TrialResult result : results) {
            Map<String, String> values = new LinkedHashMap<>(trial(result).values());
            values.remove(SweepPlan.SEED);
            value(result)
                    .ifPresent(
                            figure ->
                                    groups.computeIfAbsent(values, key -> new ArrayList<>())
                                            .add(figure));
        }
        return groups.entrySet().stream()
                .map(group -> SeedGroup.of(group.getKey(), group.getValue()))
                .sorted(Comparator.comparing(SeedGroup::mean, plan.metric().order()))
                .toList();
    }

    /**
     * Returns the table of trials in their order.
     *
     * @return comma-separated values with a header
     */
    public String csv() {
        List<String> header = new ArrayList<>(List.of("trial"));
        header.addAll(plan.keys());
        header.addAll(
                List.of(plan.metric().id(), "best_epoch", "epochs", "seconds", "state", "reason"));
        StringBuilder lines = new StringBuilder(CsvLine.of(header)).append('\n');
        results.forEach(result -> lines.append(CsvLine.of(fields(result))).append('\n'));
        return lines.toString();
    }

    private List<String> fields(TrialResult result) {
        List<String> fields = new ArrayList<>(List.of(Integer.toString(result.trial())));
        fields.addAll(trial(result).values().values());
        fields.add(value(result).map(Object::toString).orElse(""));
        fields.add(result.best() == null ? "" : Integer.toString(result.best().epoch()));
        fields.add(Integer.toString(result.epochs()));
        fields.add(String.format(Locale.ROOT, "%.1f", result.seconds()));
        fields.add(result.state().id());
        fields.add(result.reason() == null ? "" : result.reason());
        return fields;
    }

    /**
     * Returns all of it for a program: the plan, whether it is complete, the number of the best
     * trial, the groups over seeds, and a result with values and run folder for each trial.
     *
     * @return what Jackson writes as the object
     */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        plan.toJson().properties().forEach(e -> fields.put(e.getKey(), e.getValue()));
        fields.put("complete", isComplete());
        best().ifPresent(best -> fields.put("best", best.trial()));
        fields.put("over_seeds", overSeeds());
        fields.put("results", results.stream().map(this::row).toList());
        return fields;
    }

    private Map<String, Object> row(TrialResult result) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("trial", result.trial());
        row.put("run", trial(result).folder());
        row.put("values", trial(result).values());
        value(result).ifPresent(value -> row.put("value", value));
        row.putAll(JSON.convertValue(result, new TypeReference<Map<String, Object>>() {}));
        return row;
    }
}
