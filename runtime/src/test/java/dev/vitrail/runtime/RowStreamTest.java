package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.runtime.Prediction.Classified;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RowStreamTest {
    private static final int IMAGES = 300;

    @TempDir private Path folder;
    private Classifier classifier;
    private ImageFiles files;
    private final AtomicInteger decoded = new AtomicInteger();

    @BeforeEach
    void prepare() throws Exception {
        for (int i = 0; i < IMAGES; i++) {
            Pictures.write(folder.resolve("p" + i + ".png"), i % 256, 91 * i % 256, 9);
        }
        Files.writeString(folder.resolve("p7-bad.png"), "no image");
        files = ImageFiles.find(List.of(folder));
        SessionConfig config =
                SessionConfig.defaults().withProvider(Provider.CPU).withIntraOpThreads(1);
        classifier = Classifier.open(new ModelFile().build().toByteArray(), "m.onnx", config);
    }

    @AfterEach
    void closeClassifier() {
        classifier.close();
    }

    private FolderClassifier run() {
        Decoder counting =
                (file, options, memory) -> {
                    decoded.incrementAndGet();
                    return ImageDecoder.decode(file, options, memory);
                };
        return new FolderClassifier(
                classifier, counting, FolderOptions.defaults(), ProgressListener.NONE);
    }

    @Test
    void givesEveryRowInOrder() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            expected.add(files.name(i));
        }
        try (Stream<ResultRow> rows = run().rows(files)) {
            List<ResultRow> all = rows.toList();
            assertThat(all).extracting(ResultRow::path).isEqualTo(expected);
            assertThat(all)
                    .filteredOn(row -> row.prediction() instanceof Classified)
                    .hasSize(IMAGES);
        }
    }

    @Test
    void decodesNothingUntilARowIsAskedForAndLittleMoreThanIsRead() {
        try (Stream<ResultRow> rows = run().rows(files)) {
            assertThat(decoded).hasValue(0);
            assertThat(rows.limit(10)).hasSize(10);
        }
        // 64 rows wait to be read, the writer holds one batch of 8, and three are under way.
        assertThat(decoded.get()).isBetween(10, 10 + 64 + 4 * 8);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("vitrail-rows"));
    }

    @Test
    void endsWithTheFailureOfTheSessionAfterTheRowsBefore() {
        List<ResultRow> seen = new ArrayList<>();
        try (Stream<ResultRow> rows = run().rows(files)) {
            assertThatThrownBy(
                            () ->
                                    rows.forEach(
                                            row -> {
                                                seen.add(row);
                                                classifier.close();
                                            }))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessage("m.onnx: this classifier is closed");
        }
        assertThat(seen).isNotEmpty().hasSizeLessThan(IMAGES);
    }

    @Test
    void beginsOnlyOnce() {
        FolderClassifier run = run();
        try (Stream<ResultRow> rows = run.rows(files)) {
            assertThat(rows.limit(1)).hasSize(1);
        }
        try (Stream<ResultRow> again = run.rows(files)) {
            assertThatThrownBy(again::toList).isInstanceOf(IllegalStateException.class);
        }
    }
}
