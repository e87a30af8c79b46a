package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ShippedModelTest {
    private static final Path TEST_IMAGES =
            Path.of(System.getProperty("vitrail.root"), "test-images");

    @Test
    void classifiesTheTestImagesWithoutBeingNamed() throws IOException {
        Command classify = Command.run("classify", TEST_IMAGES, "--json");
        assertThat(classify.exitCode()).as(classify.err()).isZero();
        JsonNode object = new ObjectMapper().readTree(classify.out());
        int right = 0;
        for (JsonNode row : object.get("results")) {
            String best = row.get("predictions").get(0).get("label").asText();
            right += row.get("path").asText().startsWith(best + "/") ? 1 : 0;
        }
        assertThat(object.get("results").size()).isGreaterThanOrEqualTo(80);
        assertThat(right / (double) object.get("results").size()).isGreaterThanOrEqualTo(0.95);
    }
}
