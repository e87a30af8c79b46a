package dev.vitrail.zoo.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.zoo.ZooException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DrawnDatasetTest {

    @TempDir Path parent;

    @Test
    void drawsAFolderThatTrainingReads() throws IOException {
        Path folder = parent.resolve("drawn");
        List<DrawnShape> shapes = List.of(DrawnShape.STAR, DrawnShape.CIRCLE);
        new DrawnDataset(shapes, 3, 32, 1).write(folder);
        ImageFolder read = ImageFolder.read(folder);
        assertThat(read.classes()).containsExactly("circle", "star");
        assertThat(read.images()).hasSize(6);
        RgbImage image = ImageDecoder.decode(read.images().get(0).path(), DecodeOptions.DEFAULT);
        assertThat(image.width()).isEqualTo(32);
        assertThat(image.height()).isEqualTo(32);
        try (Stream<Path> entries = Files.list(parent)) {
            assertThat(entries).containsExactly(folder);
        }
    }

    @Test
    void refusesAFolderThatExists() {
        DrawnDataset set = new DrawnDataset(List.of(DrawnShape.RING), 1, 32, 1);
        assertThatThrownBy(() -> set.write(parent))
                .isInstanceOf(ZooException.class)
                .hasMessageContaining("exists already");
    }

    @ParameterizedTest
    @EnumSource(DrawnShape.class)
    void drawsTheSamePictureForTheSameAddressOnly(DrawnShape shape) {
        int[] picture = pixels(shape, 1, 0);
        assertThat(pixels(shape, 1, 0)).isEqualTo(picture);
        assertThat(pixels(shape, 2, 0)).isNotEqualTo(picture);
        assertThat(pixels(shape, 1, 1)).isNotEqualTo(picture);
    }

    /** The mean colour of a picture must not give its class away. */
    @Test
    void coloursSayNothingAboutTheClass() {
        double[] means = new double[DrawnShape.values().length];
        double overall = 0;
        int pictures = 60;
        for (DrawnShape shape : DrawnShape.values()) {
            for (int index = 0; index < pictures; index++) {
                for (int pixel : pixels(shape, 9, index)) {
                    means[shape.ordinal()] +=
                            ((pixel >> 16 & 255) + (pixel >> 8 & 255) + (pixel & 255)) / 3.0;
                }
            }
            means[shape.ordinal()] /= pictures * 32.0 * 32.0;
            overall += means[shape.ordinal()] / means.length;
        }
        for (double mean : means) {
            // A picture's mean spreads by about 25 levels; 60 of them by 3.3, taken fourfold.
            assertThat(Math.abs(mean - overall)).isLessThan(14);
        }
    }

    private static int[] pixels(DrawnShape shape, long seed, int index) {
        BufferedImage picture = new ShapePainter(32).paint(shape, seed, index);
        return picture.getRGB(0, 0, 32, 32, null, 0, 32);
    }
}
