package dev.vitrail.zoo.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.JsonChanges;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.MachineMemory;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.ModelPlan;
import dev.vitrail.zoo.config.Settings;
import dev.vitrail.zoo.data.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a sweep is to train: trials in a fixed order, each with values of its own for some keys of
 * the config. A trial depends on the plan and its number alone.
 *
 * <p>Random values are drawn with the config's seed and the number of the draw. Every draw is
 * trained with each combination of the grid's values; without a grid that is once. The last key of
 * the grid changes fastest.
 */
public final class SweepPlan {

    static final String SEED = "training.seed";

    /** All are checked before the first is trained. */
    private static final int MAXIMUM_TRIALS = 10_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelConfig config;
    private final List<SweptKey> grid;
    private final List<SweptKey> random;
    private final List<Trial> trials;
    private final Metric metric;
    private final Sources sources;

    /**
     * What all trials begin with.
     *
     * @param data a folder of class folders
     * @param validation another such folder; without it the config's share of the data is held back
     * @param init the run whose weights trials begin with, if not with random ones
     */
    public record Sources(Path data, Optional<Path> validation, Optional<Path> init) {

        private static Sources read(JsonNode plan) {
            return new Sources(
                    Path.of(plan.required("data").asText()), path(plan, "val"), path(plan, "init"));
        }

        private static Optional<Path> path(JsonNode plan, String key) {
            return Optional.ofNullable(plan.get(key)).map(node -> Path.of(node.asText()));
        }
    }

    private SweepPlan(
            ModelConfig config,
            List<SweptKey> grid,
            List<SweptKey> random,
            int trials,
            Metric metric,
            Sources sources) {
        this.config = config;
        this.grid = List.copyOf(grid);
        this.random = List.copyOf(random);
        this.metric = metric;
        this.sources = sources;
        this.trials = IntStream.rangeClosed(1, trials).mapToObj(this::trial).toList();
    }

    /**
     * Plans a sweep. Nothing is read or written.
     *
     * @param config what trials have in common; its seed is that of the draws
     * @param grid such as {@code training.seed=0,1,2}
     * @param random such as {@code training.optimizer.learning_rate=1e-5..1e-2:log}
     * @param trials how many there are to be in all; empty for one of every combination of a grid
     * @param metric by which they are compared
     * @param sources what they begin with
     * @return the plan
     * @throws InputException if something is no key with values, there twice, or too many
     */
    public static SweepPlan of(
            ModelConfig config,
            List<String> grid,
            List<String> random,
            OptionalInt trials,
            Metric metric,
            Sources sources) {
        List<SweptKey> gridKeys = grid.stream().map(SweptKey::ofGrid).toList();
        List<SweptKey> randomKeys = random.stream().map(SweptKey::ofRandom).toList();
        refuseOverlaps(Stream.concat(randomKeys.stream(), gridKeys.stream()).toList());
        if (trials.isPresent() && (trials.getAsInt() < 1 || trials.getAsInt() > MAXIMUM_TRIALS)) {
            throw new InputException(
                    "--trials is " + trials.getAsInt() + ", must be 1 to " + MAXIMUM_TRIALS);
        }
        return new SweepPlan(
                // The labels are those of the data, and a file of others need not be found again.
                config.withLabels(new Labels.Counted(config.labels().count())),
                gridKeys,
                randomKeys,
                count(gridKeys, randomKeys, trials),
                metric,
                sources);
    }

    private static void refuseOverlaps(List<SweptKey> keys) {
        if (keys.isEmpty()) {
            throw new InputException(
                    "nothing to sweep: give --grid KEY=VALUE,VALUE or --random KEY=LOW..HIGH");
        }
        for (int i = 0; i < keys.size(); i++) {
            for (SweptKey other : keys.subList(0, i)) {
                if (keys.get(i).overlaps(other)) {
                    throw new InputException(
                            other + " and " + keys.get(i) + ": a key can be swept once only");
                }
            }
        }
    }

    private static int count(List<SweptKey> grid, List<SweptKey> random, OptionalInt trials) {
        int combinations = 1;
        for (SweptKey key : grid) {
            combinations *= ((Candidates.Listed) key.candidates()).values().size();
            if (combinations > MAXIMUM_TRIALS) {
                throw new InputException(
                        "the grid has more than " + MAXIMUM_TRIALS + " combinations");
            }
        }
        if (random.isEmpty()) {
            return Math.min(combinations, trials.orElse(combinations));
        }
        return trials.orElseThrow(
                () -> new InputException("--random needs --trials N: how many to train in all"));
    }

    /**
     * Returns what the trials have in common.
     *
     * @return the config before any trial's values
     */
    public ModelConfig config() {
        return config;
    }

    /**
     * Returns what the trials begin with.
     *
     * @return folders
     */
    public Sources sources() {
        return sources;
    }

    /**
     * Returns by what the trials are compared.
     *
     * @return the metric
     */
    public Metric metric() {
        return metric;
    }

    /**
     * Returns the swept keys.
     *
     * @return their paths, the drawn ones first
     */
    public List<String> keys() {
        return Stream.concat(random.stream(), grid.stream()).map(SweptKey::key).toList();
    }

    /**
     * Returns what the grid was given as.
     *
     * @return such as {@code training.seed=0,1,2}
     */
    public List<String> grid() {
        return texts(grid);
    }

    /**
     * Returns what the draws were given as.
     *
     * @return such as {@code training.optimizer.learning_rate=1e-5..1e-2:log}
     */
    public List<String> random() {
        return texts(random);
    }

    private static List<String> texts(List<SweptKey> keys) {
        return keys.stream().map(SweptKey::toString).toList();
    }

    /**
     * Returns the trials in their order.
     *
     * @return one or more
     */
    public List<Trial> trials() {
        return trials;
    }

    private Trial trial(int number) {
        Map<String, String> drawn = new LinkedHashMap<>();
        Map<String, String> combination = new LinkedHashMap<>();
        int rest = number - 1;
        for (int i = grid.size() - 1; i >= 0; i--) {
            List<String> values = ((Candidates.Listed) grid.get(i).candidates()).values();
            combination.put(grid.get(i).key(), values.get(rest % values.size()));
            rest /= values.size();
        }
        for (int i = 0; i < random.size(); i++) {
            SweptKey key = random.get(i);
            drawn.put(
                    key.key(),
                    key.candidates().draw(Seeds.random(config.training().seed(), rest, i)));
        }
        grid.forEach(key -> drawn.put(key.key(), combination.get(key.key())));
        return new Trial(number, drawn);
    }

    /**
     * The config of a trial.
     *
     * @param trial of this plan
     * @return the config, ready to be trained with labels
     * @throws InputException naming each value that it cannot have
     */
    public ModelConfig config(Trial trial) {
        return config(trial.values());
    }

    private ModelConfig config(Map<String, String> values) {
        ModelConfig changed = Settings.apply(config, values);
        if (changed.pretraining().isPresent()) {
            throw new InputException(
                    "pretraining: is not looked at where trainings have labels, as a sweep's do");
        }
        if (sources.init().isPresent()
                && !config.withRecipeOf(changed).model().equals(changed.model())) {
            throw new InputException(
                    "model: is that of --init "
                            + sources.init().get()
                            + "; only dropout, attention_dropout and drop_path may change");
        }
        if (metric.needsValidation()
                && sources.validation().isEmpty()
                && changed.training().validationSplit() == 0) {
            throw new InputException(
                    "training.validation_split is 0, so that there is no "
                            + metric
                            + "; give --val or --metric train_loss");
        }
        ModelPlan.of(changed.model(), changed.labels().count())
                .refuseTraining(changed.training().batchSize(), MachineMemory.bytes())
                .ifPresent(
                        sentence -> {
                            throw new InputException(sentence);
                        });
        return changed;
    }

    /**
     * Makes the config of every trial, and those at the ends of every range.
     *
     * @throws InputException with a line for each thing that is wrong, naming the first trial that
     *     has it
     */
    public void check() {
        Set<String> said = new LinkedHashSet<>();
        List<String> problems = new ArrayList<>();
        for (Trial trial : trials) {
            note(trial.toString(), trial.values(), said, problems);
        }
        Trial first = trials.get(0);
        for (SweptKey key : random) {
            for (String end : key.candidates().extremes()) {
                Map<String, String> values = new LinkedHashMap<>(first.values());
                values.put(key.key(), end);
                note("--random " + key + " at " + end, values, said, problems);
            }
        }
        if (!problems.isEmpty()) {
            throw new InputException(String.join(System.lineSeparator(), problems));
        }
    }

    private void note(
            String where, Map<String, String> values, Set<String> said, List<String> problems) {
        try {
            config(values);
        } catch (InputException e) {
            e.getMessage()
                    .lines()
                    .filter(said::add)
                    .forEach(line -> problems.add(where + ": " + line));
        }
    }

    /**
     * Refuses a plan that is not this one gone on with. There may be more trials; pictures are
     * compared elsewhere, wherever they lie now.
     *
     * @param folder of the sweep, for the message
     * @param other the plan to go on with
     * @throws InputException naming everything that differs
     */
    void refuseOther(Path folder, SweepPlan other) {
        ObjectNode before = toJson();
        ObjectNode now = other.toJson();
        for (ObjectNode plan : List.of(before, now)) {
            plan.remove(List.of("trials", "data", "val"));
        }
        List<String> changes =
                JsonChanges.between(before.toString(), now.toString()).entrySet().stream()
                        .map(change -> change.getKey() + " " + change.getValue())
                        .collect(Collectors.toCollection(ArrayList::new));
        if (other.trials.size() < trials.size()) {
            changes.add("trials was " + trials.size() + " and is " + other.trials.size());
        }
        if (!changes.isEmpty()) {
            throw new InputException(
                    folder
                            + ": is another sweep ("
                            + String.join("; ", changes)
                            + "); one goes on with what it was begun with, and only --trials may"
                            + " grow");
        }
    }

    /** The plan as {@link #read} takes it. */
    ObjectNode toJson() {
        ObjectNode plan = JSON.createObjectNode();
        try {
            plan.set("config", JSON.readTree(config.toJson()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a config writes JSON", e);
        }
        add(plan.putArray("grid"), grid);
        add(plan.putArray("random"), random);
        plan.put("trials", trials.size());
        plan.put("metric", metric.id());
        plan.put("data", sources.data().toString());
        sources.validation().ifPresent(path -> plan.put("val", path.toString()));
        sources.init().ifPresent(path -> plan.put("init", path.toString()));
        return plan;
    }

    private static void add(ArrayNode array, List<SweptKey> keys) {
        texts(keys).forEach(array::add);
    }

    /**
     * Reads a plan.
     *
     * @throws IllegalArgumentException if something is missing
     */
    static SweepPlan read(JsonNode plan) {
        String metric = plan.required("metric").asText();
        return of(
                ConfigReader.parse(
                        plan.required("config").toString(), "the sweep's config", Path.of("")),
                texts(plan.required("grid")),
                texts(plan.required("random")),
                OptionalInt.of(plan.required("trials").asInt()),
                Stream.of(Metric.values())
                        .filter(known -> known.id().equals(metric))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("metric " + metric)),
                Sources.read(plan));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
