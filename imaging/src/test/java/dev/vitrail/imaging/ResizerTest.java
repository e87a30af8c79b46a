package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResizerTest {
    /** By the numbers in {@code resize.bin}. */
    private static final List<Interpolation> FILTERS =
            List.of(
                    Interpolation.BILINEAR,
                    Interpolation.BICUBIC,
                    Interpolation.NEAREST,
                    Interpolation.BOX,
                    Interpolation.HAMMING,
                    Interpolation.LANCZOS);

    static Stream<Arguments> pillowCases() throws IOException {
        List<Arguments> cases = new ArrayList<>();
        byte[] file = PillowFiles.bytes("resize.bin");
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(file))) {
            while (in.available() > 0) {
                int width = in.readInt();
                int height = in.readInt();
                int newWidth = in.readInt();
                int newHeight = in.readInt();
                Interpolation filter = FILTERS.get(in.readInt());
                byte[] before = in.readNBytes(3 * width * height);
                byte[] after = in.readNBytes(3 * newWidth * newHeight);
                cases.add(
                        Arguments.of(
                                new Resizer(newHeight, newWidth, filter),
                                new RgbImage(width, height, before),
                                new RgbImage(newWidth, newHeight, after)));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("pillowCases")
    void equalsPillowToTheByte(Resizer resizer, RgbImage before, RgbImage after) {
        assertThat(Differences.between(resizer.resize(before), after)).isEqualTo(Differences.NONE);
    }

    /**
     * The filter written down a second time, in double precision. Weights of 22 bits move a sum by
     * far less than one level, so rounding may fall to the other side and no more. Where a filter
     * jumps, a last bit decides about a whole pixel, and only Pillow itself can be the witness.
     */
    @ParameterizedTest
    @CsvSource({
        "1,1,224,224",
        "224,224,1,1",
        "20000,1,61,7",
        "97,61,41,33",
        "41,33,97,61",
        "640,3,13,200",
        "3,299,64,200",
        "14,1301,9,333",
        "255,257,256,256",
        "150,115,99,76",
        "2,2,3,3"
    })
    void equalsTheFilterInDoublePrecision(int width, int height, int newWidth, int newHeight) {
        RgbImage image = noise(width, height, 7);
        for (Interpolation filter :
                List.of(
                        Interpolation.BILINEAR,
                        Interpolation.HAMMING,
                        Interpolation.BICUBIC,
                        Interpolation.LANCZOS)) {
            RgbImage result = new Resizer(newHeight, newWidth, filter).resize(image);

            RgbImage expected = SlowResize.resize(image, newWidth, newHeight, filter);
            assertThat(Differences.between(result, expected).max()).isLessThanOrEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Interpolation.class, mode = EnumSource.Mode.EXCLUDE, names = "AREA")
    void givesTheSamePixelsForAWindowAsForTheWhole(Interpolation filter) {
        RgbImage image = noise(83, 47, 3);
        Resizer resizer = new Resizer(60, 40, filter);
        RgbImage whole = resizer.resize(image);
        Window all = Window.whole(83, 47);

        for (Window window :
                List.of(
                        new Window(0, 0, 40, 60),
                        new Window(7, 50, 33, 10),
                        new Window(39, 0, 1, 60),
                        new Window(-3, -5, 50, 70))) {
            assertThat(resizer.resize(image, all, window)).isEqualTo(whole.crop(window));
        }
    }

    @Test
    void refusesTheFilterThatPillowLacks() {
        assertThatThrownBy(() -> new Resizer(5, 5, Interpolation.AREA))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Pillow has no filter \"area\"; \"box\" is near");
    }

    @Test
    void resizesAPartAsIfItWereTheWholeImage() {
        RgbImage image = noise(50, 40, 5);
        Window part = new Window(11, 6, 23, 31);
        Resizer resizer = new Resizer(20, 20, Interpolation.BICUBIC);

        assertThat(resizer.resize(image, part, Window.whole(20, 20)))
                .isEqualTo(resizer.resize(image.crop(part)));
    }

    /** As in Pillow's Image.resize; the rounding between the passes tells. */
    @Test
    void shrinksTheRowsFirstOfAVeryTallImage() {
        RgbImage tall = noise(3, 400, 9);
        Resizer both = new Resizer(50, 40, Interpolation.BICUBIC);
        RgbImage low = SlowResize.resize(tall, 3, 50, Interpolation.BICUBIC);

        RgbImage expected = SlowResize.resize(low, 40, 50, Interpolation.BICUBIC);
        assertThat(Differences.between(both.resize(tall), expected).max()).isLessThanOrEqualTo(1);
        RgbImage columnsFirst = SlowResize.resize(tall, 40, 50, Interpolation.BICUBIC);
        assertThat(Differences.between(both.resize(tall), columnsFirst).max()).isGreaterThan(1);
    }

    @Test
    void keepsAnImageThatHasTheSizeAlready() {
        RgbImage image = noise(31, 17, 1);

        assertThat(new Resizer(17, 31, Interpolation.BICUBIC).resize(image)).isEqualTo(image);
    }

    @Test
    void takesOnlyTheMemoryOfTheWindow() {
        RgbImage line = noise(20_000, 1, 2);

        // The whole result would have 224 x 4,480,000 pixels.
        RgbImage centre =
                new Resizer(224, 4_480_000, Interpolation.BICUBIC)
                        .resize(
                                line,
                                Window.whole(20_000, 1),
                                Dialect.TORCHVISION.centre(
                                        new Size(224, 4_480_000), Extent.square(224)));

        assertThat(centre.width()).isEqualTo(224);
    }

    @Test
    void refusesToResizeToNothing() {
        assertThatThrownBy(() -> new Resizer(0, 5, Interpolation.BILINEAR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot resize to 5x0, the least is 1x1");
    }

    static RgbImage noise(int width, int height, long seed) {
        byte[] pixels = new byte[3 * width * height];
        new SplittableRandom(seed).nextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }
}
