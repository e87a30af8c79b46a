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
    void fillsAnEmptyFolderAndRefusesOneThatHoldsSomething() throws IOException {
        DrawnDataset set = new DrawnDataset(List.of(DrawnShape.RING), 1, 32, 1);
        Path empty = Files.createDirectory(parent.resolve("empty"));
        set.write(empty);
        assertThat(empty.resolve("ring/0000.png")).exists();
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

    /** Classes must differ in their outlines: the nearest mean colour must not find them. */
    @Test
    void colourDoesNotGiveTheClassAway() {
        int pictures = 60;
        DrawnShape[] shapes = DrawnShape.values();
        double[][] centres = new double[shapes.length][3];
        for (DrawnShape shape : shapes) {
            for (int index = 0; index < pictures; index++) {
                double[] colour = meanColour(shape, 1, index);
                for (int c = 0; c < 3; c++) {
                    centres[shape.ordinal()][c] += colour[c] / pictures;
                }
            }
        }
        int right = 0;
        for (DrawnShape shape : shapes) {
            for (int index = 0; index < pictures; index++) {
                if (nearest(centres, meanColour(shape, 2, index)) == shape.ordinal()) {
                    right++;
                }
            }
        }
        // One in eight is chance; areas differ, so mean brightness says a little.
        assertThat((double) right / (pictures * shapes.length)).isLessThan(0.3);
    }

    private static int nearest(double[][] centres, double[] colour) {
        int nearest = 0;
        double least = Double.MAX_VALUE;
        for (int i = 0; i < centres.length; i++) {
            double distance = 0;
            for (int c = 0; c < 3; c++) {
                distance += Math.pow(centres[i][c] - colour[c], 2);
            }
            if (distance < least) {
                least = distance;
                nearest = i;
            }
        }
        return nearest;
    }

    private static double[] meanColour(DrawnShape shape, long seed, int index) {
        double[] mean = new double[3];
        int[] pixels = pixels(shape, seed, index);
        for (int pixel : pixels) {
            mean[0] += (double) (pixel >> 16 & 255) / pixels.length;
            mean[1] += (double) (pixel >> 8 & 255) / pixels.length;
            mean[2] += (double) (pixel & 255) / pixels.length;
        }
        return mean;
    }

    private static int[] pixels(DrawnShape shape, long seed, int index) {
        BufferedImage picture = new ShapePainter(32).paint(shape, seed, index);
        return picture.getRGB(0, 0, 32, 32, null, 0, 32);
    }
}
