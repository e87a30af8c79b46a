package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThumbnailTest {
    private static BufferedImage thumbnail(int width, int height, int edge) throws Exception {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.length; i += 3) {
            pixels[i] = (byte) 200;
            pixels[i + 1] = 100;
            pixels[i + 2] = 20;
        }
        String text = Thumbnail.of(new RgbImage(width, height, pixels), edge).base64();
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(text)));
    }

    @ParameterizedTest
    @CsvSource({
        "400, 300, 112, 112, 84",
        "300, 400, 112, 84, 112",
        "48, 32, 112, 48, 32",
        "5000, 1, 100, 100, 1",
        "112, 112, 112, 112, 112"
    })
    void keepsTheShapeAndNeverGrows(int width, int height, int edge, int newWidth, int newHeight)
            throws Exception {
        BufferedImage small = thumbnail(width, height, edge);
        assertThat(small.getWidth()).isEqualTo(newWidth);
        assertThat(small.getHeight()).isEqualTo(newHeight);
    }

    @Test
    void keepsTheColours() throws Exception {
        int color = thumbnail(300, 200, 60).getRGB(30, 20);
        int[] channels = {color >> 16 & 0xFF, color >> 8 & 0xFF, color & 0xFF};
        // JPEG's conversion and quantisation of a plain picture.
        int[] difference = {channels[0] - 200, channels[1] - 100, channels[2] - 20};
        assertThat(Arrays.stream(difference).map(Math::abs).max().orElseThrow()).isLessThan(6);
    }

    @Test
    void refusesAnEdgeBelowOne() {
        RgbImage image = new RgbImage(1, 1, new byte[3]);
        assertThatThrownBy(() -> Thumbnail.of(image, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("edge is 0, must be at least 1");
    }
}
