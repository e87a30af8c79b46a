package dev.vitrail.imaging.augment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.RgbImage;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Pictures and reference values for these tests. */
final class Images {
    private Images() {}

    static RgbImage noise(int width, int height, long seed) {
        byte[] pixels = new byte[3 * width * height];
        new SplittableRandom(seed).nextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    static RgbImage reference() throws Exception {
        Path file = Path.of(Images.class.getResource("operations_picture.png").toURI());
        return ImageDecoder.decode(file, DecodeOptions.DEFAULT);
    }

    static JsonNode json(String name) throws Exception {
        try (InputStream in = Images.class.getResourceAsStream(name)) {
            return new ObjectMapper().readTree(in);
        }
    }

    /** One of the pictures of an array {@code [pictures, height, width, 3]} of bytes. */
    static RgbImage picture(String name, int index, RgbImage sizes) throws Exception {
        try (InputStream in = Images.class.getResourceAsStream(name)) {
            byte[] file = in.readAllBytes();
            int start = 10 + (file[8] & 0xFF) + 256 * (file[9] & 0xFF);
            int length = sizes.pixels().length;
            int from = start + index * length;
            return new RgbImage(
                    sizes.width(), sizes.height(), Arrays.copyOfRange(file, from, from + length));
        }
    }
}
