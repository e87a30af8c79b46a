package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Against arrays that Pillow, torchvision and timm made of the same files. A JDK that links
 * libjpeg-turbo and one that bundles libjpeg 6b both decode these JPEGs to Pillow's bytes, so that
 * nothing is allowed to differ, JPEG or not.
 */
class ReferencePixelsTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("vitrail.shared", "")).resolve("reference/preprocess");

    static Stream<Arguments> cases() throws IOException {
        if (!Files.isDirectory(FOLDER)) {
            return Stream.of(Arguments.of("absent", "", ""));
        }
        List<Arguments> cases = new ArrayList<>();
        JsonNode root = new ObjectMapper().readTree(FOLDER.resolve("cases.json").toFile());
        for (JsonNode node : root.get("cases")) {
            String file = node.get("file").asText();
            for (Map.Entry<String, JsonNode> array : node.get("arrays").properties()) {
                cases.add(Arguments.of(file, array.getKey(), array.getValue().asText()));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsPillowToTheByte(String file, String pipeline, String array) throws IOException {
        assumeTrue(Files.isDirectory(FOLDER), "needs ../shared: reference/preprocess");
        Preprocessing preprocessing = preprocessing(pipeline);

        RgbImage image = ImageDecoder.decode(FOLDER.resolve(file), preprocessing.decodeOptions());
        RgbImage result = preprocessing.resizeAndCrop(image);

        assertThat(Differences.between(result, Npy.image(FOLDER.resolve(array))))
                .isEqualTo(Differences.NONE);
    }

    private static Preprocessing preprocessing(String pipeline) {
        boolean bilinear = pipeline.startsWith("bilinear256");
        return new Preprocessing(
                new Resize.ShortEdge(bilinear ? 256 : 248),
                Extent.square(224),
                bilinear ? Interpolation.BILINEAR : Interpolation.BICUBIC,
                List.of(0.5, 0.5, 0.5),
                List.of(0.5, 0.5, 0.5),
                pipeline.endsWith("_raw") ? ExifOrientation.IGNORE : ExifOrientation.APPLY);
    }
}
