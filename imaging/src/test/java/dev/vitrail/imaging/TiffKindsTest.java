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

    @Test
    void opensWhatIsRead() throws ImageException {
        assertThat(TiffImage.open(directory("262=5 277=5 258=8 259=5")).width()).isEqualTo(1);
        assertThat(TiffImage.open(directory("262=2 277=3 258=8 317=2")).width()).isEqualTo(1);
    }

    private static ImageSource directory(String tags) {
        TreeMap<Integer, Integer> entries = new TreeMap<>();
        for (String entry : ("256=1 257=1 " + tags).split(" ")) {
            String[] pair = entry.split("=");
            entries.put(Integer.parseInt(pair[0]), Integer.parseInt(pair[1]));
        }
        ByteBuffer file = ByteBuffer.allocate(8 + 2 + 12 * entries.size() + 4);
        file.put("MM\0*".getBytes(StandardCharsets.US_ASCII)).putInt(8);
        file.putShort((short) entries.size());
        entries.forEach(
                (tag, value) ->
                        file.putShort(tag.shortValue())
                                .putShort((short) 3)
                                .putInt(1)
                                .putShort(value.shortValue())
                                .putShort((short) 0));
        return new ImageSource("a.tif", file.array());
    }
}
