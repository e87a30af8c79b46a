package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Settings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A training that was stopped and went on gives the same bits as one that never was. */
class ResumeTest {

    private static final String CHECKPOINT = "checkpoint.safetensors";
    private static final String PREVIOUS = "checkpoint-previous.safetensors";

    @TempDir Path folder;
    private Path data;

    @BeforeEach
    void draw() {
        data = TinyTraining.draw(folder.resolve("data"), 40, 1);
    }

    /** 64 pictures: 4 batches, with accumulation 2 steps, in each of 3 epochs. */
    @ParameterizedTest
    @CsvSource({"adamw, 1, 1, 1", "adamw, 3, 1, 3", "sgd, 1, 2, 1", "adamw, 5, 2, 1"})
    void stopsAndGoesOnBitForBit(String optimizer, int stopEvery, int accumulation, int repeats)
            throws IOException {
        ModelConfig config =
                Settings.apply(
                        TinyTraining.config(3),
                        Map.of(
                                "training.optimizer", "{\"type\": \"" + optimizer + "\"}",
                                "training.gradient_accumulation", "" + accumulation,
                                "training.augmentation.repeats", "" + repeats,
                                "training.ema", "{\"decay\": 0.9}"));
        Path whole = folder.resolve("whole");
        assertThat(train(config, whole, fresh(), step -> false).complete()).isTrue();

        Path parts = folder.resolve("parts");
        Training.Start start = fresh();
        int stops = -1;
        boolean complete = false;
        while (!complete) {
            long[] taken = new long[1];
            complete = train(config, parts, start, step -> ++taken[0] == stopEvery).complete();
            start = new Training.Start.Resume(false);
            stops++;
        }
        assertThat(stops).isGreaterThanOrEqualTo(6 / stopEvery - 1);
        for (String name :
                List.of(
                        "model.safetensors",
                        "evaluation.json",
                        CHECKPOINT,
                        "data.csv",
                        "config.json")) {
            assertThat(parts.resolve(name)).as(name).hasSameBinaryContentAs(whole.resolve(name));
        }
        assertThat(figures(parts)).isEqualTo(figures(whole));
        assertThat(events(parts)).isEqualTo(events(whole)).hasSize(12 / accumulation + 3);
    }

    /** Steps and first tags of what TensorBoard shows. */
    private static List<EventFile.Entry> events(Path run) throws IOException {
        List<EventFile.Entry> entries = new ArrayList<>();
        for (Path file : EventFile.in(run)) {
            EventFile.cut(file, entries::add);
        }
        entries.removeIf(entry -> entry.tag().isEmpty());
        return entries;
    }

    /** All but the wall clock. */
    private static List<List<Object>> figures(Path run) {
        return Run.open(run).history().stream()
                .map(
                        e ->
                                Arrays.<Object>asList(
                                        e.epoch(),
                                        e.step(),
                                        e.learningRate(),
                                        e.trainLoss(),
                                        e.trainAccuracy(),
                                        e.valLoss(),
                                        e.valTop1(),
                                        e.valLossRaw(),
                                        e.valTop1Raw()))
                .toList();
    }

    @Test
    void goesOnFromTheCheckpointBeforeTheLastIfAskedTo() throws IOException {
        ModelConfig config = TinyTraining.config(3);
        Path whole = folder.resolve("whole");
        train(config, whole, fresh(), step -> false);
        Path run = folder.resolve("run");
        train(config, run, fresh(), step -> step == 9);
        train(config, run, new Training.Start.Resume(true), step -> false);
        assertThat(run.resolve(CHECKPOINT)).hasSameBinaryContentAs(whole.resolve(CHECKPOINT));
        assertThat(events(run)).isEqualTo(events(whole));
    }

    @Test
    void findsEveryKindOfDamage() throws IOException {
        Path run = folder.resolve("run");
        train(TinyTraining.config(2), run, fresh(), step -> step == 6);
        Path file = run.resolve(CHECKPOINT);
        byte[] good = Files.readAllBytes(file);

        Files.write(file, new byte[good.length]);
        assertRefused(run, file.toString());
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(0);
            cut.write(good, 0, good.length - 1);
        }
        assertRefused(run, file.toString());
        for (int at : new int[] {0, 9, 60, good.length / 2, good.length - 1}) {
            byte[] flipped = good.clone();
            flipped[at] ^= 4;
            Files.write(file, flipped);
            assertRefused(run, file.toString());
        }
        Files.write(file, good);
        assertThat(
                        train(
                                        TinyTraining.config(2),
                                        run,
                                        new Training.Start.Resume(false),
                                        step -> false)
                                .complete())
                .isTrue();
    }

    private void assertRefused(Path run, String message) {
        assertThatThrownBy(
                        () ->
                                train(
                                        TinyTraining.config(2),
                                        run,
                                        new Training.Start.Resume(false),
                                        step -> false))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(PREVIOUS);
    }

    @Test
    void namesThePicturesThatChangedBetweenStopAndGoingOn() throws IOException {
        Path run = folder.resolve("run");
        train(TinyTraining.config(2), run, fresh(), step -> step == 2);
        Path gone = data.resolve("circle/0001.png");
        Files.move(gone, data.resolve("cross/another.png"));
        assertThatThrownBy(
                        () ->
                                train(
                                        TinyTraining.config(2),
                                        run,
                                        new Training.Start.Resume(false),
                                        step -> false))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("circle/0001.png")
                .hasMessageContaining("same pictures only");
    }

    @Test
    void mayBecomeLongerButNothingElse() throws IOException {
        Path run = folder.resolve("run");
        train(TinyTraining.config(2), run, fresh(), step -> step == 2);
        ModelConfig stored = Run.open(run).config();
        ModelConfig other =
                Settings.apply(
                        stored,
                        Map.of("training.optimizer.learning_rate", "1", "model.dropout", "0.5"));
        assertThatThrownBy(() -> train(other, run, new Training.Start.Resume(false), step -> false))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("model.dropout was 0.02 and is 0.5")
                .hasMessageContaining("training.optimizer.learning_rate was 0.003 and is 1.0");
        ModelConfig longer = Settings.apply(stored, Map.of("training.epochs", "4"));
        Training.Result result = train(longer, run, new Training.Start.Resume(false), s -> false);
        assertThat(result.history()).hasSize(4);
        assertThat(Run.open(run).config().training().epochs()).isEqualTo(4);
    }

    @Test
    void saysWhatThereIsToGoOnWith() throws IOException {
        assertThatThrownBy(
                        () ->
                                train(
                                        TinyTraining.config(1),
                                        folder.resolve("none"),
                                        new Training.Start.Resume(false),
                                        step -> false))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("none: no such folder");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void stopsWhenPatienceIsAtItsEnd() throws IOException {
        // Too small a rate to change any weight, so that no epoch is better than the first.
        ModelConfig config =
                Settings.apply(
                        TinyTraining.config(50),
                        Map.of(
                                "training.patience",
                                "2",
                                "training.optimizer.learning_rate",
                                "1e-30"));
        Training.Result result = train(config, folder.resolve("run"), fresh(), step -> false);
        assertThat(result.complete()).isTrue();
        assertThat(result.best().orElseThrow().epoch()).isEqualTo(1);
        assertThat(result.history()).hasSize(3);
    }

    private Training.Result train(
            ModelConfig config, Path out, Training.Start start, LongPredicate stopAfter)
            throws IOException {
        Training[] training = new Training[1];
        ModelConfig labelled =
                start instanceof Training.Start.Resume && Files.exists(out)
                        ? config.withLabels(Run.open(out).config().labels())
                        : config;
        training[0] =
                new Training(
                        labelled,
                        new Training.Options(
                                data, Optional.empty(), out, start, TrainingDevice.CPU),
                        new TrainingListener() {
                            @Override
                            public void onStep(Progress progress) {
                                if (stopAfter.test(progress.step())) {
                                    training[0].stop();
                                }
                            }
                        });
        return training[0].run();
    }

    private static Training.Start fresh() {
        return new Training.Start.Fresh(false);
    }
}
