package dev.vitrail.zoo.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.config.Mixing;
import dev.vitrail.zoo.config.Mixing.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BatchMixerTest {

    private static final String FOLDER = "/dev/vitrail/zoo/reference/training/";
    private static final int CLASSES = 5;

    private static JsonNode reference() throws IOException {
        try (InputStream in = BatchMixerTest.class.getResourceAsStream(FOLDER + "mixing.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static float[] floats(String name) throws IOException {
        try (InputStream in = BatchMixerTest.class.getResourceAsStream(FOLDER + name)) {
            byte[] file = in.readAllBytes();
            int start = 10 + (file[8] & 0xFF) + 256 * (file[9] & 0xFF);
            float[] values = new float[(file.length - start) / Float.BYTES];
            ByteBuffer.wrap(file, start, file.length - start)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            return values;
        }
    }

    private static BatchMixer mixer(int height, int width, Mode mode) {
        return new BatchMixer(new Mixing(0.8, 1, 1, 0.5, mode), height, width);
    }

    @Test
    void cutsTimmsBoxes() throws IOException {
        for (JsonNode box : reference().path("boxes")) {
            BatchMixer mixer =
                    mixer(box.path("height").asInt(), box.path("width").asInt(), Mode.BATCH);

            BatchMixer.Cut cut =
                    mixer.cut(
                            box.path("drawn_lambda").asDouble(),
                            box.path("centre_row").asInt(),
                            box.path("centre_column").asInt());

            assertThat(cut).isEqualTo(cut(box.path("box_top_bottom_left_right")));
            assertThat(mixer.kept(cut))
                    .isCloseTo(box.path("corrected_lambda").asDouble(), within(1e-15));
        }
    }

    private static BatchMixer.Cut cut(JsonNode sides) {
        return new BatchMixer.Cut(
                sides.get(0).asInt(),
                sides.get(1).asInt(),
                sides.get(2).asInt(),
                sides.get(3).asInt());
    }

    static Stream<JsonNode> cases() throws IOException {
        return StreamSupport.stream(reference().path("cases").spliterator(), false);
    }

    /** With timm's draws the pixels are timm's, whoever shares a draw. */
    @ParameterizedTest
    @MethodSource("cases")
    void mixesTimmsPixels(JsonNode reference) throws IOException {
        float[] input = floats("mixing_input.npy");
        float[] expected = floats(reference.path("array").asText());
        int image = input.length / 4;
        BatchMixer mixer = mixer(6, 7, Mode.BATCH);
        FloatBuffer pixels = FloatBuffer.wrap(input.clone());
        List<BatchMixer.Cut> cuts = new ArrayList<>();
        reference.path("boxes_top_bottom_left_right").forEach(box -> cuts.add(cut(box)));
        boolean pairs = reference.path("name").asText().equals("pairs");
        int nextCut = 0;
        float[] shares = new float[4];
        for (int i = 0; i < 4; i++) {
            int drawn = pairs ? Math.min(i, 3 - i) : i;
            JsonNode shareNode = reference.path("drawn_lambda");
            double share =
                    shareNode.isArray() ? shareNode.get(drawn).asDouble() : shareNode.asDouble();
            JsonNode cutNode = reference.path("cutmix");
            boolean isCut =
                    cutNode.isArray() ? cutNode.get(drawn).asBoolean() : cutNode.asBoolean();
            BatchMixer.Cut cut = null;
            if (isCut) {
                cut = cuts.get(shareNode.isArray() ? nextCut++ : 0);
            }
            shares[i] =
                    mixer.change(
                            pixels,
                            i,
                            part(input, i, image),
                            part(input, 3 - i, image),
                            new BatchMixer.Draw(share, isCut),
                            cut);
        }
        for (int i = 0; i < expected.length; i++) {
            // timm rounds products and sums in another order: two steps of a float near 2.
            assertThat(pixels.get(i)).isCloseTo(expected[i], within(5e-7f));
        }
        assertTargets(reference, shares);
    }

    private static float[] part(float[] all, int index, int length) {
        return Arrays.copyOfRange(all, index * length, (index + 1) * length);
    }

    private static void assertTargets(JsonNode reference, float[] shares) {
        double smoothing = reference.path("settings").path("label_smoothing").asDouble();
        float[] whole = SoftTargets.of(CLASSES, smoothing).of(new int[] {1, 0, 4, 2});
        float[] mixed = SoftTargets.mixed(whole, shares, CLASSES);
        for (int i = 0; i < 4; i++) {
            for (int label = 0; label < CLASSES; label++) {
                // One rounding of a share near 1.
                assertThat((double) mixed[CLASSES * i + label])
                        .isCloseTo(
                                reference.path("targets").get(i).get(label).asDouble(),
                                within(2e-7));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void keepsWhatItSaysOfEachImage(Mode mode) {
        int[] labels = {0, 1, 2, 3, 4};
        for (long seed = 0; seed < 60; seed++) {
            FloatBuffer pixels = FloatBuffer.allocate(5 * 3 * 64);
            for (int i = 0; i < pixels.capacity(); i++) {
                pixels.put(i, labels[i / 192]);
            }
            SoftTargets targets =
                    new SoftTargets(CLASSES, 0, List.of(), Optional.of(mixer(8, 8, mode)));
            float[] rows = targets.of(pixels, labels, new SplittableRandom(seed));
            for (int i = 0; i < 5; i++) {
                double mean = 0;
                for (int at = 0; at < 192; at++) {
                    mean += pixels.get(192 * i + at) / 192.0;
                }
                double expected = 0;
                for (int label = 0; label < CLASSES; label++) {
                    expected += rows[CLASSES * i + label] * label;
                }
                // Each image is its label everywhere, so its mean is the mixed label.
                assertThat(mean).isCloseTo(expected, within(1e-5));
            }
        }
    }

    @Test
    void drawsSharesFromTheBetaDistribution() {
        RandomGenerator random = new SplittableRandom(4);
        for (double alpha : new double[] {0.01, 0.2, 0.8, 1, 3}) {
            double sum = 0;
            double squares = 0;
            int draws = 20_000;
            for (int i = 0; i < draws; i++) {
                double share = Beta.symmetric(alpha, random);
                assertThat(share).isBetween(0.0, 1.0);
                sum += share;
                squares += (share - 0.5) * (share - 0.5);
            }
            // Variance 1 / (4 (2 alpha + 1)); five deviations of a mean of at most 0.5 / sqrt(n).
            assertThat(sum / draws).isCloseTo(0.5, within(0.018));
            assertThat(squares / draws).isCloseTo(0.25 / (2 * alpha + 1), within(0.005));
        }
    }
}
