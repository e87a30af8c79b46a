package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of file against the pixels that Pillow made of it. */
class PillowPixelsTest {
    private static final DecodeOptions UPRIGHT =
            DecodeOptions.DEFAULT.withExifOrientation(ExifOrientation.APPLY);

    static Collection<String> exactFiles() {
        return PillowFiles.NAMES.stream().filter(name -> !name.startsWith("webp-lossy")).toList();
    }

    @ParameterizedTest
    @MethodSource("exactFiles")
    void decodesToPillowsBytes(String name) throws IOException {
        RgbImage expected = PillowFiles.decode(name + ".png", DecodeOptions.DEFAULT);

        RgbImage decoded = PillowFiles.decode(name, UPRIGHT);

        assertThat(Differences.between(decoded, expected)).isEqualTo(Differences.NONE);
    }

    /**
     * The WebP reader repeats colour differences where libwebp interpolates them, so that edges
     * between strong colours differ; this drawing has little else. Photos are 0.5 to 1.6 apart.
     */
    @ParameterizedTest
    @ValueSource(strings = {"webp-lossy.webp", "webp-lossy-alpha.webp"})
    void decodesLossyWebpNearPillow(String name) throws IOException {
        RgbImage expected = PillowFiles.decode(name + ".png", DecodeOptions.DEFAULT);

        RgbImage decoded = PillowFiles.decode(name, DecodeOptions.DEFAULT);

        assertThat(Differences.between(decoded, expected).mean()).isLessThan(9);
    }

    @Test
    void leavesOrientationAloneUnlessAsked() throws IOException {
        RgbImage stored = PillowFiles.decode("exif-1.jpg", DecodeOptions.DEFAULT);

        for (String name : List.of("exif-3.jpg", "exif-6.jpg", "exif-8.jpg")) {
            assertThat(PillowFiles.decode(name, DecodeOptions.DEFAULT)).isEqualTo(stored);
            assertThat(PillowFiles.decode(name, UPRIGHT)).isNotEqualTo(stored);
        }
    }
}
