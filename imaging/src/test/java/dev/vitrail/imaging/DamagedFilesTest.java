package dev.vitrail.imaging;

import static dev.vitrail.imaging.FileKindsTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From whatever bytes, either an image or an {@link ImageException} comes out. */
class DamagedFilesTest {
    /** Small, so that damaged headers do not make the tests slow with large, legal images. */
    private static final DecodeOptions SMALL =
            DecodeOptions.DEFAULT.withMaxPixels(1 << 18).withExifOrientation(ExifOrientation.APPLY);

    static Collection<String> files() {
        return PillowFiles.NAMES;
    }

    @ParameterizedTest
    @MethodSource("files")
    void givesTheWholeImageOrNoneFromACutFile(String name) throws IOException {
        byte[] file = PillowFiles.bytes(name);
        RgbImage whole = ImageDecoder.decode(file, name, SMALL);
        int refused = 0;
        for (int length = 0; length < file.length; length += 1 + length / 40) {
            try {
                RgbImage image = ImageDecoder.decode(Arrays.copyOf(file, length), name, SMALL);
                assertThat(image).as("%s cut to %d bytes", name, length).isEqualTo(whole);
            } catch (ImageException e) {
                assertThat(e).hasMessageStartingWith(name + ": ");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg-420.jpg", "jpeg-progressive.jpg", "jpeg-gray.jpg"})
    void refusesAJpegWithoutItsEndUnlessToldToAcceptIt(String name) throws IOException {
        byte[] file = PillowFiles.bytes(name);
        RgbImage whole = ImageDecoder.decode(file, name, SMALL);
        byte[] cut = Arrays.copyOf(file, file.length - 2);

        assertRefused(
                () -> ImageDecoder.decode(cut, name, SMALL),
                ImageErrorCode.CORRUPT_IMAGE,
                "%s: JPEG data ends early, after %,d bytes".formatted(name, cut.length));
        RgbImage accepted = ImageDecoder.decode(cut, name, SMALL.withAcceptTruncated(true));
        assertThat(accepted.width()).isEqualTo(whole.width());
        assertThat(accepted.height()).isEqualTo(whole.height());
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg-420.jpg", "png-rgb.png", "gif-palette.gif", "webp-lossy.webp"})
    void ignoresWhatFollowsTheImage(String name) throws IOException {
        byte[] file = PillowFiles.bytes(name);
        byte[] longer = Arrays.copyOf(file, file.length + 1000);
        Arrays.fill(longer, file.length, longer.length, (byte) 'x');

        assertThat(ImageDecoder.decode(longer, name, SMALL))
                .isEqualTo(ImageDecoder.decode(file, name, SMALL));
    }

    @Test
    void readsAPngWithAWrongChecksum() throws IOException {
        byte[] file = PillowFiles.bytes("png-rgb.png");
        file[file.length - 13] ^= 0x55; // the last byte of the data's checksum

        assertThat(ImageDecoder.decode(file, "png", SMALL))
                .isEqualTo(PillowFiles.decode("png-rgb.png", SMALL));
    }

    @ParameterizedTest
    @MethodSource("files")
    void survivesChangedBytes(String name) throws IOException {
        survives(name, 60, 1);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("files")
    void survivesManyChangedBytes(String name) throws IOException {
        survives(name, 2_000, 2);
    }

    private static void survives(String name, int mutants, long seed) throws IOException {
        byte[] file = PillowFiles.bytes(name);
        SplittableRandom random = new SplittableRandom(seed + name.hashCode());
        for (int mutant = 0; mutant < mutants; mutant++) {
            byte[] changed = mutate(file, random);
            try {
                assertThat(ImageDecoder.decode(changed, name, SMALL)).isNotNull();
            } catch (ImageException e) {
                assertThat(e).hasMessageStartingWith(name + ": ");
            } catch (RuntimeException | Error e) {
                fail("mutant " + mutant + " of " + name + " let another exception out", e);
            }
        }
    }

    /** A few bytes changed, most often near the start where the headers are; sometimes a cut. */
    private static byte[] mutate(byte[] file, SplittableRandom random) {
        byte[] changed = file.clone();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            int reach = random.nextInt(3) == 0 ? file.length : Math.min(file.length, 200);
            int at = 4 + random.nextInt(reach - 4);
            changed[at] =
                    switch (random.nextInt(4)) {
                        case 0 -> 0;
                        case 1 -> (byte) 0xFF;
                        case 2 -> (byte) (changed[at] ^ 1 << random.nextInt(8));
                        default -> (byte) random.nextInt(256);
                    };
        }
        return random.nextInt(8) == 0
                ? Arrays.copyOf(changed, random.nextInt(changed.length))
                : changed;
    }

    @ParameterizedTest
    @ValueSource(strings = {"png-rgb.png", "gif-palette.gif", "tiff-lzw.tif", "webp-lossless.webp"})
    void saysNothingAboutAFileWhenItsThreadIsInterrupted(String name) throws IOException {
        byte[] file = PillowFiles.bytes(name);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> ImageDecoder.decode(file, name, SMALL))
                    .isInstanceOf(CancellationException.class)
                    .hasMessage(name + ": decoding was interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
