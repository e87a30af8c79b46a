package dev.vitrail.imaging.augment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.augment.RandomErasing.Mode;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Boxes made of draws that torchvision and timm made. */
class BoxesTest {

    /** Gives the draws of a reference instead of random ones, in their order. */
    private static final class Draws implements RandomGenerator {
        private final Deque<JsonNode> draws = new ArrayDeque<>();

        Draws(JsonNode reference) {
            reference.path("draws").forEach(draws::add);
        }

        @Override
        public double nextDouble() {
            JsonNode range = draws.element().path("uniform");
            double low = range.get(0).asDouble();
            return (draws.remove().path("value").asDouble() - low)
                    / (range.get(1).asDouble() - low);
        }

        @Override
        public int nextInt(int bound) {
            int low = draws.element().path("integer").get(0).asInt();
            int high = draws.element().path("integer").get(1).asInt();
            assertThat(bound).isEqualTo(high - low + 1);
            return draws.remove().path("value").asInt() - low;
        }

        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void cropsWhereTorchvisionDoes() throws Exception {
        for (JsonNode reference : Images.json("boxes.json").path("random_resized_crop")) {
            JsonNode scale = reference.path("scale");
            JsonNode ratio = reference.path("ratio");
            RandomResizedCrop crop =
                    new RandomResizedCrop(
                            8,
                            8,
                            scale.path(0).asDouble(0.08),
                            scale.path(1).asDouble(1),
                            ratio.path(0).asDouble(3.0 / 4),
                            ratio.path(1).asDouble(4.0 / 3),
                            Interpolation.BILINEAR);
            Draws draws = new Draws(reference);

            Box box =
                    crop.choose(
                            reference.path("height").asInt(),
                            reference.path("width").asInt(),
                            draws);

            JsonNode expected = reference.path("box_top_left_height_width");
            assertThat(box)
                    .as("%s", reference)
                    .isEqualTo(
                            new Box(
                                    expected.get(0).asInt(),
                                    expected.get(1).asInt(),
                                    expected.get(2).asInt(),
                                    expected.get(3).asInt()));
            assertThat(draws.draws).isEmpty();
        }
    }

    @Test
    void erasesWhereTimmDoes() throws Exception {
        for (JsonNode reference : Images.json("boxes.json").path("random_erasing")) {
            JsonNode settings = reference.path("settings");
            int height = reference.path("height").asInt();
            int width = reference.path("width").asInt();
            int most = settings.path("max_count").asInt(1);
            RandomErasing erasing =
                    new RandomErasing(
                            1,
                            Mode.CONST,
                            settings.path("min_area").asDouble(0.02),
                            settings.path("max_area").asDouble(1.0 / 3),
                            settings.path("min_aspect").asDouble(0.3),
                            most);
            FloatBuffer pixels = FloatBuffer.allocate(3 * height * width);
            for (int i = 0; i < pixels.capacity(); i++) {
                pixels.put(i, 1);
            }
            Draws draws = new Draws(reference);
            // The first draw, whether to erase at all, is not in the reference.
            erasing.erase(pixels, 0, height, width, new Forced(draws));

            int erased = 0;
            int top = height;
            int bottom = 0;
            for (int i = 0; i < height * width; i++) {
                if (pixels.get(i) == 0) {
                    erased++;
                    top = Math.min(top, i / width);
                    bottom = Math.max(bottom, i / width + 1);
                }
            }
            JsonNode bounds = reference.path("bounds_top_bottom_left_right");
            assertThat(erased).isEqualTo(reference.path("erased_pixels").asInt());
            assertThat(top).isEqualTo(bounds.get(0).asInt());
            assertThat(bottom).isEqualTo(bounds.get(1).asInt());
            assertThat(draws.draws).isEmpty();
        }
    }

    /** Says yes first and then gives the reference's draws. */
    private static final class Forced implements RandomGenerator {
        private final Draws draws;
        private boolean asked;

        Forced(Draws draws) {
            this.draws = draws;
        }

        @Override
        public double nextDouble() {
            if (!asked) {
                asked = true;
                return 0;
            }
            return draws.nextDouble();
        }

        @Override
        public int nextInt(int bound) {
            return draws.nextInt(bound);
        }

        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }
    }
}
