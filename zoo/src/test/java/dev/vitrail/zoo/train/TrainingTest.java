package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.TrainingConfig;
import dev.vitrail.zoo.data.DrawnShape;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.Pictures;
import dev.vitrail.zoo.data.UnreadableImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    @Test
    void learnsWhatHoldsForPicturesOfAnotherSeed() {
        Path data = TinyTraining.draw(folder.resolve("data"), 200, 1);
        Path other = TinyTraining.draw(folder.resolve("other"), 50, 2);
        Path out = folder.resolve("run");
        Training training =
                new Training(
                        TinyTraining.config(12),
                        TinyTraining.options(data, other, out),
                        TrainingListener.SILENT);
        Training.Result result = training.run();

        List<EpochResult> history = result.history();
        assertThat(result.complete()).isTrue();
        assertThat(history).hasSize(12);
        assertThat(history.get(11).trainLoss()).isLessThan(0.8 * history.get(0).trainLoss());
        // 50 of 100 would be chance; 75 is five standard deviations above it.
        assertThat(result.best().orElseThrow().valTop1()).isGreaterThan(0.75);
        assertThat(Run.open(out).history()).isEqualTo(history);
        assertThat(Run.open(out).config().labels().names()).containsExactly("circle", "cross");
        assertKeepsTheBestWeights(out, other, result.best().orElseThrow());
    }

    private static void assertKeepsTheBestWeights(Path out, Path pictures, EpochResult best) {
        Run run = Run.open(out);
        ImageFolder images = ImageFolder.read(pictures, run.config().labels().names());
        try (Network network = run.network(Device.cpu());
                Evaluator evaluator =
                        new Evaluator(
                                images, run.config().preprocessing(), Loading.of(7), image -> {})) {
            Evaluation evaluation = evaluator.evaluate(network::logits);
            assertThat(evaluation.top1()).isEqualTo(best.valTop1());
            assertThat(run.best()).contains(best);
            JsonNode saved = JSON.readTree(run.evaluationFile().toFile());
            assertThat(saved.get("top1").asDouble()).isEqualTo(best.valTop1());
            assertThat(saved.get("loss").asDouble()).isEqualTo(best.valLoss());
            assertThat(saved.get("confusion")).isEqualTo(JSON.valueToTree(evaluation.confusion()));
            assertThat(saved.get("mistakes"))
                    .hasSize(Math.min(24, evaluation.images() - evaluation.correct()));
            // Another batch size adds up in another order.
            assertThat(evaluation.loss()).isCloseTo(best.valLoss(), within(1e-5));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void givesTheSameWeightsForTheSameSeed() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 24, 1);
        List<byte[]> weights = new ArrayList<>();
        List<List<Double>> losses = new ArrayList<>();
        for (String name : List.of("first", "second")) {
            Path out = folder.resolve(name);
            Training training =
                    new Training(
                            TinyTraining.config(2),
                            TinyTraining.options(data, null, out),
                            TrainingListener.SILENT);
            losses.add(training.run().history().stream().map(EpochResult::trainLoss).toList());
            weights.add(Files.readAllBytes(out.resolve("checkpoint.safetensors")));
        }
        assertThat(losses.get(1)).isEqualTo(losses.get(0));
        assertThat(weights.get(1)).isEqualTo(weights.get(0));
    }

    @Test
    void holdsBackPicturesWhereNoneAreGivenForValidation() {
        Path data = TinyTraining.draw(folder.resolve("data"), 20, 1);
        List<TrainingListener.Plan> plans = new ArrayList<>();
        new Training(
                        TinyTraining.config(1),
                        TinyTraining.options(data, null, folder.resolve("run")),
                        new TrainingListener() {
                            @Override
                            public void onStart(Plan plan) {
                                plans.add(plan);
                            }
                        })
                .run();
        assertThat(plans.get(0).trainingImages()).isEqualTo(32);
        assertThat(plans.get(0).validationImages()).isEqualTo(8);
        assertThat(plans.get(0).steps()).isEqualTo(2);
    }

    /**
     * One picture 44 times, 4 of them called a cross: nothing can be learned but how often a class
     * is, as the loss sees it. Gradients are not clipped, which would move that towards the median
     * over batches.
     */
    @ParameterizedTest
    @CsvSource({
        "none, 0.09", // 4 of 44
        "sampling, 0.50",
        // Mean over batches of 16, 16 and 12, without replacement, of 10 c / (10 c + others) for c
        // crosses: less than a half, as a batch without a cross counts like another.
        "weights, 0.43",
    })
    void balancesClassesInTheLossOrByDrawing(String balance, double expected) throws IOException {
        Path data = folder.resolve("data");
        Path circles = Pictures.write(data.resolve("circle"), DrawnShape.CIRCLE, 1);
        Files.createDirectory(data.resolve("cross"));
        for (int i = 1; i < 44; i++) {
            Path copy = data.resolve(i < 5 ? "cross" : "circle").resolve("copy-" + i + ".png");
            Files.copy(circles.resolve("000.png"), copy);
        }
        Path out = folder.resolve("run");
        String keys =
                ", \"class_balance\": \"%s\", \"validation_split\": 0, \"clip_norm\": 0"
                        .formatted(balance);
        new Training(
                        TinyTraining.config(60, 3e-3, keys),
                        TinyTraining.options(data, null, out),
                        TrainingListener.SILENT)
                .run();
        // What the last epochs, of small rate, happen to draw: 0.025 at most for four seeds.
        assertThat(probabilityOfCross(out, data)).isCloseTo(expected, within(0.05));
    }

    /** Mean probability of the second class. */
    private static double probabilityOfCross(Path out, Path pictures) {
        Run run = Run.open(out);
        ImageFolder images = ImageFolder.read(pictures, run.config().labels().names());
        List<Double> probabilities = new ArrayList<>();
        try (Network network = run.network(Device.cpu());
                Evaluator evaluator =
                        new Evaluator(
                                images, run.config().preprocessing(), Loading.of(8), image -> {})) {
            evaluator.evaluate(
                    network::logits,
                    image -> {
                        double odds = Math.exp(image.logits()[1] - image.logits()[0]);
                        probabilities.add(odds / (1 + odds));
                    });
        }
        return probabilities.stream().mapToDouble(value -> value).average().orElseThrow();
    }

    @Test
    void trainsWithoutValidationWhereTheConfigWantsNone() {
        Path data = TinyTraining.draw(folder.resolve("data"), 8, 1);
        Training.Result result =
                new Training(
                                TinyTraining.config(2, 1e-3, ", \"validation_split\": 0"),
                                TinyTraining.options(data, null, folder.resolve("run")),
                                TrainingListener.SILENT)
                        .run();
        assertThat(result.history()).extracting(EpochResult::valTop1).containsOnlyNulls();
        assertThat(result.best().orElseThrow().epoch()).isEqualTo(2);
        assertThat(result.run().weightsFile()).exists();
    }

    @Test
    void reportsBrokenPicturesOnceAndGoesOn() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 16, 1);
        Path broken = Pictures.writeBroken(data.resolve("cross/broken.jpg"));
        List<UnreadableImage> reported = new ArrayList<>();
        List<Integer> images = new ArrayList<>();
        new Training(
                        TinyTraining.config(2),
                        TinyTraining.options(data, data, folder.resolve("run")),
                        new TrainingListener() {
                            @Override
                            public void onStart(Plan plan) {
                                images.add(plan.trainingImages());
                            }

                            @Override
                            public void onUnreadable(UnreadableImage image) {
                                reported.add(image);
                            }
                        })
                .run();
        assertThat(reported).extracting(UnreadableImage::path).containsExactly(broken);
        assertThat(reported.get(0).cause()).hasMessageContaining("broken.jpg");
        // It keeps its place in the order, whether it was found before the first step or not.
        assertThat(images).containsExactly(2 * 16 + 1);
    }

    @Test
    void endsBeforeTheFirstStepForABrokenPictureWhereItIsStrict() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 8, 1);
        Path validation = TinyTraining.draw(folder.resolve("val"), 2, 2);
        Path broken = Pictures.writeBroken(validation.resolve("cross/broken.jpg"));
        Path out = folder.resolve("run");
        List<UnreadableImage> reported = new ArrayList<>();
        Training.Options options =
                new Training.Options(
                        data,
                        Optional.of(validation),
                        out,
                        new Training.Start.Fresh(false),
                        TrainingDevice.CPU,
                        true);
        TrainingListener listener =
                new TrainingListener() {
                    @Override
                    public void onUnreadable(UnreadableImage image) {
                        reported.add(image);
                    }
                };

        assertThatThrownBy(new Training(TinyTraining.config(1), options, listener)::run)
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("1 of 21 pictures cannot be decoded");
        assertThat(reported).extracting(UnreadableImage::path).containsExactly(broken);
        assertThat(out.resolve("config.json")).doesNotExist();

        Files.delete(broken);
        Training.Result result =
                new Training(TinyTraining.config(1), options, TrainingListener.SILENT).run();
        assertThat(result.complete()).isTrue();
    }

    @Test
    void namesAClassOfWhichEveryPictureIsBroken() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 8, 1);
        Pictures.writeBroken(data.resolve("zebra/a.png"));
        Pictures.writeBroken(data.resolve("zebra/b.png"));
        Training training =
                new Training(
                        TinyTraining.config(1),
                        TinyTraining.options(data, null, folder.resolve("run")),
                        TrainingListener.SILENT);
        assertThatThrownBy(training::run)
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("zebra: none of its")
                .hasMessageContaining("can be decoded");
    }

    @Test
    void stopsAfterTheStepAndSavesItsWeights() {
        Path data = TinyTraining.draw(folder.resolve("data"), 64, 1);
        Path out = folder.resolve("run");
        List<Long> steps = new ArrayList<>();
        Training[] training = new Training[1];
        training[0] =
                new Training(
                        TinyTraining.config(5),
                        TinyTraining.options(data, null, out),
                        new TrainingListener() {
                            @Override
                            public void onStep(Progress progress) {
                                steps.add(progress.step());
                                if (progress.step() == 8) {
                                    training[0].stop();
                                }
                            }
                        });
        Training.Result result = training[0].run();
        assertThat(result.complete()).isFalse();
        // 102 pictures make 6 steps an epoch.
        assertThat(steps).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(result.history()).hasSize(1);
        assertThat(out.resolve("checkpoint.safetensors")).exists();
        assertThat(out.resolve("model.safetensors")).exists();
    }

    @Test
    void stopsWhenTheLossIsNoLongerFinite() {
        Path data = TinyTraining.draw(folder.resolve("data"), 32, 1);
        Path out = folder.resolve("run");
        Training training =
                new Training(
                        TinyTraining.config(4, 1e6, ""),
                        TinyTraining.options(data, null, out),
                        TrainingListener.SILENT);
        assertThatThrownBy(training::run)
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("step ")
                .hasMessageContaining("learning rate")
                .hasMessageContaining("gradient");
        assertThat(out.resolve("config.json")).exists();
    }

    @ParameterizedTest
    @CsvSource({
        "1e300, step 1: the weights after it are not finite at learning rate",
        "1e30, step 2: the loss is NaN at learning rate"
    })
    void goesBackToTheCheckpointBeforeRuinedWeights(double rate, String message) {
        Path data = TinyTraining.draw(folder.resolve("data"), 32, 1);
        Path out = folder.resolve("run");
        // Saves before every step, the first too.
        ModelConfig config = TinyTraining.config(4, rate, ", \"checkpoint_minutes\": 1e-9");
        Training training =
                new Training(
                        config, TinyTraining.options(data, null, out), TrainingListener.SILENT);
        assertThatThrownBy(training::run)
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining(message);
        try (Checkpoint kept = Run.open(out).checkpoint(false)) {
            assertThat(kept.position()).isEqualTo(Position.START);
        }
    }

    @Test
    void refusesAFolderThatHoldsARunUnlessItMayBeReplaced() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 8, 1);
        Path out = folder.resolve("run");
        Training.Options options = TinyTraining.options(data, null, out);
        new Training(TinyTraining.config(1), options, TrainingListener.SILENT).run();
        Training again = new Training(TinyTraining.config(1), options, TrainingListener.SILENT);
        assertThatThrownBy(again::run)
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("already holds a run (config.json)");

        Training.Options replacing =
                new Training.Options(
                        data,
                        options.validation(),
                        out,
                        new Training.Start.Fresh(true),
                        TrainingDevice.CPU);
        new Training(TinyTraining.config(2), replacing, TrainingListener.SILENT).run();
        assertThat(Run.open(out).history()).hasSize(2);
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files).hasSize(8);
        }
    }

    @Test
    void keepsTheEarlierRunUntilTheNewOneCanStart() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 8, 1);
        Path out = folder.resolve("run");
        new Training(
                        TinyTraining.config(1),
                        TinyTraining.options(data, null, out),
                        TrainingListener.SILENT)
                .run();
        byte[] weights = Files.readAllBytes(out.resolve("model.safetensors"));
        Path broken = TinyTraining.draw(folder.resolve("broken"), 8, 1);
        Pictures.writeBroken(broken.resolve("zebra/a.png"));
        Pictures.writeBroken(broken.resolve("zebra/b.png"));
        for (Path unusable : List.of(folder.resolve("none"), broken)) {
            Training.Options replacing =
                    new Training.Options(
                            unusable,
                            Optional.empty(),
                            out,
                            new Training.Start.Fresh(true),
                            TrainingDevice.CPU);
            Training again =
                    new Training(TinyTraining.config(1), replacing, TrainingListener.SILENT);
            assertThatThrownBy(again::run).isInstanceOf(ZooException.class);
            assertThat(out.resolve("model.safetensors")).hasBinaryContent(weights);
            assertThat(Run.open(out).history()).hasSize(1);
            assertThat(out.resolve(".lock")).doesNotExist();
        }
    }

    @Test
    void leavesNoFolderBehindWhereItCannotStart() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 8, 1);
        Pictures.writeBroken(data.resolve("zebra/a.png"));
        Pictures.writeBroken(data.resolve("zebra/b.png"));
        Training training =
                new Training(
                        TinyTraining.config(1),
                        TinyTraining.options(data, null, folder.resolve("runs/first")),
                        TrainingListener.SILENT);
        assertThatThrownBy(training::run).isInstanceOf(ZooException.class);
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void refusesAFolderThatAnotherTrainingWritesTo() {
        Path data = TinyTraining.draw(folder.resolve("data"), 8, 1);
        Path out = folder.resolve("run");
        Training.Options replacing =
                new Training.Options(
                        data,
                        Optional.empty(),
                        out,
                        new Training.Start.Fresh(true),
                        TrainingDevice.CPU);
        List<String> refusals = new ArrayList<>();
        Training first =
                new Training(
                        TinyTraining.config(1),
                        replacing,
                        new TrainingListener() {
                            @Override
                            public void onStep(Progress progress) {
                                Training second =
                                        new Training(
                                                TinyTraining.config(1),
                                                replacing,
                                                TrainingListener.SILENT);
                                assertThatThrownBy(second::run)
                                        .isInstanceOf(ZooException.class)
                                        .satisfies(e -> refusals.add(e.getMessage()));
                                assertThat(out.resolve(".lock")).exists();
                            }
                        });
        assertThat(first.run().complete()).isTrue();
        assertThat(refusals)
                .isNotEmpty()
                .containsOnly(
                        out + ": another training is writing to it; choose another output folder");
        assertThat(out.resolve(".lock")).doesNotExist();
        assertThat(out.resolve("model.safetensors")).exists();
    }

    @Test
    void findsAnUnusableOutputFolderBeforeTheFirstStep() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 8, 1);
        Path file = Files.createFile(folder.resolve("file"));
        assertOutRefused(data, file, "file: is a file");
        Files.createDirectory(folder.resolve("full"));
        Files.createFile(folder.resolve("full/thesis.txt"));
        assertOutRefused(data, folder.resolve("full"), "is not empty (it holds thesis.txt)");
        assertOutRefused(data, file.resolve("below"), "cannot be written to");
    }

    private static void assertOutRefused(Path data, Path out, String message) {
        Training training =
                new Training(
                        TinyTraining.config(1),
                        TinyTraining.options(data, null, out),
                        new TrainingListener() {
                            @Override
                            public void onStep(Progress progress) {
                                throw new AssertionError("a step was taken");
                            }
                        });
        assertThatThrownBy(training::run)
                .isInstanceOf(ZooException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesABatchThatNoBufferHolds() {
        ModelConfig config = TinyTraining.config(1);
        TrainingConfig huge = TrainingConfig.of(1, 200_000);
        Training training =
                new Training(
                        config.withTraining(huge),
                        TinyTraining.options(folder, null, folder.resolve("run")),
                        TrainingListener.SILENT);
        assertThatThrownBy(training::run)
                .isInstanceOf(ZooException.class)
                .hasMessageStartingWith(
                        "training.batch_size is 200000; at most 174762 pictures of 32 x 32");
    }

    @Test
    void refusesAGpuThatIsNotThere() {
        Assumptions.assumeTrue(
                TrainingDevice.AUTO.resolve().equals(Device.cpu()), "a GPU is there");
        assertThatThrownBy(TrainingDevice.GPU::resolve)
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("sees no GPU; use cpu");
    }

    @Test
    void saysWhatIsMissingInAFolderThatIsNoRun() {
        assertThatThrownBy(() -> Run.open(folder))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("is no run folder; expected config.json");
    }
}
