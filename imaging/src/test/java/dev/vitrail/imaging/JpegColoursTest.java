package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What colours the components of a JPEG are taken for. */
class JpegColoursTest {

    /** The witness is the conversion inside the native library. */
    @ParameterizedTest
    @ValueSource(strings = {"jpeg-420.jpg", "jpeg-422.jpg", "jpeg-444.jpg", "jpeg-progressive.jpg"})
    void convertsAsTheNativeLibraryDoes(String name) throws IOException {
        byte[] file = PillowFiles.bytes(name);
        BufferedImage witness = ImageIO.read(new ByteArrayInputStream(file));
        Raster components = JdkReader.readRaster(ImageFormat.JPEG, new MemoryStream(file));
        byte[] data = ((DataBufferByte) components.getDataBuffer()).getData();

        byte[] converted = JpegColours.toRgb(data.clone(), JpegColours.YCBCR);

        byte[] expected = new byte[3 * 37 * 23];
        for (int i = 0; i < expected.length; i++) {
            int rgb = witness.getRGB(i / 3 % 37, i / 3 / 37);
            expected[i] = (byte) (rgb >> 16 - i % 3 * 8);
        }
        assertThat(data).isNotEqualTo(expected);
        assertThat(converted).isEqualTo(expected);
        assertThat(PillowFiles.decode(name, DecodeOptions.DEFAULT).pixels()).isEqualTo(expected);
    }

    /** Every triple that a coarse grid has, against the equations of JFIF 1.02. */
    @Test
    void convertsWithinALevelOfTheEquations() {
        for (int y = 0; y < 256; y += 5) {
            for (int cb = 0; cb < 256; cb += 5) {
                for (int cr = 0; cr < 256; cr += 5) {
                    byte[] data = {(byte) y, (byte) cb, (byte) cr};
                    byte[] rgb = JpegColours.toRgb(data, JpegColours.YCBCR);
                    near(rgb[0], y + 1.402 * (cr - 128));
                    near(rgb[1], y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128));
                    near(rgb[2], y + 1.772 * (cb - 128));
                }
            }
        }
    }

    private static void near(byte value, double exact) {
        double level = Math.max(0, Math.min(255, exact));
        assertThat(Math.abs((value & 0xFF) - level)).isLessThan(1);
    }

    @Test
    void ignoresAColourProfileThatImageIoWouldApply() throws IOException {
        byte[] plain = PillowFiles.bytes("jpeg-444.jpg");
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] marked = insert(plain, 0xE2, "ICC_PROFILE\0\u0001\u0001", profile);
        int obvious = ImageIO.read(new ByteArrayInputStream(marked)).getRGB(10, 10);
        assertThat(obvious)
                .isNotEqualTo(ImageIO.read(new ByteArrayInputStream(plain)).getRGB(10, 10));

        assertThat(decode(marked)).isEqualTo(decode(plain));
    }

    @Test
    void ignoresABrokenColourProfile() throws IOException {
        byte[] plain = PillowFiles.bytes("jpeg-444.jpg");
        byte[] marked = insert(plain, 0xE2, "ICC_PROFILE\0\u0001\u0001", new byte[200]);

        assertThat(decode(marked)).isEqualTo(decode(plain));
    }

    /**
     * The Adobe segment says what three and four components are: 0 as they are, 1 YCbCr, 2 YCCK.
     */
    @Test
    void followsTheAdobeTransform() throws IOException {
        byte[] file = withoutSegment(PillowFiles.bytes("jpeg-444.jpg"), 0xE0);
        byte[] components = decode(adobe(file, 0)).pixels();
        byte[] converted = decode(adobe(file, 1)).pixels();

        assertThat(converted).isEqualTo(JpegColours.toRgb(components.clone(), JpegColours.YCBCR));
        assertThat(converted).isNotEqualTo(components);
        assertThat(decode(file).pixels()).isEqualTo(converted); // the default without any mark
    }

    @Test
    void readsYcckAsInvertedCmykInDisguise() throws IOException {
        byte[] cmyk = PillowFiles.bytes("jpeg-cmyk.jpg");
        byte[] file = withoutSegment(cmyk, 0xEE);
        RgbImage asCmyk = decode(adobe(file, 0));

        RgbImage asYcck = decode(adobe(file, 2));

        assertThat(asCmyk).isEqualTo(decode(cmyk));
        assertThat(decode(file)).isEqualTo(asCmyk); // without a mark they are CMYK
        assertThat(asYcck).isNotEqualTo(asCmyk);
    }

    /**
     * One pixel worked out by hand: Y 100, Cb 128, Cr 128 is gray 100, so ink 155; black at half.
     */
    @Test
    void mixesInksAsPillowDoes() {
        byte[] ycck = {100, (byte) 128, (byte) 128, (byte) 128};
        // Inverted: light 100 of 255 comes through each ink, 128 of 255 through the black.
        int through = 128 - (int) Math.round((255 - 155) * 128 / 255.0);

        byte[] rgb = JpegColours.toRgb(ycck, JpegColours.YCCK);

        assertThat(rgb).containsExactly(through, through, through);
    }

    private static RgbImage decode(byte[] file) throws IOException {
        return ImageDecoder.decode(file, "jpeg", DecodeOptions.DEFAULT);
    }

    private static byte[] adobe(byte[] file, int transform) {
        return insert(file, 0xEE, "Adobe\0d\0\0\0\0", new byte[] {(byte) transform});
    }

    private static byte[] insert(byte[] file, int marker, String head, byte[] content) {
        int length = 2 + head.length() + content.length;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, 2);
        out.writeBytes(
                new byte[] {(byte) 0xFF, (byte) marker, (byte) (length >> 8), (byte) length});
        out.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(content);
        out.write(file, 2, file.length - 2);
        return out.toByteArray();
    }

    private static byte[] withoutSegment(byte[] file, int marker) {
        int at = 2;
        while ((file[at + 1] & 0xFF) != marker) {
            at += 2 + length(file, at);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, at);
        int next = at + 2 + length(file, at);
        out.write(file, next, file.length - next);
        return out.toByteArray();
    }

    private static int length(byte[] file, int at) {
        return (file[at + 2] & 0xFF) << 8 | file[at + 3] & 0xFF;
    }
}
