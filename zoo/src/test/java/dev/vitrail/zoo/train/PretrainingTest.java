package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrail.zoo.block.ParameterNames;
import dev.vitrail.zoo.block.VisionTransformer;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Settings;
import dev.vitrail.zoo.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training an encoder without labels, through the same front door as with them. */
class PretrainingTest {

    private static final ModelConfig CONFIG =
            Settings.apply(
                    TinyTraining.config(3),
                    Map.of(
                            "pretraining",
                            """
                            {"decoder": {"dim": 16, "depth": 1, "heads": 2}, "picture_epochs": 2}
                            """,
                            "training.ema",
                            "{\"decay\": 0.9}"));

    @TempDir Path folder;
    private Path data;

    @BeforeEach
    void draw() throws IOException {
        data = TinyTraining.draw(folder.resolve("data"), 20, 1);
        // Pictures may lie anywhere: these are in no class folder.
        Files.move(data.resolve("circle"), folder.resolve("elsewhere"));
        try (var circles = Files.list(folder.resolve("elsewhere"))) {
            for (Path circle : circles.toList()) {
                Files.move(circle, data.resolve(circle.getFileName()));
            }
        }
    }

    private Training.Result train(Path out, Training.Start start, int stopAfter) {
        Training[] training = new Training[1];
        TrainingListener stopping =
                new TrainingListener() {
                    private int steps;

                    @Override
                    public void onStep(Progress progress) {
                        if (++steps == stopAfter) {
                            training[0].stop();
                        }
                    }
                };
        Training.Options options =
                new Training.Options(data, Optional.empty(), out, start, TrainingDevice.CPU);
        training[0] = new Training(CONFIG, options, stopping);
        return training[0].run();
    }

    @Test
    void stopsAndGoesOnBitForBit() throws IOException {
        Path whole = folder.resolve("whole");
        assertThat(train(whole, new Training.Start.Fresh(false), 0).complete()).isTrue();
        Path parts = folder.resolve("parts");
        assertThat(train(parts, new Training.Start.Fresh(false), 3).complete()).isFalse();
        assertThat(train(parts, new Training.Start.Resume(false), 0).complete()).isTrue();
        for (String name :
                List.of(
                        "model.safetensors",
                        "checkpoint.safetensors",
                        "data.csv",
                        "config.json",
                        "reconstructions/epoch-0002.png",
                        "reconstructions/epoch-0003.png")) {
            assertThat(parts.resolve(name)).as(name).hasSameBinaryContentAs(whole.resolve(name));
        }
        assertThat(events(parts)).isEqualTo(events(whole)).isNotEmpty().doesNotHaveDuplicates();
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

    @Test
    void leavesAnEncoderThatATrainingWithLabelsBeginsWith() throws IOException {
        Path out = folder.resolve("run");
        Training.Result result = train(out, new Training.Start.Fresh(false), 0);

        VisionTransformer classifier = new VisionTransformer(CONFIG.model(), 2);
        List<String> encoder =
                ParameterNames.of(classifier).parameters().keySet().stream()
                        .filter(name -> !name.startsWith("head."))
                        .toList();
        try (Weights weights = result.run().weights()) {
            assertThat(weights.shapes().keySet()).containsExactlyInAnyOrderElementsOf(encoder);
        }
        for (EpochResult epoch : result.history()) {
            assertThat(epoch.trainAccuracy()).isNull();
            assertThat(epoch.valTop1()).isNull();
            // Guessing the mean everywhere would lose 1, as targets have variance 1.
            assertThat(epoch.valLoss()).isBetween(0.0, 1.5);
        }
        assertThat(Files.readAllLines(out.resolve("data.csv")))
                .anyMatch(line -> line.matches("cross/[^,]+,,(train|val),\\d+"))
                .anyMatch(line -> line.matches("[^/,]+,,(train|val),\\d+"));

        List<String> drawnAnew = new ArrayList<>();
        TrainingListener listener =
                new TrainingListener() {
                    @Override
                    public void onTransfer(List<String> fresh, List<String> unused) {
                        drawnAnew.addAll(fresh);
                        assertThat(unused).isEmpty();
                    }
                };
        Path labelled = TinyTraining.draw(folder.resolve("labelled"), 20, 1);
        Training.Options options =
                new Training.Options(
                        labelled,
                        Optional.empty(),
                        folder.resolve("tuned"),
                        new Training.Start.From(Run.open(out), false),
                        TrainingDevice.CPU);
        new Training(TinyTraining.config(1), options, listener).run();
        assertThat(drawnAnew).containsExactly("head.weight", "head.bias");
    }

    /** 40 pictures, of which 12 are drawn in rows of two, each three times. */
    @Test
    void drawsReconstructionsAndReplacesOnlyThose() throws IOException {
        Path out = folder.resolve("run");
        train(out, new Training.Start.Fresh(false), 0);
        Path pictures = out.resolve("reconstructions");
        try (var files = Files.list(pictures)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("epoch-0002.png", "epoch-0003.png");
        }
        assertThat(ImageIO.read(pictures.resolve("epoch-0003.png").toFile()).getWidth())
                .isGreaterThan(6 * 32);

        Files.writeString(pictures.resolve("notes.txt"), "mine");
        train(out, new Training.Start.Fresh(true), 1);
        try (var files = Files.list(pictures)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactly("notes.txt");
        }
    }
}
