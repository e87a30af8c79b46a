package dev.vitrail.imaging;

import static dev.vitrail.imaging.FileKindsTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From whatever bytes, either an image or an {@link ImageException} comes out. */
class DamagedFilesTest {
    /** Small, so that damaged headers do not make the tests slow with large, legal images. */
    private static final DecodeOptions SMALL =
            DecodeOptions.DEFAULT.withMaxPixels(1 << 18).withExifOrientation(ExifOrientation.APPLY);

    /** The WebP reader was seen to take 14 MiB of 20,000 damaged files, all others below 5. */
    private static final long MOST_MEMORY = 32L << 20;

    private static final String TOO_SLOW = "over 10 s";

    private static final ScheduledExecutorService CLOCK =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "clock");
                        thread.setDaemon(true);
                        return thread;
                    });

    @AfterAll
    static void stopTheClock() {
        CLOCK.shutdownNow();
    }

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
    @EnumSource(ImageFormat.class)
    void survivesChangedBytes(ImageFormat format) throws IOException {
        survives(format, 600, 1);
    }

    /** {@code -Dvitrail.mutants=N} says how many; the log says what came of them. */
    @Tag("slow")
    @ParameterizedTest
    @EnumSource(ImageFormat.class)
    void survivesManyChangedBytes(ImageFormat format) throws IOException {
        String outcomes = survives(format, Integer.getInteger("vitrail.mutants", 20_000), 2);
        System.getLogger(DamagedFilesTest.class.getName()).log(System.Logger.Level.INFO, outcomes);
    }

    private static String survives(ImageFormat format, int mutants, long seed) throws IOException {
        List<String> names = new ArrayList<>();
        List<byte[]> files = new ArrayList<>();
        for (String name : PillowFiles.NAMES) {
            byte[] file = PillowFiles.bytes(name);
            if (ImageFormat.of(new ImageSource(name, file)).orElseThrow() == format) {
                names.add(name);
                files.add(file);
                outcome(file, name, SMALL, -1); // starts what threads readers have
            }
        }
        SplittableRandom random = new SplittableRandom(seed + format.name().hashCode());
        Map<String, Integer> outcomes = new TreeMap<>();
        long slowest = 0;
        long mostMemory = 0;
        int threads = Thread.activeCount();
        for (int mutant = 0; mutant < mutants; mutant++) {
            String name = names.get(mutant % names.size());
            byte[] changed = mutate(files.get(mutant % names.size()), random);
            DecodeOptions options = // every other one whole, the others reduced as far as they go
                    mutant / names.size() % 2 == 0
                            ? SMALL
                            : SMALL.withReduceTo(Resize.shortEdge(1 + mutant % 12));
            long start = System.nanoTime();
            long allocated = PixelLimitsTest.allocated();
            String outcome = outcome(changed, name, options, mutant);
            mostMemory = Math.max(mostMemory, PixelLimitsTest.allocated() - allocated);
            slowest = Math.max(slowest, System.nanoTime() - start);
            outcomes.merge(outcome, 1, Integer::sum);
        }
        assertThat(outcomes.keySet()).contains("decoded", "CORRUPT_IMAGE");
        assertThat(mostMemory).as("bytes taken for one image").isLessThan(MOST_MEMORY);
        assertThat(Thread.activeCount()).as("threads").isLessThanOrEqualTo(threads);
        if (format != ImageFormat.WEBP) { // the package's page says why
            assertThat(outcomes).doesNotContainKey(TOO_SLOW);
        }
        return "%s: %s, slowest %,d ms, most memory %,d KiB"
                .formatted(format, outcomes, slowest / 1_000_000, mostMemory >> 10);
    }

    /** A reader that is still busy after the folder run's limit of time is interrupted as there. */
    private static String outcome(byte[] file, String name, DecodeOptions options, int mutant) {
        Thread reader = Thread.currentThread();
        ScheduledFuture<?> limit = CLOCK.schedule(reader::interrupt, 10, TimeUnit.SECONDS);
        try {
            assertThat(ImageDecoder.decode(file, name, options)).isNotNull();
            return "decoded";
        } catch (ImageException e) {
            assertThat(e).hasMessageStartingWith(name + ": ");
            return e.code().name();
        } catch (CancellationException e) {
            return TOO_SLOW;
        } catch (RuntimeException | Error e) {
            return fail("mutant " + mutant + " of " + name + " let another exception out", e);
        } finally {
            limit.cancel(false);
            Thread.interrupted();
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
