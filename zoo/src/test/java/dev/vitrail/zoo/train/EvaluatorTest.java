package dev.vitrail.zoo.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.Pictures;
import dev.vitrail.zoo.data.UnreadableImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluatorTest {

    private static final Preprocessing PREPROCESSING = TinyTraining.config(1).preprocessing();

    @TempDir Path folder;

    @Test
    void countsWhatTheNetworkSays() {
        ImageFolder images = ImageFolder.read(TinyTraining.draw(folder.resolve("data"), 5, 1));
        // Says class 1 for every picture but the first of each batch of two.
        LogitsFunction network =
                (pixels, size) -> {
                    float[][] logits = new float[size][];
                    for (int i = 0; i < size; i++) {
                        logits[i] = i == 0 ? new float[] {1, 0} : new float[] {0, 1};
                    }
                    return logits;
                };
        List<ImageLogits> said = new ArrayList<>();
        try (Evaluator evaluator =
                new Evaluator(images, PREPROCESSING, new Loading(2, 2, 0), image -> {})) {
            Evaluation evaluation = evaluator.evaluate(network, said::add);
            assertThat(evaluation.confusion()).isDeepEqualTo(new int[][] {{3, 2}, {2, 3}});
            assertThat(evaluation.top1()).isEqualTo(0.6);
            assertThat(evaluation.top5()).isEmpty();
            assertThat(evaluation.images()).isEqualTo(10);
            assertThat(evaluation.perClass())
                    .containsExactly(
                            new Evaluation.ClassFigures("circle", 5, 5, 3),
                            new Evaluation.ClassFigures("cross", 5, 5, 3));
            double right = Math.log1p(Math.exp(-1));
            assertThat(evaluation.loss()).isCloseTo(0.6 * right + 0.4 * (1 + right), within(1e-9));
        }
        assertThat(said)
                .extracting(ImageLogits::path)
                .isEqualTo(images.images().stream().map(image -> image.path()).toList());
    }

    @Test
    void keepsTheMistakesThatTheNetworkWasSurestOf() {
        ImageFolder images = ImageFolder.read(TinyTraining.draw(folder.resolve("data"), 30, 1));
        // Takes every picture for a circle; the surer, the later it comes, each twice.
        AtomicInteger seen = new AtomicInteger();
        LogitsFunction network =
                (pixels, size) -> {
                    float[][] logits = new float[size][];
                    for (int i = 0; i < size; i++) {
                        logits[i] = new float[] {seen.getAndIncrement() / 2, 0};
                    }
                    return logits;
                };
        try (Evaluator evaluator =
                new Evaluator(images, PREPROCESSING, new Loading(7, 2, 0), image -> {})) {
            List<Evaluation.Mistake> mistakes = evaluator.evaluate(network).mistakes();
            assertThat(mistakes).hasSize(24);
            for (int i = 0; i < 24; i++) {
                int place = 28 - i / 2 * 2 + i % 2;
                // Crosses are pictures 30 to 59.
                double expected = 1 / (1 + Math.exp(-(30 + place) / 2));
                Evaluation.Mistake mistake = mistakes.get(i);
                assertThat(mistake.path()).isEqualTo("cross/%04d.png", place);
                assertThat(mistake.label()).isEqualTo("cross");
                assertThat(mistake.predicted()).isEqualTo("circle");
                assertThat(mistake.probability()).isCloseTo(expected, within(1e-12));
            }
        }
    }

    @Test
    void feedsExactlyWhatClassificationIsFed() {
        ImageFolder images = ImageFolder.read(TinyTraining.draw(folder.resolve("data"), 2, 1));
        List<float[]> fed = new ArrayList<>();
        LogitsFunction network =
                (pixels, size) -> {
                    float[] values = new float[pixels.asFloatBuffer().remaining()];
                    pixels.asFloatBuffer().get(values);
                    fed.add(values);
                    return new float[size][2];
                };
        try (Evaluator evaluator =
                new Evaluator(images, PREPROCESSING, new Loading(1, 1, 1 << 20), image -> {})) {
            evaluator.evaluate(network);
            evaluator.evaluate(network);
        }
        for (int i = 0; i < 8; i++) {
            assertThat(fed.get(i)).isEqualTo(applied(images.images().get(i % 4).path()));
        }
    }

    private static float[] applied(Path file) {
        float[] values = new float[3 * 32 * 32];
        try {
            PREPROCESSING.apply(
                    ImageDecoder.decode(file, DecodeOptions.DEFAULT), FloatBuffer.wrap(values));
        } catch (ImageException e) {
            throw new AssertionError(e);
        }
        return values;
    }

    @Test
    void leavesOutBrokenPicturesAndSaysHowMany() throws IOException {
        Path data = TinyTraining.draw(folder.resolve("data"), 2, 1);
        Path broken = Pictures.writeBroken(data.resolve("circle/zz.png"));
        List<UnreadableImage> reported = new ArrayList<>();
        try (Evaluator evaluator =
                new Evaluator(
                        ImageFolder.read(data), PREPROCESSING, Loading.of(2), reported::add)) {
            LogitsFunction network = (pixels, size) -> new float[size][2];
            evaluator.evaluate(network);
            Evaluation second = evaluator.evaluate(network);
            assertThat(second.images()).isEqualTo(4);
            assertThat(second.unreadable()).isEqualTo(1);
        }
        assertThat(reported).extracting(UnreadableImage::path).containsExactly(broken);
    }

    @Test
    void refusesAFolderOfWhichNothingCanBeDecoded() throws IOException {
        Pictures.writeBroken(folder.resolve("a/a.png"));
        Pictures.writeBroken(folder.resolve("b/b.png"));
        try (Evaluator evaluator =
                new Evaluator(
                        ImageFolder.read(folder), PREPROCESSING, Loading.of(2), image -> {})) {
            assertThatThrownBy(() -> evaluator.evaluate((pixels, size) -> new float[size][2]))
                    .isInstanceOf(ZooException.class)
                    .hasMessageContaining("none of its 2 pictures can be decoded");
        }
    }
}
