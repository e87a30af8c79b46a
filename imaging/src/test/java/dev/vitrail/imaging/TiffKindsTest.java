package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TIFF holds more kinds of pixels than are read; which, its directory tells. */
class TiffKindsTest {
    private static final DecodeOptions PLAIN = DecodeOptions.DEFAULT;

    /** The tags of a kind, as {@code tag=value}, beside a size of 1 by 1. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "262=8 277=3 258=8 | a TIFF of colour space 8 is not read",
                "262=1 277=1 258=8 259=34712 | a TIFF of compression 34712 is not read",
                "262=1 277=1 258=32 | a TIFF of colour space 1, 1 samples of 32 bits, of format 1,"
                        + " is not read",
                "262=1 277=1 258=16 339=2 | a TIFF of colour space 1, 1 samples of 16 bits, of"
                        + " format 2, is not read",
                "262=5 277=3 258=8 | a TIFF of 3 inks of 8 bits, ink set 1, compression 1, is not"
                        + " read",
                "262=5 277=4 258=8 332=2 | a TIFF of 4 inks of 8 bits, ink set 2, compression 1, is"
                        + " not read",
                "262=5 277=4 258=4 | a TIFF of 4 inks of 4 bits, ink set 1, compression 1, is not"
                        + " read",
                "262=5 277=4 258=8 259=6 | a TIFF of 4 inks of 8 bits, ink set 1, compression 6, is"
                        + " not read",
                "262=5 277=6 258=8 | a TIFF of colour space 5, 6 samples of 8 bits, of format 1, is"
                        + " not read",
                "262=1 277=3 258=8 | a TIFF of colour space 1, 3 samples of 8 bits, of format 1, is"
                        + " not read",
                "262=2 277=3 258=4 259=8 317=2 | a TIFF of differences of kind 2 of 4 bits is not"
                        + " read",
                "262=2 277=3 258=8 259=5 317=3 | a TIFF of differences of kind 3 of 8 bits is not"
                        + " read",
                "262=1 277=2 258=8 259=7 | a TIFF of 2 samples of 8 bits, compressed as JPEG, is"
                        + " not read",
                "262=6 277=3 258=8 284=2 | a TIFF of YCbCr of 8 bits in planes or blocks of 2x2 is"
                        + " not read",
                "262=6 277=3 258=8 530=3,1,1 | a TIFF of YCbCr of 8 bits in planes or blocks of 3x1"
                        + " is not read",
            })
    void refusesWhatWouldBeReadWrongly(String tags, String message) {
        FileKindsTest.assertRefused(
                () -> TiffImage.open(directory(tags)),
                ImageErrorCode.UNSUPPORTED_FORMAT,
                "a.tif: " + message);
    }

    /** Memory is taken for a whole tile. */
    @Test
    void refusesTilesAndSamplesThatAreABomb() {
        FileKindsTest.assertRefused(
                () -> TiffImage.open(directory("262=2 277=3 258=8 259=5 322=30000 323=20000")),
                ImageErrorCode.TOO_LARGE,
                "a.tif: tiles of 30,000x20,000 pixels are more than the limit of 1,048,576 for"
                        + " this image");
        FileKindsTest.assertRefused(
                () -> TiffImage.open(directory("262=5 277=4 258=8,8,8,65280")),
                ImageErrorCode.UNSUPPORTED_FORMAT,
                "a.tif: a TIFF of samples of 8 and of 65280 bits is not read");
    }

    @Test
    void opensWhatIsRead() throws ImageException {
        assertThat(TiffImage.open(directory("262=2 277=3 258=8,8,8")).width()).isEqualTo(1);
        assertThat(TiffImage.open(directory("262=2 277=3 258=8 322=256 323=256")).width())
                .isEqualTo(1);
        assertThat(TiffImage.open(directory("262=5 277=5 258=8 259=5")).width()).isEqualTo(1);
        assertThat(TiffImage.open(directory("262=2 277=3 258=8 317=2")).width()).isEqualTo(1);
    }

    /** Gray of any depth, against the arithmetic: Pillow reads few of them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16})
    void readsEveryDepth(int bits) throws ImageException {
        int most = (1 << bits) - 1;
        int[] values = {0, most, most / 2, most / 3, 1};
        StringBuilder packed = new StringBuilder();
        for (int value : values) {
            packed.append(Integer.toBinaryString(most + 1 + value).substring(1));
        }
        packed.append("0".repeat(-packed.length() & 7));
        byte[] strip = new byte[packed.length() / 8];
        for (int i = 0; i < strip.length; i++) {
            strip[i] = (byte) Integer.parseInt(packed.substring(8 * i, 8 * i + 8), 2);
        }
        String tags = "256=5 277=1 258=" + bits;
        byte[] black = ImageDecoder.decode(file("262=1 " + tags, strip), "a", PLAIN).pixels();
        byte[] white = ImageDecoder.decode(file("262=0 " + tags, strip), "a", PLAIN).pixels();
        for (int i = 0; i < values.length; i++) {
            long gray = Math.round(values[i] * 255.0 / most);
            assertThat(black[3 * i] & 0xFF).isEqualTo((int) gray);
            assertThat(white[3 * i] & 0xFF).isEqualTo(255 - (int) gray);
        }
    }

    /** Java's reader would show what is there and fill the rest, without a word. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tiff-rgb.tif",
                "tiff-lzw.tif",
                "tiff-deflate.tif",
                "tiff-packbits.tif",
                "tiff-tiles-differences.tif",
                "tiff-ycbcr-lzw.tif",
                "tiff-rgba-jpeg.tif"
            })
    void saysThatAStripIsCut(String name) throws IOException {
        byte[] file = PillowFiles.bytes(name);
        ImageSource source = new ImageSource(name, file);
        TiffDirectory directory = new TiffDirectory(source, 0);
        boolean tiled = directory.value(TiffDirectory.TILE_WIDTH).isPresent();
        int counts = tiled ? TiffDirectory.TILE_BYTE_COUNTS : TiffDirectory.STRIP_BYTE_COUNTS;
        long entry = source.little32(4) + 2;
        while (source.little16(entry) != counts) {
            entry += 12;
        }
        // The count of the first strip, of which a third is taken away.
        long size = source.little16(entry + 2) == 3 ? 2 : 4;
        boolean inPlace = size * source.little32(entry + 4) <= 4;
        int at = (int) (inPlace ? entry + 8 : source.little32(entry + 8));
        int cut = (int) (directory.value(counts).getAsLong() * 2 / 3);
        file[at] = (byte) cut;
        file[at + 1] = (byte) (cut >> 8);
        assertThatThrownBy(() -> ImageDecoder.decode(file, name, PLAIN))
                .hasMessageStartingWith(name + ": TIFF whose ")
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).isEqualTo(ImageErrorCode.CORRUPT_IMAGE));
    }

    @Test
    void saysThatAStripIsMissing() {
        FileKindsTest.assertRefused(
                () ->
                        ImageDecoder.decode(
                                file("257=2 262=1 277=1 258=8 278=1", new byte[1]), "a", PLAIN),
                ImageErrorCode.CORRUPT_IMAGE,
                "a: TIFF without its strip 1");
        FileKindsTest.assertRefused(
                () -> ImageDecoder.decode(file("256=9 262=1 277=1 258=8", new byte[3]), "a", PLAIN),
                ImageErrorCode.CORRUPT_IMAGE,
                "a: TIFF whose strip 0 has 3 of 9 bytes");
    }

    /** One strip behind the directory. */
    private static byte[] file(String tags, byte[] strip) {
        byte[] directory = directory(tags + " 279=" + strip.length + " 273=0").bytes();
        int entries = directory[9];
        for (int at = 10; at < 10 + 12 * entries; at += 12) {
            if (ByteBuffer.wrap(directory).getShort(at) == TiffDirectory.STRIP_OFFSETS) {
                ByteBuffer.wrap(directory).putShort(at + 8, (short) directory.length);
            }
        }
        return ByteBuffer.allocate(directory.length + strip.length)
                .put(directory)
                .put(strip)
                .array();
    }

    /** Values of an entry are separated by commas; more than two lie behind the directory. */
    private static ImageSource directory(String tags) {
        TreeMap<Integer, String[]> entries = new TreeMap<>();
        for (String entry : ("256=1 257=1 " + tags).split(" ")) {
            String[] pair = entry.split("=");
            entries.put(Integer.parseInt(pair[0]), pair[1].split(","));
        }
        int end = 8 + 2 + 12 * entries.size() + 4;
        ByteBuffer file = ByteBuffer.allocate(end + 100);
        file.put("MM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8);
        file.putShort((short) entries.size());
        entries.forEach(
                (tag, values) -> {
                    file.putShort(tag.shortValue()).putShort((short) 3).putInt(values.length);
                    int at = values.length > 2 ? end : file.position();
                    for (int i = 0; i < values.length; i++) {
                        file.putShort(at + 2 * i, (short) Integer.parseInt(values[i]));
                    }
                    file.putInt(values.length > 2 ? end : file.getInt(file.position()));
                });
        return new ImageSource("a.tif", file.array());
    }
}
