package dev.vitrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.zoo.train.Evaluation;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingPageTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NASTY = "</script><img src=x onerror=alert(1)>";
    private static final String FILE = "b <b>&amp;.png";

    @TempDir private Path folder;

    /** The page's data, as an HTML parser finds it: up to the first end of the element. */
    static JsonNode data(Path page) throws IOException {
        String html = Files.readString(page);
        String begin = "<script type=\"application/json\" id=\"data\">";
        int start = html.indexOf(begin) + begin.length();
        return JSON.readTree(html.substring(start, html.indexOf("</", start)));
    }

    private Path evaluated() throws IOException {
        ImageIO.write(
                new BufferedImage(400, 200, BufferedImage.TYPE_INT_RGB),
                "png",
                Files.createDirectory(folder.resolve("a")).resolve(FILE).toFile());
        Evaluation evaluation =
                new Evaluation(
                        List.of("a", NASTY),
                        new int[][] {{3, 2}, {0, 1}},
                        0.5,
                        6,
                        0,
                        List.of(
                                new Evaluation.Mistake("a/" + FILE, "a", NASTY, 0.9),
                                new Evaluation.Mistake("a/gone.png", "a", NASTY, 0.8)));
        Path page = folder.resolve("page.html");
        new TrainingPage(folder.resolve("model <i>.onnx"))
                .withEvaluation(evaluation, folder)
                .withThumbnails(folder, DecodeOptions.DEFAULT)
                .write(page);
        return page;
    }

    @Test
    void letsNoTextOfStrangersBecomeMarkup() throws IOException {
        Path page = evaluated();
        JsonNode data = data(page);
        assertThat(data.get("name").asText()).endsWith("model <i>.onnx");
        JsonNode evaluation = data.get("evaluation");
        assertThat(evaluation.get("classes").get(1).get("label").asText()).isEqualTo(NASTY);
        assertThat(evaluation.get("mistakes").get(0).get("path").asText()).isEqualTo("a/" + FILE);
        assertThat(Files.readString(page))
                .doesNotContain("<img src=x")
                .doesNotContain("b <b>")
                .doesNotContain("<i>")
                .doesNotContain("innerHTML");
    }

    @Test
    void showsTheMistakesThatCanStillBeRead() throws IOException {
        JsonNode mistakes = data(evaluated()).get("evaluation").get("mistakes");
        byte[] jpeg = Base64.getDecoder().decode(mistakes.get(0).get("picture").asText());
        BufferedImage thumbnail = ImageIO.read(new ByteArrayInputStream(jpeg));
        assertThat(thumbnail.getWidth()).isEqualTo(112);
        assertThat(thumbnail.getHeight()).isEqualTo(56);
        assertThat(mistakes.get(1).has("picture")).isFalse();
    }

    @Test
    void loadsNothing() throws IOException {
        assertThat(Files.readString(evaluated()))
                .contains("default-src 'none'")
                .doesNotContain("https:")
                // A namespace is a name; nothing is fetched from there.
                .satisfies(
                        html ->
                                assertThat(html.replace("http://www.w3.org/2000/svg", ""))
                                        .doesNotContain("http:"));
    }
}
