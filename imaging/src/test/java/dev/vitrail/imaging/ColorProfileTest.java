package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColorProfileTest {
    private static final DecodeOptions CONVERT =
            DecodeOptions.DEFAULT.withColorProfile(ColorProfile.CONVERT);

    /**
     * Both use Little CMS, in versions of their own and with sRGB profiles of their own, which move
     * a rounding now and then. A table is sampled anew by each of them, which shows where it is
     * steep.
     */
    @ParameterizedTest
    @CsvSource({
        "icc-adobe.jpg, 1, 0.02",
        "icc-p3.png, 1, 0.02",
        "icc-adobe.webp, 1, 0.02",
        "icc-p3.tif, 1, 0.02",
        "icc-gray.png, 1, 0.02",
        "icc-gray.jpg, 1, 0.02",
        "icc-palette.png, 1, 0.02",
        "icc-table.png, 12, 0.1"
    })
    void convertsAsPillowDoes(String name, int most, double mean) throws IOException {
        RgbImage expected = decode(bytes(name + ".png"), DecodeOptions.DEFAULT);

        Differences differences = Differences.between(decode(bytes(name), CONVERT), expected);

        assertThat(differences.max()).isLessThanOrEqualTo(most);
        assertThat(differences.mean()).isLessThan(mean);
        RgbImage stored = decode(bytes(name), DecodeOptions.DEFAULT);
        assertThat(Differences.between(stored, expected).mean()).isGreaterThan(5);
    }

    @Test
    void convertsNothingUnlessAskedTo() {
        assertThat(DecodeOptions.DEFAULT.colorProfile()).isEqualTo(ColorProfile.IGNORE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg-444.jpg", "png-rgb.png", "tiff-rgb.tif", "webp-lossless.webp"})
    void leavesAFileWithoutAProfileAsItIs(String name) throws IOException {
        byte[] file = PillowFiles.bytes(name);

        assertThat(decode(file, CONVERT)).isEqualTo(decode(file, DecodeOptions.DEFAULT));
    }

    /** Inks were mixed by Pillow's formula, which needs no profile. */
    @Test
    void leavesInksAlone() throws IOException {
        byte[] cmyk = PillowFiles.bytes("jpeg-cmyk.jpg");
        byte[] marked = withSegment(cmyk, profileOf(bytes("icc-adobe.jpg")), 1, 1);

        assertThat(decode(marked, CONVERT)).isEqualTo(decode(cmyk, CONVERT));
    }

    @Test
    void appliesAGrayProfileToGrayAlone() throws IOException {
        byte[] colour = PillowFiles.bytes("jpeg-444.jpg");
        byte[] marked = withSegment(colour, profileOf(bytes("icc-gray.jpg")), 1, 1);

        assertThat(decode(marked, CONVERT)).isEqualTo(decode(colour, CONVERT));
    }

    @Test
    void putsAProfileInPartsTogether() throws IOException {
        byte[] file = PillowFiles.bytes("jpeg-444.jpg");
        byte[] profile = profileOf(bytes("icc-adobe.jpg"));
        byte[] first = Arrays.copyOf(profile, 100);
        byte[] second = Arrays.copyOfRange(profile, 100, profile.length);
        RgbImage expected = decode(withSegment(file, profile, 1, 1), CONVERT);

        // Each is put before the others, and so the parts stand in the wrong order.
        byte[] parts = withSegment(withSegment(file, first, 1, 2), second, 2, 2);

        assertThat(decode(parts, CONVERT)).isEqualTo(expected);
        assertThat(expected).isNotEqualTo(decode(file, CONVERT));
        byte[] incomplete = withSegment(file, first, 1, 2);
        assertThat(decode(incomplete, CONVERT)).isEqualTo(decode(file, CONVERT));
    }

    @Test
    void ignoresAProfileThatIsNone() throws IOException {
        byte[] file = PillowFiles.bytes("jpeg-444.jpg");
        byte[] profile = profileOf(bytes("icc-adobe.jpg"));
        RgbImage plain = decode(file, CONVERT);
        byte[] ofInks = profile.clone();
        System.arraycopy("CMYK".getBytes(StandardCharsets.US_ASCII), 0, ofInks, 16, 4);

        for (byte[] bad :
                new byte[][] {
                    new byte[200], new byte[1], Arrays.copyOf(profile, 140), ofInks,
                }) {
            assertThat(decode(withSegment(file, bad, 1, 1), CONVERT)).isEqualTo(plain);
        }
    }

    /** A profile says what colours mean; damage to it is never damage to the picture. */
    @Test
    void decodesWhateverIsWrongWithTheProfile() throws IOException {
        byte[] file = PillowFiles.bytes("jpeg-444.jpg");
        RgbImage plain = decode(file, CONVERT);
        SplittableRandom random = new SplittableRandom(11);
        for (String name : new String[] {"icc-adobe.jpg", "icc-gray.jpg"}) {
            byte[] profile = profileOf(bytes(name));
            for (int round = 0; round < 200; round++) {
                byte[] damaged = profile.clone();
                for (int i = random.nextInt(6); i >= 0; i--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
                }
                byte[] marked = withSegment(file, damaged, 1, 1);

                RgbImage image =
                        assertTimeoutPreemptively(
                                Duration.ofSeconds(10), () -> decode(marked, CONVERT));

                assertThat(image).hasToString(plain.toString());
            }
        }
    }

    /** 20 kB that inflate to 20 MB. */
    @Test
    void inflatesNoMoreThanAProfileHas() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.writeBytes(new byte[] {'x', 0, 0});
        try (DeflaterOutputStream out =
                new DeflaterOutputStream(packed, new Deflater(Deflater.BEST_SPEED))) {
            byte[] block = new byte[1 << 20];
            for (int i = 0; i < 20; i++) {
                out.write(block);
            }
        }
        byte[] plain = PillowFiles.bytes("png-rgb.png");
        byte[] marked = withChunk(plain, packed.toByteArray());

        PngImage image = PngImage.open(new ImageSource("bomb.png", marked));

        assertThat(image.profile()).hasSize(ProfileConversion.MAX_BYTES + 1);
        assertThat(decode(marked, CONVERT)).isEqualTo(decode(plain, CONVERT));
    }

    @Test
    void endsWhenItsThreadIsInterrupted() throws IOException {
        byte[] profile = profileOf(bytes("icc-adobe.jpg"));
        RgbImage image = ResizerTest.noise(4, 200, 3);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> ProfileConversion.apply(image, profile))
                    .isInstanceOf(InterruptedIOException.class);
            assertThatThrownBy(() -> decode(bytes("icc-adobe.jpg"), CONVERT))
                    .isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static RgbImage decode(byte[] file, DecodeOptions options) throws ImageException {
        return ImageDecoder.decode(file, "picture", options);
    }

    private static byte[] profileOf(byte[] jpeg) throws ImageException {
        return JpegImage.open(new ImageSource("picture", jpeg)).profile();
    }

    /** As the first segment. */
    private static byte[] withSegment(byte[] jpeg, byte[] part, int number, int count) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        int length = 2 + 14 + part.length;
        file.write(jpeg, 0, 2);
        file.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xE2});
        file.writeBytes(new byte[] {(byte) (length >> 8), (byte) length});
        file.writeBytes("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII));
        file.writeBytes(new byte[] {(byte) number, (byte) count});
        file.writeBytes(part);
        file.write(jpeg, 2, jpeg.length - 2);
        return file.toByteArray();
    }

    /** Behind the header; nobody here looks at the checksum of a chunk that is not critical. */
    private static byte[] withChunk(byte[] png, byte[] content) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        int header = 8 + 25;
        file.write(png, 0, header);
        for (int shift = 24; shift >= 0; shift -= 8) {
            file.write(content.length >> shift);
        }
        file.writeBytes("iCCP".getBytes(StandardCharsets.US_ASCII));
        file.writeBytes(content);
        file.writeBytes(new byte[4]);
        file.write(png, header, png.length - header);
        return file.toByteArray();
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream file = ColorProfileTest.class.getResourceAsStream("profiles/" + name)) {
            if (file == null) {
                throw new IOException("no resource profiles/" + name);
            }
            return file.readAllBytes();
        }
    }
}
