package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what TensorFlow made of the same images; nothing is allowed to differ, not one bit. */
class TensorFlowResizerTest {
    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

    record Case(RgbImage before, Size size, boolean area, float[] after) {
        Preprocessing preprocessing(Dialect dialect) {
            return new Preprocessing(
                            new Resize.Exact(size.height(), size.width()),
                            new Extent(size.height(), size.width()),
                            Interpolation.BILINEAR,
                            HALF,
                            HALF,
                            null)
                    .withDialect(dialect);
        }

        float[] resize(Window window) {
            TensorFlowResizer resizer = new TensorFlowResizer(size);
            return area ? resizer.area(before, window) : resizer.bilinear(before, window);
        }

        @Override
        public String toString() {
            return before + " to " + size + (area ? " area" : " bilinear");
        }
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        byte[] file;
        try (InputStream in =
                TensorFlowResizerTest.class.getResourceAsStream("tensorflow/resize.bin")) {
            file = in.readAllBytes();
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
        while (in.available() > 0) {
            int width = in.readInt();
            int height = in.readInt();
            Size size = new Size(0, in.readInt());
            size = new Size(in.readInt(), size.width());
            boolean area = in.readInt() == 1;
            RgbImage before = new RgbImage(width, height, in.readNBytes(3 * width * height));
            float[] after = new float[3 * size.width() * size.height()];
            for (int i = 0; i < after.length; i++) {
                after[i] = in.readFloat();
            }
            cases.add(new Case(before, size, area, after));
        }
        return cases.stream();
    }

    static Stream<Case> bilinearCases() throws IOException {
        return cases().filter(resized -> !resized.area());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTensorFlowToTheBit(Case resized) {
        Window whole = Window.whole(resized.size().width(), resized.size().height());

        assertThat(resized.resize(whole)).containsExactly(resized.after());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesTheSameFloatsForAWindowAsForTheWhole(Case resized) {
        int width = resized.size().width();
        int height = resized.size().height();
        Window window = new Window(width / 3, height / 2, width - width / 3, (height + 1) / 2);

        float[] part = resized.resize(window);

        for (int y = 0, at = 0; y < window.height(); y++) {
            for (int i = 0; i < 3 * window.width(); i++, at++) {
                int whole = 3 * ((window.y() + y) * width + window.x()) + i;
                assertThat(part[at]).isEqualTo(resized.after()[whole]);
            }
        }
    }

    /** {@code (im - 127.5) / 127.5} on floats, in google-research/vision_transformer. */
    @ParameterizedTest
    @MethodSource("bilinearCases")
    void keepsFloatsForVisionTransformer(Case resized) {
        FloatBuffer fed = FloatBuffer.allocate(resized.after().length);

        resized.preprocessing(Dialect.VISION_TRANSFORMER).apply(resized.before(), fed);

        int plane = resized.after().length / 3;
        for (int i = 0; i < plane; i++) {
            for (int channel = 0; channel < 3; channel++) {
                float level = resized.after()[3 * i + channel];
                assertThat(fed.get(channel * plane + i)).isEqualTo((level - 127.5f) / 127.5f);
            }
        }
    }

    /** {@code tf.cast} cuts off, where Pillow rounds. */
    @ParameterizedTest
    @MethodSource("bilinearCases")
    void cutsFloatsDownToBytesForBigVision(Case resized) {
        byte[] pixels =
                resized.preprocessing(Dialect.BIG_VISION).resizeAndCrop(resized.before()).pixels();

        for (int i = 0; i < pixels.length; i++) {
            assertThat(pixels[i] & 0xFF).isEqualTo((int) resized.after()[i]);
        }
    }
}
