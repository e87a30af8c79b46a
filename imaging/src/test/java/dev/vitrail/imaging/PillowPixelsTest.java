package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of file against the pixels that Pillow made of it. */
class PillowPixelsTest {
    private static final DecodeOptions UPRIGHT =
            DecodeOptions.DEFAULT.withExifOrientation(ExifOrientation.APPLY);

    static Collection<String> files() {
        return PillowFiles.NAMES;
    }

    @ParameterizedTest
    @MethodSource("files")
    void decodesToPillowsBytes(String name) throws IOException {
        RgbImage expected = PillowFiles.decode(name + ".png", DecodeOptions.DEFAULT);

        RgbImage decoded = PillowFiles.decode(name, UPRIGHT);

        assertThat(Differences.between(decoded, expected)).isEqualTo(Differences.NONE);
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
