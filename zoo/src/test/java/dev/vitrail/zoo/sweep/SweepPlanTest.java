package dev.vitrail.zoo.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.config.ConfigReader;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepPlanTest {
    private static final String RATE = "training.optimizer.learning_rate";
    private static final SweepPlan.Sources SOURCES =
            new SweepPlan.Sources(Path.of("photos"), Optional.empty(), Optional.empty());

    static ModelConfig tiny() {
        return ConfigReader.parse(
                """
                {
                  "name": "tiny",
                  "model": { "image_size": 32, "patch_size": 8, "dim": 32, "depth": 1, "heads": 2 },
                  "labels": { "count": 2 },
                  "preprocessing": {
                    "resize": 32, "crop": 32, "interpolation": "bilinear",
                    "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]
                  },
                  "training": { "epochs": 2, "batch_size": 16, "warmup_epochs": 0 }
                }
                """,
                "tiny.json",
                Path.of(""));
    }

    static SweepPlan plan(List<String> grid, List<String> random, int... trials) {
        return SweepPlan.of(
                tiny(),
                grid,
                random,
                trials.length == 0 ? OptionalInt.empty() : OptionalInt.of(trials[0]),
                Metric.VAL_TOP1,
                SOURCES);
    }

    /** The order is that of Python's {@code itertools.product}. */
    @Test
    void aGridIsTheProductWithTheLastKeyFastest() {
        SweepPlan plan =
                plan(
                        List.of(
                                RATE + "=1e-4,3e-4",
                                "training.seed=0, 1,2",
                                "training.augmentation.random_resized_crop.scale=[0.5,1],[0.8,1]"),
                        List.of());
        assertThat(plan.trials()).hasSize(12);
        assertThat(plan.trials().stream().map(trial -> List.copyOf(trial.values().values())))
                .startsWith(
                        List.of("1e-4", "0", "[0.5,1]"),
                        List.of("1e-4", "0", "[0.8,1]"),
                        List.of("1e-4", "1", "[0.5,1]"))
                .endsWith(List.of("3e-4", "2", "[0.8,1]"));
        Trial last = plan.trials().get(11);
        assertThat(last.number()).isEqualTo(12);
        assertThat(last.folder()).isEqualTo("trials/0012");
        ModelConfig config = plan.config(last);
        assertThat(config.training().optimizer().learningRate()).isEqualTo(3e-4);
        assertThat(config.training().seed()).isEqualTo(2);
        assertThat(plan(List.of("training.seed=0,1,2"), List.of(), 2).trials()).hasSize(2);
    }

    @Test
    void everyDrawIsTrainedWithTheWholeGrid() {
        SweepPlan plan =
                plan(
                        List.of("training.seed=0,1,2"),
                        List.of(RATE + "=1e-5..1e-2:log", "model.depth=1..3:int"),
                        7);
        List<Trial> trials = plan.trials();
        assertThat(trials).hasSize(7);
        assertThat(trials.get(0).values()).containsKeys(RATE, "model.depth", "training.seed");
        for (int i = 0; i < 7; i++) {
            assertThat(trials.get(i).values()).containsEntry("training.seed", "" + i % 3);
            assertThat(trials.get(i).values().get(RATE))
                    .isEqualTo(trials.get(i / 3 * 3).values().get(RATE));
        }
        assertThat(trials.get(3).values().get(RATE)).isNotEqualTo(trials.get(0).values().get(RATE));
    }

    /** A longer sweep begins with the shorter one, and another seed draws others. */
    @Test
    void aTrialDependsOnSeedAndNumberAlone() {
        List<String> random = List.of(RATE + "=1e-5..1e-2:log", "model.drop_path=0..0.3");
        List<Trial> few = plan(List.of(), random, 5).trials();
        assertThat(plan(List.of(), random, 50).trials()).startsWith(few.toArray(Trial[]::new));
        // With the seed 0 of the config; a change of these values would change resumed sweeps.
        assertThat(few.get(0).values())
                .containsExactly(
                        Map.entry(RATE, "0.0002539"), Map.entry("model.drop_path", "0.07573"));
        ModelConfig seeded = Settings.apply(tiny(), Map.of("training.seed", "1"));
        SweepPlan other =
                SweepPlan.of(
                        seeded, List.of(), random, OptionalInt.of(5), Metric.VAL_TOP1, SOURCES);
        assertThat(other.trials()).doesNotContainAnyElementsOf(few);
    }

    /**
     * The largest distance between the share of draws below a value and the range's is that of
     * Kolmogorov and Smirnov, whose 99.9 % bound is 1.95 / sqrt(n).
     */
    @ParameterizedTest
    @CsvSource({"1e-5..1e-2:log, true", "0.1..0.9, false", "-3..5, false"})
    void drawsAreSpreadAsTheRangeSays(String range, boolean log) {
        int count = 3000;
        Candidates candidates = SweptKey.ofRandom("a=" + range).candidates();
        Candidates.Range ends = (Candidates.Range) candidates;
        double low = scaled(ends.low().doubleValue(), log);
        double high = scaled(ends.high().doubleValue(), log);
        List<Double> shares =
                plan(List.of(), List.of("training.clip_norm=" + range), count).trials().stream()
                        .map(trial -> Double.valueOf(trial.values().get("training.clip_norm")))
                        .map(value -> (scaled(value, log) - low) / (high - low))
                        .sorted()
                        .toList();
        double largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(shares.get(i) - (i + 0.5) / count));
        }
        assertThat(shares).allMatch(share -> share >= -1e-12 && share <= 1 + 1e-12);
        assertThat(largest).isLessThan(1.95 / Math.sqrt(count));
    }

    private static double scaled(double value, boolean log) {
        return log ? Math.log10(value) : value;
    }

    @Test
    void wholeNumbersAndListsAreDrawnWithBothEnds() {
        SweepPlan plan =
                plan(
                        List.of(),
                        List.of("model.depth=2..4:int", "model.activation=gelu,quick_gelu"),
                        60);
        assertThat(plan.trials().stream().map(trial -> trial.values().get("model.depth")))
                .containsOnly("2", "3", "4");
        assertThat(plan.trials().stream().map(trial -> trial.values().get("model.activation")))
                .containsOnly("gelu", "quick_gelu");
        plan.check();
    }

    @Test
    void drawnNumbersHaveFourDigits() {
        assertThat(plan(List.of(), List.of("training.clip_norm=0.001..123456789"), 100).trials())
                .allMatch(
                        trial ->
                                trial.values()
                                        .get("training.clip_norm")
                                        .matches("[0-9](\\.[0-9]{1,3})?e\\+[0-9]+|[0-9]{1,4}0*"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "training.seed                    | must be a key and its values",
                "training.seed=                   | must be a key and its values",
                "=1,2                             | must be a key and its values",
                "training.seed=1,,2               | a value is missing",
                "training.seed=1,2,1              | 1 is there twice",
                "training.clip_norm=2..1          | 2 must be less than 1",
                "training.clip_norm=1..1          | 1 must be less than 1",
                "training.clip_norm=0..1:log      | 0 has no logarithm",
                "training.clip_norm=-1..1:log     | -1 has no logarithm",
                "training.clip_norm=1..x          | x is no number; a range is such as",
                "training.clip_norm=1..1e999      | 1e999 is too large a number",
                "training.clip_norm=1..2:lin      | \"lin\" must be log or int",
                "training.clip_norm=1..2.5:int    | 2.5 must be a whole number",
            })
    void refusesWhatIsNoListOrRange(String given, String message) {
        assertThatThrownBy(() -> plan(List.of(), List.of(given), 3))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--random " + given)
                .hasMessageContaining(message);
    }

    @Test
    void refusesPlansThatMakeNoSense() {
        assertRefused(List.of(), List.of(), "nothing to sweep", 1);
        assertRefused(List.of(), List.of(RATE + "=1,2"), "--random needs --trials N");
        assertRefused(List.of(), List.of(RATE + "=1,2"), "--trials is 0, must be 1 to 10000", 0);
        assertRefused(
                List.of("training.seed=1,2"),
                List.of("training.seed=3..5:int"),
                "a key can be swept once only",
                3);
        assertRefused(
                List.of("training.optimizer={}", RATE + "=1"),
                List.of(),
                "a key can be swept once only");
        String many = "training.seed=" + String.join(",", numbers(200));
        assertRefused(
                List.of(many, many.replace("seed", "epochs")),
                List.of(),
                "more than 10000 combinations");
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(i -> "" + i).toList();
    }

    private static void assertRefused(
            List<String> grid, List<String> random, String message, int... trials) {
        assertThatThrownBy(() -> plan(grid, random, trials))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message);
    }

    @Test
    void checksEveryTrialBeforeTheFirst() {
        assertProblems(
                plan(List.of("training.learning_rat=1,2", "training.seed=0,1"), List.of()),
                "trial 1 (training.learning_rat=1, training.seed=0): training.learning_rat",
                "is not a known key; did you mean");
        assertProblems(
                plan(List.of("model.heads=2,3,4,5"), List.of()),
                "trial 2 (model.heads=3): model.heads is 3, must be a divisor of model.dim",
                "trial 4 (model.heads=5): model.heads is 5");
        assertProblems(
                plan(List.of(), List.of(RATE + "=-0.000001..0.5"), 1),
                "--random " + RATE + "=-0.000001..0.5 at -0.000001: " + RATE);
        assertProblems(
                plan(List.of("training.validation_split=0.2,0"), List.of()),
                "trial 2 (training.validation_split=0): training.validation_split is 0",
                "give --val or --metric train_loss");
        assertProblems(
                plan(List.of("pretraining={}"), List.of()),
                "trial 1 (pretraining={}): pretraining: is not looked at");
        assertProblems(
                plan(List.of("training.batch_size=16,1000000"), List.of()),
                "trial 2 (training.batch_size=1000000): training with batch_size 1000000 needs");
    }

    private static void assertProblems(SweepPlan plan, String... words) {
        assertThatThrownBy(plan::check)
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void anInitialRunsNetworkIsNotSwept() {
        SweepPlan plan =
                SweepPlan.of(
                        tiny(),
                        List.of("model.dim=32,64"),
                        List.of(),
                        OptionalInt.empty(),
                        Metric.VAL_TOP1,
                        new SweepPlan.Sources(
                                Path.of("a"), Optional.empty(), Optional.of(Path.of("seen"))));
        assertProblems(plan, "trial 2 (model.dim=64): model: is that of --init seen");
    }
}
