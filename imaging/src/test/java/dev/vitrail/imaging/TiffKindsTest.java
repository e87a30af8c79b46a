package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TIFF holds more kinds of pixels than are read; which, its directory tells. */
class TiffKindsTest {

    /** The tags of a kind, as {@code tag=value}, beside a size of 1 by 1. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "262=8 277=3 258=8 | a TIFF of colour space 8 is not read",
                "262=1 277=1 258=8 259=34712 | a TIFF of compression 34712 is not read",
                "262=1 277=1 258=32 | a TIFF of 1 samples of 32 bits, of format 1, is not read",
                "262=1 277=1 258=16 339=2 | a TIFF of 1 samples of 16 bits, of format 2, is not"
                        + " read",
                "262=5 277=3 258=8 | a TIFF of 3 inks of 8 bits, ink set 1, compression 1, is not"
                        + " read",
                "262=5 277=4 258=8 332=2 | a TIFF of 4 inks of 8 bits, ink set 2, compression 1, is"
                        + " not read",
                "262=5 277=4 258=4 | a TIFF of 4 inks of 4 bits, ink set 1, compression 1, is not"
                        + " read",
                "262=5 277=4 258=8 259=7 | a TIFF of 4 inks of 8 bits, ink set 1, compression 7, is"
                        + " not read",
                "262=5 277=6 258=8 | a TIFF of 6 samples of 8 bits, of format 1, is not read",
                "262=2 277=3 258=16 259=8 317=2 | a TIFF of differences of 16 bits is not read",
                "262=6 277=3 258=8 284=2 | a TIFF of YCbCr in planes is not read",
            })
    void refusesWhatWouldBeReadWrongly(String tags, String message) {
        FileKindsTest.assertRefused(
                () -> TiffImage.open(directory(tags)),
                ImageErrorCode.UNSUPPORTED_FORMAT,
                "a.tif: " + message);
    }

    /** Java's reader would take memory for a tile, and by the bits of every sample. */
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
