package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures are what the projects' own formulas gave in Python, NumPy where they use floats. */
class DialectTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

    /** Python's {@code //} rounds down on both sides of zero. */
    @ParameterizedTest
    @CsvSource({"329,224,52", "331,224,53", "248,224,12", "10,15,-3", "10,14,-2", "7,7,0"})
    void roundsTheOffsetDownAsTransformersDoes(int edge, int crop, int offset) {
        assertThat(Dialect.TRANSFORMERS.offset(edge, crop)).isEqualTo(offset);
        assertThat(Dialect.BIG_VISION.offset(edge, crop)).isEqualTo(offset);
    }

    /** {@code tf.round(edge * factor)} in float, ties to even: 513 / 2 is 256, 515 / 2 is 258. */
    @ParameterizedTest
    @CsvSource({
        "375,500,256,341",
        "333,500,256,384",
        "512,513,256,256",
        "512,515,256,258",
        "99,201,256,520",
        "1,3,256,768",
        "683,1024,256,384"
    })
    void roundsTheLongEdgeAsBigVisionDoes(int height, int width, int newHeight, int newWidth) {
        Resize resize = new Resize.ShortEdge(256);

        assertThat(resize.of(new Size(height, width), Dialect.BIG_VISION))
                .isEqualTo(new Size(newHeight, newWidth));
        assertThat(resize.of(new Size(width, height), Dialect.BIG_VISION))
                .isEqualTo(new Size(newWidth, newHeight));
    }

    /**
     * timm's {@code ResizeKeepRatio}: {@code round(edge / ratio)} with the least of both ratios.
     */
    @ParameterizedTest
    @CsvSource({
        "375,500,248,331",
        "500,375,248,186",
        "333,500,248,372",
        "1000,17,7294,124",
        "17,1000,248,14588",
        "640,427,248,165",
        "3,448,248,37035"
    })
    void coversASizeAsTimmDoes(int height, int width, int newHeight, int newWidth) {
        assertThat(new Resize.Cover(248, 124).of(new Size(height, width), Dialect.TORCHVISION))
                .isEqualTo(new Size(newHeight, newWidth));
    }

    /** The same with the greatest of both ratios. 17 / 4.46 is 3.8; timm fails below one half. */
    @ParameterizedTest
    @CsvSource({
        "375,500,168,224",
        "333,500,149,224",
        "1000,17,224,4",
        "99,201,110,224",
        "3,448,2,224",
        "1,1000,1,224",
        "100,50,224,112"
    })
    void fitsInsideASizeAsTimmDoes(int height, int width, int newHeight, int newWidth) {
        assertThat(new Resize.Inside(224, 224).of(new Size(height, width), Dialect.TORCHVISION))
                .isEqualTo(new Size(newHeight, newWidth));
    }

    /** {@code round(255 * mean)} of ImageNet's is 124, 116, 104. */
    @Test
    void fillsTheBorderWithTheMean() {
        Preprocessing border =
                Preprocessing.timm(
                        Extent.square(8),
                        1,
                        CropMode.BORDER,
                        Interpolation.BICUBIC,
                        List.of(0.485, 0.456, 0.406),
                        HALF);

        RgbImage fed = border.resizeAndCrop(new RgbImage(16, 6, new byte[3 * 16 * 6]));

        for (int i = 0; i < 64; i++) {
            // 3 of 8 rows, the one more of the rest below.
            boolean inside = i / 8 >= 2 && i / 8 < 5;
            assertThat(fed.pixels()[3 * i] & 0xFF).isEqualTo(inside ? 0 : 124);
            assertThat(fed.pixels()[3 * i + 1] & 0xFF).isEqualTo(inside ? 0 : 116);
            assertThat(fed.pixels()[3 * i + 2] & 0xFF).isEqualTo(inside ? 0 : 104);
        }
    }

    @Test
    void dividesBothEdgesByTheCropShareAndForgetsTheFilterAsTimmDoes() {
        Extent wide = new Extent(224, 448);

        assertThat(timm(Extent.square(224), CropMode.CENTER).resize())
                .isEqualTo(new Resize.ShortEdge(248));
        assertThat(timm(wide, CropMode.CENTER).resize()).isEqualTo(new Resize.Cover(248, 497));
        assertThat(timm(wide, CropMode.CENTER).interpolation()).isEqualTo(Interpolation.BILINEAR);
        assertThat(timm(wide, CropMode.SQUASH).resize()).isEqualTo(new Resize.Exact(248, 497));
        assertThat(timm(wide, CropMode.SQUASH).interpolation()).isEqualTo(Interpolation.BICUBIC);
        assertThat(timm(wide, CropMode.BORDER).resize()).isEqualTo(new Resize.Inside(248, 497));
    }

    private static Preprocessing timm(Extent input, CropMode mode) {
        return Preprocessing.timm(input, 0.9, mode, Interpolation.BICUBIC, HALF, HALF);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "224 |  | 224",
                "[224, 224] | | [224, 224]",
                "224 | center | 224",
                "[224, 224] | center | 224",
                "[248, 124] | center | [248, 124], \"crop_mode\": \"center\"",
                "224 | squash | [224, 224]",
                "[224, 224] | squash | [224, 224]",
                "224 | border | [224, 224], \"crop_mode\": \"border\"",
                "[248, 124] | border | [248, 124], \"crop_mode\": \"border\"",
            })
    void writesTheCropModeOnlyWhereTheSizeDoesNotTellIt(String resize, String mode, String written)
            throws IOException {
        String json =
                """
                {"resize": %s, "crop": 100, "interpolation": "bicubic", "mean": [0.5, 0.5, 0.5],
                 "std": [0.5, 0.5, 0.5], "exif_orientation": "ignore"}\
                """;
        String key = mode == null ? "" : ", \"crop_mode\": \"" + mode + "\"";

        Preprocessing preprocessing =
                JSON.readValue(json.formatted(resize + key), Preprocessing.class);

        String again = JSON.writeValueAsString(preprocessing);
        assertThat(JSON.readTree(again)).isEqualTo(JSON.readTree(json.formatted(written)));
        assertThat(JSON.readValue(again, Preprocessing.class)).isEqualTo(preprocessing);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'dialect': 'transformers'",
                "'dialect': 'big_vision', 'interpolation': 'area'",
                "'rescale_factor': 0.00784313725490196",
                "'color_profile': 'convert'",
            })
    void writesWhatDiffersFromTheDefaults(String keys) throws IOException {
        Preprocessing preprocessing = JSON.readValue(with(keys), Preprocessing.class);

        assertThat(JSON.readTree(JSON.writeValueAsString(preprocessing)))
                .isEqualTo(JSON.readTree(with(keys + ", 'exif_orientation': 'ignore'")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'interpolation': 'area' | interpolation is \"area\", must be \"nearest\" or"
                        + " \"box\" or \"bilinear\" or \"hamming\" or \"bicubic\" or \"lanczos\""
                        + " with dialect \"torchvision\"",
                "'dialect': 'big_vision', 'interpolation': 'bicubic' | interpolation is"
                        + " \"bicubic\", must be \"bilinear\" or \"area\" with dialect"
                        + " \"big_vision\"",
                "'dialect': 'big_vision', 'crop': 249 | crop is 249, must be within resize, 248,"
                        + " with dialect \"big_vision\"",
                "'dialect': 'transformers', 'crop_mode': 'border' | crop_mode is \"border\", must"
                        + " be left out with dialect \"transformers\"",
                "'dialect': 'vision_transformer' | resize is 248, must be the crop as a pair, [224,"
                        + " 224], with dialect \"vision_transformer\"",
                "'dialect': 'vision_transformer', 'resize': [224, 224], 'rescale_factor': 1 |"
                        + " rescale_factor is 1.0, must be left out with dialect"
                        + " \"vision_transformer\"",
                "'rescale_factor': 0 | rescale_factor is 0.0, must be above 0",
            })
    void refusesWhatTheProjectDoesNotDo(String keys, String message) {
        assertThatThrownBy(() -> JSON.readValue(with(keys), Preprocessing.class))
                .hasRootCauseMessage(message);
    }

    /** Old names of the record's components are no keys. */
    @Test
    void knowsNoOtherKeys() {
        assertThatThrownBy(() -> JSON.readValue(with("'rescaleFactor': 1"), Preprocessing.class))
                .hasMessageContaining("Unrecognized field \"rescaleFactor\"");
    }

    private static String with(String keys) {
        String added = keys.replace('\'', '"');
        String json = "{" + added;
        for (String line :
                List.of(
                        "\"resize\": 248",
                        "\"crop\": 224",
                        "\"interpolation\": \"bilinear\"",
                        "\"mean\": [0.5, 0.5, 0.5]",
                        "\"std\": [0.5, 0.5, 0.5]")) {
            String key = line.substring(0, line.indexOf(':') + 1);
            json += added.contains(key) ? "" : ", " + line;
        }
        return json + "}";
    }

    /**
     * transformers multiplies in double and rounds to float, torch divides in float. For every byte
     * the two come to the same, so that one formula serves both.
     */
    @Test
    void scalesBytesAsTorchAndTransformersDo() {
        byte[] all = new byte[3 * 256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (i / 3);
        }
        Preprocessing plain =
                new Preprocessing(
                        new Resize.Exact(1, 256),
                        new Extent(1, 256),
                        Interpolation.BICUBIC,
                        List.of(0.0, 0.0, 0.0),
                        List.of(1.0, 1.0, 1.0),
                        null);
        FloatBuffer fed = FloatBuffer.allocate(all.length);
        FloatBuffer doubled = FloatBuffer.allocate(all.length);

        plain.apply(new RgbImage(256, 1, all), fed);
        plain.withRescaleFactor(1 / 127.5).apply(new RgbImage(256, 1, all), doubled);

        for (int value = 0; value < 256; value++) {
            assertThat(fed.get(value)).isEqualTo(value / 255f);
            assertThat(doubled.get(value)).isEqualTo((float) (value * (1 / 127.5)));
        }
    }
}
