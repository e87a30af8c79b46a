package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;

/** Progressive JPEGs of many sizes, against Java's reader, that is its libjpeg. */
class ProgressiveJpegTest {
    private static final String FORMAT = "javax_imageio_jpeg_image_1.0";

    static Stream<Arguments> files() {
        // One band and several, whole units and parts, columns and rows of one sample at the edges,
        // and one too wide for bands.
        List<int[]> sizes =
                List.of(
                        new int[] {5, 5},
                        new int[] {6, 300},
                        new int[] {16, 16},
                        new int[] {17, 33},
                        new int[] {33, 17},
                        new int[] {500, 375},
                        new int[] {375, 500},
                        new int[] {640, 481},
                        new int[] {631, 320},
                        new int[] {2, 40},
                        new int[] {4200, 35},
                        new int[] {16_390, 9});
        return Stream.of("1x1", "2x1", "2x2", "gray")
                .flatMap(
                        sampling ->
                                sizes.stream()
                                        .map(size -> Arguments.of(sampling, size[0], size[1])));
    }

    @ParameterizedTest
    @MethodSource("files")
    void hasThePixelsOfJavasReader(String sampling, int width, int height)
            throws IOException, OddJpegException {
        byte[] file = write(sampling, width, height);
        boolean gray = sampling.equals("gray");
        byte[] expected =
                gray
                        ? JpegColours.toRgb(grayOfJavasReader(file), JpegColours.GRAY)
                        : JdkReader.readRgb(
                                ImageFormat.JPEG, new MemoryStream(file), height, width);

        RgbImage decoded =
                JpegScans.decode(
                        new ImageSource("file", file),
                        1,
                        gray ? JpegColours.GRAY : JpegColours.YCBCR);

        assertThat(Differences.between(decoded, new RgbImage(width, height, expected)))
                .isEqualTo(Differences.NONE);
    }

    @Test
    void stopsWhenItIsInterrupted() throws IOException {
        ImageSource source = new ImageSource("file", write("2x2", 64, 64));
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> JpegScans.decode(source, 1, JpegColours.YCBCR))
                    .isInstanceOf(InterruptedIOException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static byte[] grayOfJavasReader(byte[] file) throws IOException {
        return ((DataBufferByte)
                        JdkReader.readRaster(ImageFormat.JPEG, new MemoryStream(file))
                                .getDataBuffer())
                .getData();
    }

    /** Patches of full colours, so that neighbours differ most, and noise. */
    private static BufferedImage picture(boolean gray, int width, int height) {
        BufferedImage picture =
                new BufferedImage(
                        width,
                        height,
                        gray ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        Random random = new Random(width * 31L + height);
        int[] colours = random.ints(64).toArray();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int patch = colours[(y / 7 * 5 + x / 11) % colours.length];
                picture.setRGB(x, y, patch ^ random.nextInt() & 0x1F1F1F);
            }
        }
        return picture;
    }

    private static byte[] write(String sampling, int width, int height) throws IOException {
        boolean gray = sampling.equals("gray");
        BufferedImage picture = picture(gray, width, height);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(stream);
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            IIOMetadata metadata =
                    writer.getDefaultImageMetadata(
                            ImageTypeSpecifier.createFromRenderedImage(picture), param);
            if (!gray) {
                Element root = (Element) metadata.getAsTree(FORMAT);
                Element first = (Element) root.getElementsByTagName("componentSpec").item(0);
                first.setAttribute("HsamplingFactor", sampling.substring(0, 1));
                first.setAttribute("VsamplingFactor", sampling.substring(2));
                metadata.setFromTree(FORMAT, root);
            }
            writer.write(null, new IIOImage(picture, null, metadata), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
