package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JPEGs decoded at a part of their size, against Pillow's {@code Image.draft}. */
class ReducedJpegTest {

    static Stream<Arguments> drafts() {
        return Stream.of("jpeg-420", "jpeg-422", "jpeg-444", "jpeg-gray", "jpeg-progressive")
                .flatMap(name -> Stream.of(4, 8).map(by -> Arguments.of(name, by)));
    }

    @ParameterizedTest
    @MethodSource("drafts")
    void decodesToTheBytesOfPillowsDraft(String name, int by) throws IOException {
        RgbImage draft =
                PillowFiles.decode("reduced/" + name + "-" + by + ".png", DecodeOptions.DEFAULT);
        assertThat(draft.width()).isEqualTo((37 + by - 1) / by);

        RgbImage decoded = PillowFiles.decode(name + ".jpg", upTo(23 / by, 37 / by));

        assertThat(Differences.between(decoded, draft)).isEqualTo(Differences.NONE);
    }

    @ParameterizedTest
    @CsvSource({"12, 18, 37", "6, 9, 37", "5, 10, 37", "5, 9, 10", "2, 4, 5", "1, 1, 5"})
    void staysAtLeastAsLargeAsTheResizeNeeds(int height, int width, int decoded)
            throws IOException {
        assertThat(PillowFiles.decode("jpeg-420.jpg", upTo(height, width)).width())
                .isEqualTo(decoded);
    }

    @Test
    void comparesATurnedImageAsItWillStand() throws IOException {
        for (String name : List.of("exif-5.jpg", "exif-6.jpg", "exif-7.jpg", "exif-8.jpg")) {
            RgbImage whole = PillowFiles.decode(name, DecodeOptions.DEFAULT);
            DecodeOptions stored = upTo(whole.height() / 4, whole.width() / 4);
            DecodeOptions upright = upTo(whole.width() / 4, whole.height() / 4);

            assertThat(PillowFiles.decode(name, stored).width()).isLessThan(whole.width());
            assertThat(PillowFiles.decode(name, upright).width()).isEqualTo(whole.width());
            assertThat(
                            PillowFiles.decode(
                                            name,
                                            upright.withExifOrientation(ExifOrientation.APPLY))
                                    .width())
                    .isLessThan(whole.height());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg-cmyk.jpg", "png-rgb.png", "gif-palette.gif", "webp-lossy.webp"})
    void decodesOtherFilesWhole(String name) throws IOException {
        assertThat(PillowFiles.decode(name, upTo(1, 1)))
                .isEqualTo(PillowFiles.decode(name, DecodeOptions.DEFAULT));
    }

    @Test
    void takesTheShortEdgeThatAPreprocessingResizesTo() {
        Preprocessing preprocessing =
                new Preprocessing(
                        Resize.shortEdge(256),
                        Extent.square(224),
                        Interpolation.BICUBIC,
                        List.of(0.5, 0.5, 0.5),
                        List.of(0.5, 0.5, 0.5),
                        ExifOrientation.APPLY);

        assertThat(preprocessing.fastDecodeOptions())
                .isEqualTo(preprocessing.decodeOptions().withReduceTo(Resize.shortEdge(256)));
        assertThat(preprocessing.decodeOptions().reduceTo()).isEmpty();
    }

    private static DecodeOptions upTo(int height, int width) {
        return DecodeOptions.DEFAULT.withReduceTo(Resize.exact(List.of(height, width)));
    }
}
