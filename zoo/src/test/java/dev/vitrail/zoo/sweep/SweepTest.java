package dev.vitrail.zoo.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.data.DrawnDataset;
import dev.vitrail.zoo.data.DrawnShape;
import dev.vitrail.zoo.sweep.TrialResult.State;
import dev.vitrail.zoo.train.Run;
import dev.vitrail.zoo.train.Training;
import dev.vitrail.zoo.train.TrainingDevice;
import dev.vitrail.zoo.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trials of two epochs of two steps each, on drawn shapes. */
class SweepTest {
    private static final String RATE = "training.optimizer.learning_rate";
    private static final List<String> SEEDS = List.of("training.seed=0,1");

    @TempDir Path folder;
    private Path data;

    @BeforeEach
    void draw() {
        data = folder.resolve("data");
        new DrawnDataset(List.of(DrawnShape.CIRCLE, DrawnShape.CROSS), 20, 32, 1).write(data);
    }

    private SweepPlan plan(List<String> grid, List<String> random, int trials) {
        return plan(grid, random, trials, data);
    }

    private SweepPlan plan(List<String> grid, List<String> random, int trials, Path pictures) {
        return SweepPlan.of(
                SweepPlanTest.tiny(),
                grid,
                random,
                OptionalInt.of(trials),
                Metric.VAL_TOP1,
                new SweepPlan.Sources(pictures, Optional.empty(), Optional.empty()));
    }

    private SweepPlan random() {
        return plan(SEEDS, List.of(RATE + "=1e-3..1e-2:log"), 3);
    }

    /** Trains until a step of a trial is followed by a stop. */
    private static SweepResults run(Sweep sweep, LongPredicate stopAfter) {
        return sweep.run(
                (trial, config, options) -> {
                    Training[] training = new Training[1];
                    training[0] =
                            new Training(
                                    config,
                                    options,
                                    new TrainingListener() {
                                        @Override
                                        public void onStep(Progress progress) {
                                            if (stopAfter.test(progress.step())) {
                                                training[0].stop();
                                            }
                                        }
                                    });
                    return training[0].run();
                },
                TrainingDevice.CPU,
                () -> true);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aStoppedSweepGoesOnToTheSameBytes(int stopEvery) throws IOException {
        Path whole = folder.resolve("whole");
        assertThat(run(Sweep.begin(whole, random()), step -> false).isComplete()).isTrue();

        Path parts = folder.resolve("parts");
        Sweep sweep = Sweep.begin(parts, random());
        int stops = -1;
        boolean complete = false;
        while (!complete) {
            long[] taken = new long[1];
            complete = run(sweep, step -> ++taken[0] == stopEvery).isComplete();
            sweep = Sweep.open(parts).goingOn(random());
            stops++;
        }
        assertThat(stops).isGreaterThanOrEqualTo(12 / stopEvery - 1);
        assertThat(table(parts)).isEqualTo(table(whole)).hasSize(4);
        for (String name : List.of("trials/0002/model.safetensors", "trials/0003/config.json")) {
            assertThat(parts.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
        }
        assertThat(values(Sweep.open(parts).results())).isEqualTo(values(sweep.results()));
    }

    /** All but the seconds. */
    private static List<String> table(Path sweep) throws IOException {
        return Files.readAllLines(sweep.resolve("results.csv")).stream()
                .map(line -> line.replaceFirst(",[0-9.]+,(finished|failed|stopped),", ",$1,"))
                .toList();
    }

    private static List<Object> values(SweepResults results) {
        return results.results().stream().<Object>map(results::value).toList();
    }

    /** As a process that is killed leaves it: no row, a run folder in any state. */
    @Test
    void aKilledTrialIsFoundByItsCheckpoint() throws IOException {
        Path whole = folder.resolve("whole");
        run(Sweep.begin(whole, random()), step -> false);
        Path killed = folder.resolve("killed");
        Sweep.begin(killed, random());
        List<String> plan = Files.readAllLines(killed.resolve("sweep.json"));
        List<String> table = Files.readAllLines(killed.resolve("results.csv"));
        long[] taken = new long[1];
        run(Sweep.open(killed), step -> ++taken[0] == 3);
        // The first trial was within its second epoch, the second's folder has a config alone.
        Files.write(killed.resolve("sweep.json"), plan);
        Files.write(killed.resolve("results.csv"), table);
        Files.createDirectories(killed.resolve("trials/0002"));
        Files.copy(
                whole.resolve("trials/0002/config.json"),
                killed.resolve("trials/0002/config.json"));
        run(Sweep.open(killed), step -> false);
        assertThat(table(killed)).isEqualTo(table(whole));

        // Killed between the last step and its row.
        Files.write(killed.resolve("sweep.json"), plan);
        List<Long> steps = new ArrayList<>();
        run(Sweep.open(killed), step -> !steps.add(step));
        assertThat(steps).isEmpty();
        assertThat(table(killed)).isEqualTo(table(whole));
    }

    @Test
    void aTrialIsTheTrainingOfItsConfig() throws IOException {
        Path out = folder.resolve("sweep");
        SweepPlan plan = random();
        run(Sweep.begin(out, plan), step -> false);
        Trial trial = plan.trials().get(2);
        Path alone = folder.resolve("alone");
        new Training(
                        plan.config(trial),
                        new Training.Options(
                                data,
                                Optional.empty(),
                                alone,
                                new Training.Start.Fresh(false),
                                TrainingDevice.CPU),
                        TrainingListener.SILENT)
                .run();
        assertThat(out.resolve("trials/0003/model.safetensors"))
                .hasSameBinaryContentAs(alone.resolve("model.safetensors"));
        assertThat(Run.open(alone).config().training().optimizer().learningRate())
                .isEqualTo(Double.parseDouble(trial.values().get(RATE)));
    }

    @Test
    void aTrialThatDivergesIsARowAndTheOthersAreTrained() throws IOException {
        Path out = folder.resolve("sweep");
        SweepPlan plan = plan(List.of(RATE + "=1e300,1e-3"), List.of(), 2);
        SweepResults results = run(Sweep.begin(out, plan), step -> false);
        assertThat(results.isComplete()).isTrue();
        assertThat(results.results().get(0).state()).isEqualTo(State.FAILED);
        assertThat(results.results().get(0).reason()).contains("the loss is NaN");
        assertThat(results.best().orElseThrow().trial()).isEqualTo(2);
        assertThat(table(out).get(1)).startsWith("1,1e300,,,0,failed,step 2: the loss is NaN");
        // It is not tried again.
        run(
                Sweep.open(out).goingOn(plan),
                step -> {
                    throw new AssertionError("a step");
                });
    }

    @Test
    void whatIsNotTheTrialsFaultEndsTheSweep() throws IOException {
        Path out = folder.resolve("sweep");
        Sweep sweep = Sweep.begin(out, random());
        assertThatThrownBy(
                        () ->
                                sweep.run(
                                        (trial, config, options) -> {
                                            throw new ZooException("No space left on device");
                                        },
                                        TrainingDevice.CPU,
                                        () -> true))
                .hasMessage("No space left on device");
        assertThat(table(out)).hasSize(1);
        assertThat(run(Sweep.open(out).goingOn(random()), step -> false).isComplete()).isTrue();
    }

    @Test
    void noTrialIsBegunThatMayNotStart() {
        Path out = folder.resolve("sweep");
        Sweep sweep = Sweep.begin(out, random());
        sweep.run((trial, config, options) -> null, TrainingDevice.CPU, () -> false);
        assertThat(sweep.results().results()).isEmpty();
        assertThat(out.resolve("trials")).isEmptyDirectory();
    }

    @Test
    void goesOnWithTheSamePlanOnly() throws IOException {
        Path out = folder.resolve("sweep");
        Sweep.begin(out, random());
        assertRefused(
                out,
                plan(List.of("training.seed=0,1,2"), List.of(RATE + "=1e-3..1e-2"), 3),
                "grid was [\"training.seed=0,1\"] and is [\"training.seed=0,1,2\"]",
                "random was [\"" + RATE + "=1e-3..1e-2:log\"] and is [\"" + RATE + "=1e-3..1e-2\"]",
                "only --trials may grow");
        assertRefused(
                out, plan(SEEDS, List.of(RATE + "=1e-3..1e-2:log"), 2), "trials was 3 and is 2");
        Path moved = Files.move(data, folder.resolve("moved"));
        SweepPlan longer = plan(SEEDS, List.of(RATE + "=1e-3..1e-2:log"), 4, moved);
        Sweep sweep = Sweep.open(out).goingOn(longer);
        assertThat(Sweep.open(out).results().plan().trials()).hasSize(4);
        Files.delete(moved.resolve("circle/0003.png"));
        assertRefused(out, longer, moved + ": is not what " + out, "circle/0003.png");
        assertThat(sweep.results().results()).isEmpty();
    }

    private static void assertRefused(Path out, SweepPlan plan, String... words) {
        assertThatThrownBy(() -> Sweep.open(out).goingOn(plan))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void nothingIsWrittenForAPlanThatCannotBe() {
        Path out = folder.resolve("sweep");
        SweepPlan wrong = plan(List.of("model.heads=2,3"), List.of(), 2);
        assertThatThrownBy(() -> Sweep.begin(out, wrong)).hasMessageContaining("trial 2");
        SweepPlan elsewhere = plan(SEEDS, List.of(), 2, folder.resolve("nowhere"));
        assertThatThrownBy(() -> Sweep.begin(out, elsewhere)).hasMessageContaining("nowhere");
        assertThat(out).doesNotExist();
        assertThatThrownBy(() -> Sweep.open(out)).hasMessageContaining("is no sweep's folder");
    }

    @Test
    void aDamagedPlanIsRefused() throws IOException {
        Path out = folder.resolve("sweep");
        Sweep.begin(out, random());
        Path file = out.resolve("sweep.json");
        String good = Files.readString(file);
        for (String bad :
                List.of(
                        good.substring(0, good.length() / 2),
                        "[]",
                        "{}",
                        good.replace("val", ""))) {
            Files.writeString(file, bad);
            assertThatThrownBy(() -> Sweep.open(out))
                    .isInstanceOf(ZooException.class)
                    .hasMessageContaining(file + ": is no plan of a sweep");
        }
    }

    @Test
    void aNewSweepDeletesTheTrialsOfTheOldAndNothingElse() throws IOException {
        Path out = folder.resolve("sweep");
        run(Sweep.begin(out, random()), step -> false);
        Path note = Files.writeString(out.resolve("trials/0002/note.txt"), "mine");
        Sweep sweep = Sweep.begin(out, plan(SEEDS, List.of(), 1));
        assertThat(sweep.results().results()).isEmpty();
        try (var entries = Files.walk(out)) {
            assertThat(entries.filter(Files::isRegularFile))
                    .containsExactlyInAnyOrder(
                            note,
                            out.resolve("sweep.json"),
                            out.resolve("results.csv"),
                            out.resolve("data.csv"));
        }
    }
}
