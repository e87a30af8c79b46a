package dev.vitrail.runtime;

import dev.vitrail.imaging.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** Pictures of 8x8 in one colour, and what {@link ModelFile}'s model must say of them. */
final class Pictures {
    private Pictures() {}

    static RgbImage plain(int red, int green, int blue) {
        byte[] pixels = new byte[3 * ModelFile.EDGE * ModelFile.EDGE];
        for (int i = 0; i < pixels.length; i += 3) {
            pixels[i] = (byte) red;
            pixels[i + 1] = (byte) green;
            pixels[i + 2] = (byte) blue;
        }
        return new RgbImage(ModelFile.EDGE, ModelFile.EDGE, pixels);
    }

    static byte[] png(int red, int green, int blue) {
        BufferedImage image =
                new BufferedImage(ModelFile.EDGE, ModelFile.EDGE, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[ModelFile.EDGE * ModelFile.EDGE];
        Arrays.fill(row, red << 16 | green << 8 | blue);
        image.setRGB(0, 0, ModelFile.EDGE, ModelFile.EDGE, row, 0, ModelFile.EDGE);
        return encoded(image, "png");
    }

    static byte[] encoded(BufferedImage image, String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Path write(Path file, int red, int green, int blue) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.write(file, png(red, green, blue));
    }

    /**
     * The definition of softmax, exponentials divided by their sum, on logits computed from the
     * colour alone; {@code [red, green, blue]}.
     */
    static double[] expectedProbabilities(int red, int green, int blue) {
        double[] weights = new double[3];
        int[] colour = {red, green, blue};
        double sum = 0;
        for (int c = 0; c < 3; c++) {
            weights[c] = Math.exp(ModelFile.GAIN * (colour[c] / 255.0 - 0.5) / 0.5);
            sum += weights[c];
        }
        for (int c = 0; c < 3; c++) {
            weights[c] /= sum;
        }
        return weights;
    }
}
