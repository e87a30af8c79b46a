package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by the JDK from known values, which must come out as they went in. */
class RawValuesTest {

    @Test
    void replicatesGrayAsStored() throws IOException {
        RgbImage image = decode(PngFiles.gray(64, 48));

        for (int y = 0; y < 48; y++) {
            for (int x = 0; x < 64; x++) {
                int value = (3 * x + 5 * y) & 0xFF;
                assertThat(pixel(image, x, y)).isEqualTo(value << 16 | value << 8 | value);
            }
        }
    }

    @Test
    void scalesSixteenBitGrayByADivisionBy257() throws IOException {
        BufferedImage gray = new BufferedImage(256, 257, BufferedImage.TYPE_USHORT_GRAY);
        for (int i = 0; i < 256 * 257; i++) {
            gray.getRaster().setSample(i % 256, i / 256, 0, Math.min(65_535, i));
        }
        RgbImage image = decode(PngFiles.write(gray, "png", false));

        for (int i = 0; i < 65_536; i++) {
            int red = pixel(image, i % 256, i / 256) >> 16;
            assertThat(red).isEqualTo((int) Math.round(i / 257.0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 33})
    void readsInterlacedPng(int size) throws IOException {
        BufferedImage colours = colours(size, size + 4, BufferedImage.TYPE_INT_RGB);

        RgbImage interlaced = decode(PngFiles.write(colours, "png", true));

        assertThat(interlaced).isEqualTo(decode(PngFiles.write(colours, "png", false)));
        assertEqual(interlaced, colours);
    }

    @Test
    void dropsAlphaAndKeepsTheColourBelowIt() throws IOException {
        BufferedImage clear = colours(20, 10, BufferedImage.TYPE_INT_ARGB);
        for (int x = 0; x < 20; x++) {
            clear.setRGB(x, 3, clear.getRGB(x, 3) & 0xFFFFFF); // fully transparent
        }

        assertEqual(decode(PngFiles.write(clear, "png", false)), clear);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bmp", "gif", "tiff"})
    void readsWhatTheJdkWrites(String format) throws IOException {
        BufferedImage image = colours(15, 9, BufferedImage.TYPE_INT_RGB);
        if (format.equals("gif")) {
            image = colours(15, 9, BufferedImage.TYPE_BYTE_INDEXED);
        }

        assertEqual(decode(PngFiles.write(image, format, false)), image);
    }

    @Test
    void putsASmallGifFrameOnItsScreen() throws IOException {
        BufferedImage frame = colours(8, 6, BufferedImage.TYPE_BYTE_INDEXED);
        byte[] file = PngFiles.write(frame, "gif", false);
        ByteBuffer gif = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        gif.putShort(6, (short) 20).putShort(8, (short) 16); // a larger screen
        int descriptor = 13 + 3 * (2 << (file[10] & 7));
        while (file[descriptor] != 0x2C) {
            descriptor += 4 + file[descriptor + 2]; // one extension with one block
        }
        gif.putShort(descriptor + 1, (short) 5).putShort(descriptor + 3, (short) 7);

        RgbImage image = decode(file);

        assertThat(image.width()).isEqualTo(20);
        assertThat(image.height()).isEqualTo(16);
        RgbImage alone = decode(PngFiles.write(frame, "gif", false));
        assertThat(image.crop(new Window(5, 7, 8, 6))).isEqualTo(alone);
        int first = (file[13] & 0xFF) << 16 | (file[14] & 0xFF) << 8 | file[15] & 0xFF;
        assertThat(pixel(image, 0, 0)).isEqualTo(first);
        assertThat(pixel(image, 19, 15)).isEqualTo(first);
    }

    /** The reason for all of this: the obvious way changes gray values by a gamma step. */
    @Test
    void differsFromTheObviousWayOfReadingGray() throws IOException {
        byte[] file = PngFiles.gray(64, 48);
        BufferedImage obvious = ImageIO.read(new ByteArrayInputStream(file));

        assertThat(pixel(decode(file), 10, 10)).isNotEqualTo(obvious.getRGB(10, 10) & 0xFFFFFF);
    }

    private static BufferedImage colours(int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, 0x80000000 | (x * 40503 + y * 9973) * 2654435 & 0xFFFFFF);
            }
        }
        return image;
    }

    private static void assertEqual(RgbImage image, BufferedImage expected) {
        assertThat(image.width()).isEqualTo(expected.getWidth());
        assertThat(image.height()).isEqualTo(expected.getHeight());
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                assertThat(pixel(image, x, y)).isEqualTo(expected.getRGB(x, y) & 0xFFFFFF);
            }
        }
    }

    private static RgbImage decode(byte[] file) throws IOException {
        return ImageDecoder.decode(file, "file", DecodeOptions.DEFAULT);
    }

    private static int pixel(RgbImage image, int x, int y) {
        int at = 3 * (y * image.width() + x);
        byte[] pixels = image.pixels();
        return (pixels[at] & 0xFF) << 16 | (pixels[at + 1] & 0xFF) << 8 | pixels[at + 2] & 0xFF;
    }
}
