package dev.vitrail.zoo.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.zoo.config.InputException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pixels of the block are those of imaging, which are Pillow's and TensorFlow's. */
class PreprocessorTest {
    /** Larger and smaller than the crop, wide and high, of one pixel, and odd all over. */
    private static final List<Shape> SIZES =
            List.of(
                    new Shape(48, 64, 3),
                    new Shape(97, 31, 3),
                    new Shape(20, 21, 3),
                    new Shape(1, 1, 3),
                    new Shape(5, 140, 3),
                    new Shape(28, 28, 3));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'resize': 28, 'crop': 24, 'interpolation': 'bicubic'",
                "'resize': 28, 'crop': 24, 'interpolation': 'bilinear'",
                "'resize': 28, 'crop': 25, 'interpolation': 'hamming'",
                "'resize': 27, 'crop': 24, 'interpolation': 'lanczos'",
                "'resize': 20, 'crop': 31, 'interpolation': 'bicubic'",
                "'resize': [24, 30], 'crop': [21, 30], 'interpolation': 'bicubic'",
                "'resize': [28, 35], 'crop_mode': 'center', 'crop': [24, 30],"
                        + " 'interpolation': 'bilinear'",
                "'resize': [24, 30], 'crop_mode': 'border', 'crop': [24, 30],"
                        + " 'interpolation': 'bicubic'",
                "'resize': 28, 'crop': 23, 'interpolation': 'bicubic', 'dialect': 'transformers',"
                        + " 'rescale_factor': 0.0078431372549",
                "'resize': 20, 'crop': 31, 'interpolation': 'bilinear', 'dialect': 'transformers'"
            })
    void equalsImagingToTheByte(String keys) throws JsonProcessingException {
        Preprocessing preprocessing = preprocessing(keys);
        for (Shape size : SIZES) {
            RgbImage image = random(size);
            float[] found = block(preprocessing, image);
            float[] expected = imaging(preprocessing, image);
            assertThat(Arrays.mismatch(found, expected)).as("%s of %s", keys, size).isEqualTo(-1);
        }
    }

    /**
     * TensorFlow's sums are of floats and cut down to bytes, so a last bit is a level: its area of
     * a white patch is 254 in places.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'resize': 28, 'crop': 24, 'interpolation': 'bilinear', 'dialect': 'big_vision'",
                "'resize': [24, 30], 'crop': [20, 30], 'interpolation': 'area',"
                        + " 'dialect': 'big_vision'",
                "'resize': [24, 30], 'crop': [24, 30], 'interpolation': 'bilinear',"
                        + " 'dialect': 'vision_transformer'"
            })
    void isWithinALevelOfTensorFlow(String keys) throws JsonProcessingException {
        Preprocessing preprocessing = preprocessing(keys);
        for (Shape size : SIZES) {
            RgbImage image = random(size);
            float[] found = block(preprocessing, image);
            float[] expected = imaging(preprocessing, image);
            for (int i = 0; i < found.length; i++) {
                double deviation = preprocessing.std().get(3 * i / found.length);
                double levels = Math.abs(found[i] - expected[i]) * 255 * deviation;
                // A thousandth for the rounding of the normalisation.
                assertThat(levels).as("%s of %s at %d", keys, size, i).isLessThan(1.001);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nearest", "box"})
    void refusesFiltersWithJumps(String filter) throws JsonProcessingException {
        Preprocessing preprocessing =
                preprocessing("'resize': 28, 'crop': 24, 'interpolation': '" + filter + "'");
        assertThatThrownBy(() -> new Preprocessor(preprocessing))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll("preprocessing.interpolation", filter, "bicubic");
    }

    private static Preprocessing preprocessing(String keys) throws JsonProcessingException {
        String json = "{" + keys + ", 'mean': [0.485, 0.456, 0.406], 'std': [0.229, 0.224, 0.225]}";
        return new ObjectMapper().readValue(json.replace('\'', '"'), Preprocessing.class);
    }

    /**
     * Noise, so that every weight shows, beside areas of black and white, so that sums overshoot.
     */
    private static RgbImage random(Shape size) {
        byte[] pixels = new byte[(int) size.size()];
        Random random = new Random(size.size());
        for (int i = 0; i < pixels.length; i++) {
            int block = i / 40 % 3;
            pixels[i] = (byte) (block == 0 ? random.nextInt(256) : block == 1 ? 0 : 255);
        }
        return new RgbImage((int) size.get(1), (int) size.get(0), pixels);
    }

    private static float[] imaging(Preprocessing preprocessing, RgbImage image) {
        FloatBuffer pixels =
                FloatBuffer.allocate(
                        3 * preprocessing.outputHeight() * preprocessing.outputWidth());
        preprocessing.apply(image, pixels);
        return pixels.array();
    }

    private static float[] block(Preprocessing preprocessing, RgbImage image) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray bytes =
                    manager.create(
                            ByteBuffer.wrap(image.pixels()),
                            new Shape(image.height(), image.width(), 3),
                            DataType.UINT8);
            NDArray result =
                    new Preprocessor(preprocessing)
                            .forward(new ParameterStore(manager, false), new NDList(bytes), false)
                            .singletonOrThrow();
            assertThat(result.getShape())
                    .isEqualTo(
                            new Shape(
                                    1,
                                    3,
                                    preprocessing.outputHeight(),
                                    preprocessing.outputWidth()));
            return result.toFloatArray();
        }
    }
}
