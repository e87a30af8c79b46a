package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each family's own program against one expression here. Bytes are equal, TensorFlow's included;
 * normalised floats differ by what two divisions round.
 */
class FamilyPreprocessingTest {
    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

    record Case(JsonNode json) {
        String name() {
            return json.get("name").asText();
        }

        byte[] read(String key) throws IOException {
            return resource(json.get(key).asText());
        }

        Extent size() {
            return new Extent(json.get("size").get(0).asInt(), json.get("size").get(1).asInt());
        }

        Interpolation interpolation() {
            String word = json.get("interpolation").asText().split(" ")[0];
            return Interpolation.valueOf(word.toUpperCase(Locale.ROOT));
        }

        List<Double> numbers(String key) {
            List<Double> numbers = new ArrayList<>();
            json.path(key).forEach(number -> numbers.add(number.asDouble()));
            return numbers.isEmpty() ? HALF : numbers;
        }

        /** The expression that an importer writes for these settings. */
        Preprocessing preprocessing() {
            String family = name().substring(0, name().indexOf('_'));
            Resize squash = new Resize.Exact(size().height(), size().width());
            return switch (family) {
                case "timm" ->
                        Preprocessing.timm(
                                size(),
                                json.get("crop_pct").asDouble(),
                                CropMode.valueOf(
                                        json.get("crop_mode").asText().toUpperCase(Locale.ROOT)),
                                interpolation(),
                                numbers("mean"),
                                numbers("std"));
                case "hf" ->
                        plain(name().contains("shortest_edge") ? Resize.shortEdge(27) : squash)
                                .withDialect(Dialect.TRANSFORMERS);
                case "google" -> plain(squash).withDialect(Dialect.VISION_TRANSFORMER);
                case "pillow" -> plain(squash);
                default ->
                        new Preprocessing(
                                name().contains("small_area") ? Resize.shortEdge(27) : squash,
                                size(),
                                interpolation(),
                                numbers("mean"),
                                numbers("std"),
                                ExifOrientation.IGNORE,
                                Dialect.BIG_VISION,
                                null,
                                null);
            };
        }

        private Preprocessing plain(Resize resize) {
            return new Preprocessing(
                    resize, size(), interpolation(), numbers("mean"), numbers("std"), null);
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /**
     * torch's resize has no preprocessing of its own, and antialiasing in TensorFlow is refused.
     */
    static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        for (JsonNode json : new ObjectMapper().readTree(resource("cases.json")).get("cases")) {
            Case known = new Case(json);
            boolean other =
                    known.name().startsWith("half_pixel") || known.name().endsWith("antialias");
            if (!other) {
                cases.add(known);
            }
        }
        return cases;
    }

    static Stream<Case> bytes() throws IOException {
        return cases().stream().filter(known -> known.json.get("dtype").asText().equals("uint8"));
    }

    static Stream<Case> floats() throws IOException {
        return cases().stream().filter(known -> known.json.get("dtype").asText().equals("float32"));
    }

    @Test
    void hasCasesOfEveryFamily() throws IOException {
        assertThat(cases())
                .extracting(known -> known.name().split("_")[0])
                .contains("timm", "hf", "google", "big", "pillow");
    }

    @ParameterizedTest
    @MethodSource("bytes")
    void givesTheBytesOfTheFamily(Case known) throws IOException {
        RgbImage result = known.preprocessing().prepare(decoded(known));

        RgbImage expected = Npy.image(known.read("array"), known.name());
        assertThat(Differences.between(result, expected)).isEqualTo(Differences.NONE);
    }

    /** One part in a million of the largest value, which is below 3. */
    @ParameterizedTest
    @MethodSource("floats")
    void givesTheFloatsOfTheFamily(Case known) throws IOException {
        float[] expected = Npy.floats(known.read("array"), known.name());
        FloatBuffer fed = FloatBuffer.allocate(expected.length);

        known.preprocessing().apply(decoded(known), fed);

        assertThat(fed.array()).containsExactly(expected, within(3e-6f));
    }

    private static RgbImage decoded(Case known) throws IOException {
        return ImageDecoder.decode(known.read("picture"), known.name(), DecodeOptions.DEFAULT);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream file =
                FamilyPreprocessingTest.class.getResourceAsStream("reference/" + name)) {
            if (file == null) {
                throw new IOException("no resource reference/" + name);
            }
            return file.readAllBytes();
        }
    }
}
