package dev.vitrail.imaging;

import static dev.vitrail.imaging.FileKindsTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers that ask for more memory than an image may have. */
class PixelLimitsTest {

    @ParameterizedTest
    @CsvSource({"20000,20000", "60000,60000", "2147483647,2147483647", "2147483647,1"})
    void refusesAHugePngByItsHeader(int width, int height) throws IOException {
        byte[] file = PillowFiles.bytes("png-rgb.png");
        ByteBuffer.wrap(file).putInt(16, width).putInt(20, height);

        refusedWithoutMemory(file, "png", width, height);
    }

    @Test
    void refusesAHugeJpegByItsHeader() throws IOException {
        byte[] file = PillowFiles.bytes("jpeg-420.jpg");
        int frame = indexOf(file, 0xFF, 0xC0);
        ByteBuffer.wrap(file)
                .putShort(frame + 5, (short) 65_500)
                .putShort(frame + 7, (short) 65_500);

        refusedWithoutMemory(file, "jpeg", 65_500, 65_500);
    }

    @Test
    void refusesAHugeGifByItsScreenAndByItsFrame() throws IOException {
        byte[] screen = PillowFiles.bytes("gif-palette.gif");
        ByteBuffer.wrap(screen).putShort(6, (short) 65_535).putShort(8, (short) 65_535);
        refusedWithoutMemory(screen, "gif", 65_535, 65_535);

        byte[] frame = PillowFiles.bytes("gif-palette.gif");
        int palette = 3 << (frame[10] & 7) + 1;
        int descriptor = 13 + palette;
        while (frame[descriptor] != 0x2C) {
            descriptor++;
        }
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(descriptor + 5, 0xFF00FF00);
        refusedWithoutMemory(frame, "gif", 65_280, 65_280);
    }

    @Test
    void refusesAHugeBitmapByItsHeader() throws IOException {
        byte[] file = PillowFiles.bytes("bmp-rgb.bmp");
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(18, 30_000).putInt(22, -30_000);

        refusedWithoutMemory(file, "bmp", 30_000, 30_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png-rgb.png", "webp-lossless.webp", "tiff-lzw.tif", "jpeg-420.jpg"})
    void countsPixelsAgainstTheLimitOfTheOptions(String name) throws IOException {
        DecodeOptions enough = DecodeOptions.DEFAULT.withMaxPixels(37 * 23);
        assertThat(PillowFiles.decode(name, enough).width()).isEqualTo(37);

        assertRefused(
                () -> PillowFiles.decode(name, enough.withMaxPixels(37 * 23 - 1)),
                ImageErrorCode.TOO_LARGE,
                name + ": 37x23 pixels are more than the limit of 850");
    }

    @Test
    void refusesWhatTheHeapCannotHold() throws IOException {
        byte[] file = PillowFiles.bytes("png-rgba-16bit.png");
        ByteBuffer.wrap(file).putInt(16, 13_000).putInt(20, 13_000);
        // 13,000 x 13,000 pixels of 3 + 8 bytes; the build's heap is 1 GB.
        assertRefused(
                () -> ImageDecoder.decode(file, "wide.png", DecodeOptions.DEFAULT),
                ImageErrorCode.TOO_LARGE,
                "wide.png: 13,000x13,000 pixels need about 1,773 MB of memory, and Java may take %,d MB"
                        .formatted((Runtime.getRuntime().maxMemory() >> 20) + 1));
    }

    @Test
    void decodesAPngWhoseTextWouldInflateWithoutEnd() throws IOException {
        byte[] image = PillowFiles.bytes("png-rgb.png");
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(new byte[] {'n', 0, 0});
        try (DeflaterOutputStream deflater =
                new DeflaterOutputStream(text, new Deflater(Deflater.BEST_COMPRESSION))) {
            for (int megabyte = 0; megabyte < 200; megabyte++) {
                deflater.write(new byte[1 << 20]);
            }
        }
        ByteBuffer file = ByteBuffer.allocate(image.length + 12 + text.size());
        file.put(image, 0, 33); // signature and header chunk
        file.putInt(text.size()).put("zTXt".getBytes()).put(text.toByteArray()).putInt(0);
        file.put(image, 33, image.length - 33);

        long before = allocated();
        RgbImage decoded = ImageDecoder.decode(file.array(), "bomb", DecodeOptions.DEFAULT);

        assertThat(allocated() - before).isLessThan(20L << 20);
        assertThat(decoded).isEqualTo(PillowFiles.decode("png-rgb.png", DecodeOptions.DEFAULT));
    }

    @Test
    void decodesTheThinnestImages() throws IOException {
        for (int[] size : new int[][] {{1, 1}, {20_000, 1}, {1, 20_000}}) {
            byte[] file = PngFiles.gray(size[0], size[1]);

            RgbImage image = ImageDecoder.decode(file, "thin", DecodeOptions.DEFAULT);

            assertThat(image.width()).isEqualTo(size[0]);
            assertThat(image.height()).isEqualTo(size[1]);
        }
    }

    /** Measured the second time: the first one loads classes, whichever test comes first. */
    private static void refusedWithoutMemory(byte[] file, String name, long width, long height) {
        refused(file, name, width, height);
        long before = allocated();
        refused(file, name, width, height);
        assertThat(allocated() - before).isLessThan(1L << 20);
    }

    private static void refused(byte[] file, String name, long width, long height) {
        assertRefused(
                () -> ImageDecoder.decode(file, name, DecodeOptions.DEFAULT),
                ImageErrorCode.TOO_LARGE,
                "%s: %,dx%,d pixels are more than the limit of 178,956,970"
                        .formatted(name, width, height));
    }

    /** Bytes that this thread ever took from the heap. */
    static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    private static int indexOf(byte[] file, int first, int second) {
        for (int i = 0; i + 1 < file.length; i++) {
            if (file[i] == (byte) first && file[i + 1] == (byte) second) {
                return i;
            }
        }
        throw new AssertionError("marker not found");
    }
}
