package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.vitrail.runtime.Prediction.Failed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportWriterTest {
    private static final FolderOptions OPTIONS =
            FolderOptions.defaults()
                    .withBatch(3)
                    .withRuns(1)
                    .withThreshold(0.5)
                    .withThumbnailEdge(6);
    private static final String NASTY = "</script><img src=x onerror=alert(1)>";

    @TempDir private Path folder;
    private Path images;
    private Path page;
    private Classifier classifier;

    @BeforeEach
    void prepare() throws Exception {
        images = Files.createDirectory(folder.resolve("images"));
        page = folder.resolve("report.html");
        for (int i = 0; i < 5; i++) {
            Pictures.write(images.resolve("red/p" + i + ".png"), 250 - 50 * i, 9, 99);
        }
        Files.writeString(images.resolve("bad <b>&amp;.jpg"), "no image");
        SessionConfig config =
                SessionConfig.defaults().withProvider(Provider.CPU).withIntraOpThreads(1);
        ModelFile model =
                new ModelFile().with("vitrail.labels", "[\"red\",\"" + NASTY + "\",\"blue\"]");
        classifier = Classifier.open(model.build().toByteArray(), "m.onnx", config);
    }

    @AfterEach
    void closeClassifier() {
        classifier.close();
    }

    private ResultWriter report(ResultWriter rows) {
        return new ReportWriter(rows, page, true, true, classifier.card());
    }

    private static ResultWriter memory() {
        return OutputFormat.JSONL.toStream(new ByteArrayOutputStream(), "memory", 5);
    }

    private void run(ResultWriter opened) {
        try (ResultWriter writer = opened) {
            new FolderClassifier(classifier, OPTIONS, ProgressListener.NONE)
                    .run(ImageFiles.find(List.of(images)), writer);
        }
    }

    /** The rows of the page, as an HTML parser finds them: up to the first end of the element. */
    private JsonNode data() throws Exception {
        String html = Files.readString(page);
        String begin = "<script type=\"application/json\" id=\"data\">";
        int start = html.indexOf(begin) + begin.length();
        return new JsonMapper().readTree(html.substring(start, html.indexOf("</", start)));
    }

    @Test
    void letsOnlyOneRunWriteAPage() throws Exception {
        try (ResultWriter first = report(memory())) {
            assertThatThrownBy(() -> report(memory()))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessage(page + ": another run is writing it now");
            run(first);
        }
        assertThat(data().get("rows")).hasSize(6);
        Files.delete(page);
        report(memory()).close();
        assertThat(page.resolveSibling("report.html.part")).doesNotExist();
        run(report(memory()));
        assertThat(page).exists();
    }

    @Test
    void holdsEveryRowWithItsThumbnail() throws Exception {
        run(report(memory()));
        JsonNode data = data();
        assertThat(data.get("model").asText()).isEqualTo("m.onnx");
        assertThat(data.get("threshold").asDouble()).isEqualTo(0.5);
        assertThat(data.get("rows")).hasSize(6);
        JsonNode bad = data.get("rows").get(0);
        assertThat(bad.get(0).asText()).isEqualTo("bad <b>&amp;.jpg");
        assertThat(bad.get(1).isNull()).isTrue();
        assertThat(bad.get(3).asText()).isEmpty();
        assertThat(bad.get(4).asText()).startsWith("unsupported_format: ");
        for (int i = 0; i < 5; i++) {
            JsonNode row = data.get("rows").get(1 + i);
            assertThat(row.get(0).asText()).isEqualTo("red/p" + i + ".png");
            JsonNode best = row.get(1).get(0);
            double[] expected = Pictures.expectedProbabilities(250 - 50 * i, 9, 99);
            double highest = Math.max(expected[0], expected[2]);
            // Rounded to 6 decimals, computed in single precision.
            assertThat(best.get(1).asDouble())
                    .isCloseTo(highest, org.assertj.core.api.Assertions.within(3e-6));
            assertThat(row.get(2).asBoolean()).isEqualTo(highest < 0.5);
            byte[] jpeg = Base64.getDecoder().decode(row.get(3).asText());
            var thumbnail = ImageIO.read(new ByteArrayInputStream(jpeg));
            assertThat(thumbnail.getWidth()).isEqualTo(6);
            int red = thumbnail.getRGB(3, 3) >> 16 & 0xFF;
            // JPEG's conversion and quantisation of a plain picture.
            assertThat(red).isBetween(250 - 50 * i - 5, 250 - 50 * i + 5);
        }
    }

    @Test
    void letsNoTextOfStrangersBecomeMarkup() throws Exception {
        run(report(memory()));
        assertThat(data().get("labels").get(1).asText()).isEqualTo(NASTY);
        assertThat(Files.readString(page)).doesNotContain("<img src=x").doesNotContain("bad <b>");
    }

    @Test
    void loadsNothing() throws Exception {
        run(report(memory()));
        assertThat(Files.readString(page))
                .contains("default-src 'none'")
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("innerHTML");
    }

    private void stop(ResultWriter opened) {
        AtomicReference<FolderClassifier> run = new AtomicReference<>();
        run.set(new FolderClassifier(classifier, OPTIONS, progress -> run.get().stop()));
        try (ResultWriter writer = opened) {
            run.get().run(ImageFiles.find(List.of(images)), writer);
        }
    }

    @Test
    void endsAsTheSamePageWhereverTheRunWasKilled() throws Exception {
        Path rows = folder.resolve("rows.jsonl");
        run(report(OutputFormat.JSONL.toFile(rows, 5, false)));
        byte[] expected = Files.readAllBytes(page);
        Path part = PartFile.of(page);
        Files.delete(page);
        stop(report(OutputFormat.JSONL.toFile(rows, 5, true)));
        assertThat(page).doesNotExist();
        byte[] stopped = Files.readAllBytes(part);
        byte[] run = Files.readAllBytes(folder.resolve("report.html.run"));
        byte[] rowsStopped = Files.readAllBytes(folder.resolve("rows.jsonl.part"));
        byte[] rowsRun = Files.readAllBytes(folder.resolve("rows.jsonl.run"));
        // Of further rows some bytes, or whole ones without rows of the result.
        for (int more : new int[] {0, 1, 2, 40, 900, expected.length - stopped.length}) {
            Files.deleteIfExists(page);
            Files.deleteIfExists(rows);
            Files.write(part, Arrays.copyOf(expected, stopped.length + more));
            Files.write(folder.resolve("report.html.run"), run);
            Files.write(folder.resolve("rows.jsonl.part"), rowsStopped);
            Files.write(folder.resolve("rows.jsonl.run"), rowsRun);
            run(report(OutputFormat.JSONL.resumeFile(rows, 5)));
            assertThat(page).as("%d bytes more", more).hasBinaryContent(expected);
            assertThat(part).doesNotExist();
        }
        // Killed when the page had its name and the rows did not.
        Files.move(rows, folder.resolve("rows.jsonl.part"));
        Files.write(folder.resolve("rows.jsonl.run"), rowsRun);
        Files.write(folder.resolve("report.html.run"), run);
        run(report(OutputFormat.JSONL.resumeFile(rows, 5)));
        assertThat(page).hasBinaryContent(expected);
        assertThat(folder.resolve("report.html.run")).doesNotExist();
    }

    @Test
    void hasRowsWithoutThumbnailsWhereTheStoppedRunMadeNoPage() throws Exception {
        Path rows = folder.resolve("rows.jsonl");
        stop(OutputFormat.JSONL.toFile(rows, 5, false));
        run(report(OutputFormat.JSONL.resumeFile(rows, 5)));
        JsonNode data = data();
        assertThat(data.get("rows")).hasSize(6);
        assertThat(data.get("rows").get(1).get(0).asText()).isEqualTo("red/p0.png");
        assertThat(data.get("rows").get(1).get(3).asText()).isEmpty();
        assertThat(data.get("rows").get(5).get(3).asText()).isNotEmpty();
        assertThat(Files.readAllLines(rows)).hasSize(6);
    }

    @Test
    void letsOneRunAtATimeMakeAPageAndLeavesNothingThatCannotBeResumed() {
        try (ResultWriter first = report(memory())) {
            assertThatThrownBy(() -> report(memory()))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessage(page + ": another run is writing it now");
            first.flush();
        }
        stop(new ReportWriter(memory(), page, false, false, classifier.card()));
        assertThat(folder).isDirectoryNotContaining("glob:**report*");
    }

    @Test
    void refusesWhatIsThereAndWhatCannotBeWritten() throws Exception {
        Files.writeString(page, "mine");
        assertThatThrownBy(() -> new ReportWriter(memory(), page, false, true, classifier.card()))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(page + ": exists already; overwrite it or choose another name");
        assertThat(page).hasContent("mine");
        Path nowhere = folder.resolve("none/report.html");
        assertThatThrownBy(
                        () -> new ReportWriter(memory(), nowhere, false, true, classifier.card()))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(nowhere + ": the report cannot be written: its folder does not exist");
    }

    @Test
    void isWholeWithoutRows() throws Exception {
        try (ResultWriter writer = report(memory())) {
            writer.finish();
        }
        assertThat(data().get("rows")).isEmpty();
        try (ResultWriter writer =
                new ReportWriter(memory(), page, true, true, classifier.card())) {
            writer.write(new ResultRow("\ud800.jpg", new Failed(FailureCode.TIMEOUT, "\ud800")));
            writer.finish();
        }
        assertThat(data().get("rows").get(0).get(4).asText()).isEqualTo("timeout: \uFFFD");
    }
}
