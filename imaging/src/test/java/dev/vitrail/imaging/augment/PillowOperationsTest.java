package dev.vitrail.imaging.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.RgbImage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation at given arguments, byte for byte Pillow's, timm's and torchvision's. */
class PillowOperationsTest {

    private static final byte[] GRAY = {(byte) 128, (byte) 128, (byte) 128};

    static Stream<JsonNode> operations() throws Exception {
        return StreamSupport.stream(
                Images.json("operations.json").path("cases").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void givesPillowsBytes(JsonNode reference) throws Exception {
        RgbImage image = Images.reference();
        double argument = reference.path("argument").asDouble();
        String name = reference.path("operation").asText();

        RgbImage result =
                switch (name) {
                    case "torchvision adjust_brightness" -> Levels.brightness(image, argument);
                    case "torchvision adjust_contrast" -> Levels.contrast(image, argument);
                    case "torchvision adjust_saturation" -> Levels.saturation(image, argument);
                    case "torchvision adjust_hue" -> Levels.hue(image, argument);
                    default -> operation(name).change(image, argument, sampling(reference));
                };

        assertThat(result)
                .isEqualTo(
                        Images.picture("operations.npy", reference.path("index").asInt(), image));
    }

    private static Operation.Sampling sampling(JsonNode reference) {
        String filter = reference.path("interpolation").asText("bilinear");
        Interpolation interpolation =
                filter.equals("bicubic") ? Interpolation.BICUBIC : Interpolation.BILINEAR;
        return new Operation.Sampling(interpolation, GRAY);
    }

    @Test
    void levelsMeanWhatTheyMeanToTimm() throws Exception {
        int checked = 0;
        for (Map.Entry<String, JsonNode> entry :
                Images.json("operations.json").path("levels").properties()) {
            for (JsonNode reference : entry.getValue()) {
                double argument =
                        operation(entry.getKey())
                                .argument(
                                        reference.path("level").asDouble(),
                                        reference.path("sign").asDouble());
                // The order of the divisions is timm's, so that only the printed digits differ.
                assertThat(argument)
                        .as("%s %s", entry.getKey(), reference)
                        .isCloseTo(reference.path("argument").asDouble(), within(1e-12));
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(100);
    }

    static Stream<JsonNode> maps() throws Exception {
        return StreamSupport.stream(Images.json("affine.json").path("cases").spliterator(), false);
    }

    @Test
    void samplesAsTorchvisionDoes() throws Exception {
        RgbImage image = Images.reference();
        List<JsonNode> cases = maps().toList();
        for (int i = 0; i < cases.size(); i++) {
            JsonNode reference = cases.get(i);
            Interpolation filter =
                    Interpolation.valueOf(
                            reference.path("interpolation").asText().toUpperCase(Locale.ROOT));

            RgbImage result =
                    map(reference, image).apply(image, filter, new byte[] {10, (byte) 200, 30});

            assertThat(result)
                    .as("%s", reference)
                    .isEqualTo(Images.picture("affine.npy", i, image));
        }
    }

    private static AffineMap map(JsonNode reference, RgbImage image) {
        double degrees = reference.path("degrees").asDouble();
        if (reference.path("kind").asText().equals("rotate")) {
            return AffineMap.rotation(image.width(), image.height(), degrees);
        }
        return AffineMap.about(
                image.width() * 0.5,
                image.height() * 0.5,
                degrees,
                reference.path("translate").get(0).asDouble(),
                reference.path("translate").get(1).asDouble(),
                reference.path("scale").asDouble(),
                reference.path("shear").get(0).asDouble(),
                reference.path("shear").get(1).asDouble());
    }

    private static Operation operation(String name) {
        return Arrays.stream(Operation.values())
                .filter(operation -> operation.id().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
