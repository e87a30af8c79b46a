package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.InputException;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.Pooling;
import dev.vitrail.zoo.config.Settings;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.Pictures;
import dev.vitrail.zoo.data.UnreadableImage;
import dev.vitrail.zoo.probe.Probe;
import dev.vitrail.zoo.probe.ProbeResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From run folders, trained with labels or without, to vectors and what they are worth. */
class FeaturesTest {

    /** Hardly a step that is not zero: such a run's weights are as they were drawn. */
    private static final Map<String, String> UNTRAINED =
            Map.of("training.epochs", "1", "training.optimizer.learning_rate", "1e-12");

    private static final Probe.Options OPTIONS =
            new Probe.Options(List.of(5, 20), 0.07, true, OptionalDouble.empty(), 0);

    @TempDir Path folder;

    private Run train(ModelConfig config, Path data, String name) {
        Training.Options options = TinyTraining.options(data, null, folder.resolve(name));
        return new Training(config, options, new TrainingListener() {}).run().run();
    }

    private static Features features(Run run, ImageFolder images, List<UnreadableImage> broken) {
        try (Network encoder = run.encoder(Device.cpu())) {
            return Features.of(
                    encoder,
                    images,
                    run.config().preprocessing(),
                    new Loading(8, 2, 0),
                    broken::add,
                    done -> {});
        }
    }

    @Test
    void poolsAnotherWayThanTheRunWasTrained() {
        Path data = TinyTraining.draw(folder.resolve("data"), 4, 1);
        ModelConfig config = Settings.apply(TinyTraining.config(1), UNTRAINED);
        Run token = train(config, data, "token");
        Run attention =
                train(Settings.apply(config, Map.of("model.pool", "attention")), data, "attention");
        float[] own = features(token.encoder(Device.cpu()));
        assertThat(features(token.encoder(Device.cpu(), Pooling.TOKEN))).isEqualTo(own);
        assertThat(features(token.encoder(Device.cpu(), Pooling.MEAN)))
                .hasSize(32)
                .isNotEqualTo(own);
        assertThat(features(attention.encoder(Device.cpu(), Pooling.MEAN)))
                .isNotEqualTo(features(attention.encoder(Device.cpu())));
        Run patches =
                train(
                        Settings.apply(
                                config, Map.of("model.class_token", "false", "model.pool", "mean")),
                        data,
                        "patches");
        assertThatThrownBy(() -> patches.encoder(Device.cpu(), Pooling.TOKEN))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has no class token to pool by");
    }

    /** What becomes of one picture of a gradient. */
    private static float[] features(Network encoder) {
        ByteBuffer pixels =
                ByteBuffer.allocateDirect(3 * 32 * 32 * Float.BYTES).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 3 * 32 * 32; i++) {
            pixels.putFloat(i / 3072f);
        }
        try (encoder) {
            return encoder.logits(pixels.flip(), 1)[0];
        }
    }

    private static ProbeResult probe(Run run, ImageFolder training, ImageFolder validation) {
        return new Probe(OPTIONS)
                .run(
                        features(run, training, new ArrayList<>()),
                        features(run, validation, new ArrayList<>()),
                        () -> {});
    }

    /** Other pictures than those that were trained on, learnt from and told apart. */
    @Test
    void ofATrainedRunTellClassesApartMuchBetterThanOfAnUntrainedOne() {
        ModelConfig config = TinyTraining.config(30);
        Path data = TinyTraining.draw(folder.resolve("data"), 100, 1);
        Run trained = train(config, data, "trained");
        Run untrained = train(Settings.apply(config, UNTRAINED), data, "untrained");
        ImageFolder training = ImageFolder.read(TinyTraining.draw(folder.resolve("train"), 40, 2));
        ImageFolder validation = ImageFolder.read(TinyTraining.draw(folder.resolve("val"), 100, 3));

        ProbeResult good = probe(trained, training, validation);
        ProbeResult poor = probe(untrained, training, validation);
        assertThat(good.features()).isEqualTo(32);
        assertThat(good.training()).isEqualTo(80);
        assertThat(good.validation()).isEqualTo(200);
        assertThat(good.neighbours()).extracting(ProbeResult.Neighbours::k).containsExactly(5, 20);
        for (int i = 0; i < 2; i++) {
            assertThat(good.neighbours().get(i).accuracy().top1())
                    .isGreaterThan(0.9)
                    .isGreaterThan(poor.neighbours().get(i).accuracy().top1() + 0.1);
        }
        assertThat(good.linear().orElseThrow().accuracy().top1())
                .isGreaterThan(0.9)
                .isGreaterThan(poor.linear().orElseThrow().accuracy().top1() + 0.1);
        assertThat(probe(trained, training, validation)).isEqualTo(good);
    }

    @Test
    void ofAnEncoderWithoutAHead() {
        ModelConfig config =
                Settings.apply(
                        TinyTraining.config(1),
                        Map.of(
                                "pretraining",
                                "{\"decoder\": {\"dim\": 16, \"depth\": 1, \"heads\": 2}}",
                                "model.pre_logits",
                                "7",
                                "model.fc_norm",
                                "true"));
        Path data = TinyTraining.draw(folder.resolve("data"), 10, 1);
        Run run = train(config, data, "seen");
        Features features = features(run, ImageFolder.read(data), new ArrayList<>());
        assertThat(features.size()).isEqualTo(20);
        assertThat(features.length()).isEqualTo(32);
        assertThat(features.classes()).isEqualTo(2);
        assertThat(features.label(9)).isZero();
        assertThat(features.label(10)).isOne();
        // The final norm comes before the pooling, so a class token has mean 0 and variance 1.
        double square = 0;
        for (float value : features.vector(3)) {
            square += value * value;
        }
        assertThat(square / 32).isBetween(0.8, 1.2);
    }

    @Test
    void leaveOutWhatCannotBeDecoded() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 10, 1);
        Run run = train(Settings.apply(TinyTraining.config(1), UNTRAINED), data, "run");
        Path broken = Pictures.writeBroken(data.resolve("circle/a.png"));
        List<UnreadableImage> told = new ArrayList<>();
        assertThat(features(run, ImageFolder.read(data), told).size()).isEqualTo(20);
        assertThat(told).extracting(UnreadableImage::path).containsExactly(broken);

        try (var files = Files.list(data.resolve("circle"))) {
            for (Path file : files.toList()) {
                Pictures.writeBroken(file);
            }
        }
        assertThatThrownBy(() -> features(run, ImageFolder.read(data), told))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("circle: none of its 11 pictures can be decoded");
    }

    @Test
    void areTooFewForSoManyNeighbours() {
        Features two = new Features(List.of(new float[] {1}, new float[] {2}), new int[] {0, 1}, 2);
        assertThatThrownBy(() -> new Probe(OPTIONS).run(two, two, () -> {}))
                .isInstanceOf(ZooException.class)
                .hasMessage(
                        "k is 20, must be at most the number of training pictures that can be"
                                + " decoded, 2");
    }
}
