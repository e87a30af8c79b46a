package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> STD = List.of(0.229, 0.224, 0.225);

    @Test
    void readsAndWritesItsJson() throws IOException {
        String text =
                "{\"resize\":248,\"crop\":224,\"interpolation\":\"bicubic\","
                        + "\"mean\":[0.485,0.456,0.406],\"std\":[0.229,0.224,0.225],"
                        + "\"exif_orientation\":\"apply\"}";

        Preprocessing preprocessing = JSON.readValue(text, Preprocessing.class);

        assertThat(preprocessing)
                .isEqualTo(
                        new Preprocessing(
                                new Resize.ShortEdge(248),
                                new Extent(224, 224),
                                Interpolation.BICUBIC,
                                MEAN,
                                STD,
                                ExifOrientation.APPLY));
        assertThat(JSON.writeValueAsString(preprocessing)).isEqualTo(text);
    }

    @Test
    void readsPairsAndDefaults() throws IOException {
        String text =
                "{\"resize\":[100,50],\"crop\":[90,40],\"interpolation\":\"bilinear\","
                        + "\"mean\":[0,0,0],\"std\":[1,1,1]}";

        Preprocessing preprocessing = JSON.readValue(text, Preprocessing.class);

        assertThat(preprocessing.resize()).isEqualTo(new Resize.Exact(100, 50));
        assertThat(preprocessing.outputHeight()).isEqualTo(90);
        assertThat(preprocessing.outputWidth()).isEqualTo(40);
        assertThat(preprocessing.exifOrientation()).isEqualTo(ExifOrientation.IGNORE);
        assertThat(preprocessing.decodeOptions()).isEqualTo(DecodeOptions.DEFAULT);
        assertThat(JSON.readTree(JSON.writeValueAsString(preprocessing)).get("resize"))
                .isEqualTo(JSON.readTree("[100,50]"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resize | 0 | resize is 0, must be 1 to 16384",
                "resize | 20000 | resize is 20000, must be 1 to 16384",
                "resize | [5] | resize is [5], must be one integer or [height, width]",
                "resize | [5, -1] | resize is -1, must be 1 to 16384",
                "resize | null | resize is missing, must be an integer or [height, width]",
                "crop | -3 | crop is -3, must be 1 to 16384",
                "crop | [1, 2, 3] | crop is [1, 2, 3], must be one integer or [height, width]",
                "mean | [0.5, 0.5] | mean is [0.5, 0.5], must be three numbers, for red, green and"
                        + " blue",
                "mean | [0, 0, 1e400] | mean is [0.0, 0.0, Infinity], must be three numbers, for"
                        + " red, green and blue",
                "std | [1, 0, 1] | std is [1.0, 0.0, 1.0], each value must be above 0",
                "std | [1, -1, 1] | std is [1.0, -1.0, 1.0], each value must be above 0",
                "std | [1, null, 1] | std is [1.0, null, 1.0], must be three numbers, for red,"
                        + " green and blue",
                "std | null | std is missing, must be three numbers, for red, green and blue",
                "interpolation | null | interpolation is missing, must be \"nearest\" or \"box\" or"
                        + " \"bilinear\" or \"hamming\" or \"bicubic\" or \"lanczos\"",
            })
    void refusesWithTheFieldItsValueAndWhatIsRight(String field, String value, String message)
            throws IOException {
        var config =
                JSON.readTree(
                        "{\"resize\":248,\"crop\":224,\"interpolation\":\"bicubic\","
                                + "\"mean\":[0,0,0],\"std\":[1,1,1]}");
        ((ObjectNode) config).set(field, JSON.readTree(value));

        assertThatThrownBy(() -> JSON.treeToValue(config, Preprocessing.class))
                .isInstanceOf(JsonMappingException.class)
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void takesPairsOfAnyKindOfList() {
        assertThat(Resize.exact(List.of(5, 7))).isEqualTo(new Resize.Exact(5, 7));
        assertThat(Extent.of(Arrays.asList(5, 7))).isEqualTo(new Extent(5, 7));
    }

    /** torchvision: the long edge is truncated. */
    @ParameterizedTest
    @CsvSource({
        "500,375,341,256",
        "375,500,256,341",
        "333,500,256,384",
        "256,999,256,999",
        "1,3,256,768",
        "1000,999,256,256",
        "300,300,256,256"
    })
    void bringsTheShortEdgeToItsLength(int width, int height, int newWidth, int newHeight) {
        assertThat(new Resize.ShortEdge(256).of(new Size(height, width), Dialect.TORCHVISION))
                .isEqualTo(new Size(newHeight, newWidth));
    }

    /** Python: round(52.5) is 52, round(53.5) is 54; and torchvision's padding of small images. */
    @ParameterizedTest
    @CsvSource({"329,224,52", "331,224,54", "248,224,12", "224,224,0", "10,15,-2", "10,14,-2"})
    void takesTheCentreAsTorchvisionDoes(int edge, int crop, int offset) {
        assertThat(Dialect.TORCHVISION.offset(edge, crop)).isEqualTo(offset);
    }

    @Test
    void padsAnImageSmallerThanTheCropWithBlack() {
        Preprocessing preprocessing = preprocessing(new Resize.ShortEdge(10), new Extent(14, 15));
        byte[] white = new byte[3 * 10 * 20];
        Arrays.fill(white, (byte) 255);

        RgbImage result = preprocessing.resizeAndCrop(new RgbImage(10, 20, white));

        for (int y = 0; y < 14; y++) {
            for (int x = 0; x < 15; x++) {
                int expected = x >= 2 && x < 12 ? -1 : 0;
                assertThat(result.pixels()[3 * (15 * y + x)]).isEqualTo((byte) expected);
            }
        }
    }

    @Test
    void normalisesInFloatArithmeticIntoPlanes() {
        RgbImage image = ResizerTest.noise(5, 4, 2);
        FloatBuffer target =
                ByteBuffer.allocateDirect(4 * (3 * 20 + 2))
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        target.position(2);

        preprocessing(new Resize.ShortEdge(4), new Extent(4, 5)).normalise(image, target);

        assertThat(target.position()).isEqualTo(62);
        for (int i = 0; i < 60; i++) {
            int channel = i / 20;
            float value = image.pixels()[3 * (i % 20) + channel] & 0xFF;
            value /= 255;
            value -= MEAN.get(channel).floatValue();
            value /= STD.get(channel).floatValue();
            assertThat(target.get(2 + i)).isEqualTo(value);
        }
    }

    @Test
    void appliesAllStepsToConsecutivePartsOfABatch() {
        Preprocessing preprocessing = preprocessing(new Resize.ShortEdge(12), new Extent(8, 6));
        FloatBuffer batch = FloatBuffer.allocate(2 * 3 * 8 * 6);
        RgbImage first = ResizerTest.noise(30, 20, 4);
        RgbImage second = ResizerTest.noise(17, 40, 5);

        preprocessing.apply(first, batch);
        preprocessing.apply(second, batch);

        assertThat(batch.hasRemaining()).isFalse();
        FloatBuffer alone = FloatBuffer.allocate(3 * 8 * 6);
        preprocessing.apply(second, alone);
        assertThat(batch.slice(144, 144)).isEqualTo(alone.flip());
        assertThatThrownBy(() -> preprocessing.apply(second, batch))
                .isInstanceOf(BufferOverflowException.class);
    }

    private static Preprocessing preprocessing(Resize resize, Extent crop) {
        return new Preprocessing(resize, crop, Interpolation.BICUBIC, MEAN, STD, null);
    }
}
