package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrail.runtime.parquet.ParquetRows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a model whose embedding is the prepared picture, which is plain. */
@Timeout(60)
class EmbeddingsWriterTest {
    private static final int DIM = 3 * ModelFile.EDGE * ModelFile.EDGE;
    private static final int PLANE = ModelFile.EDGE * ModelFile.EDGE;
    private static final int IMAGES = 8;
    private static final int BROKEN = 2;
    private static final FolderOptions OPTIONS =
            FolderOptions.defaults()
                    .withBatch(3)
                    .withRuns(1)
                    .withDecodeThreads(2)
                    .withEmbeddings(true);

    @TempDir private Path folder;
    private ImageFiles files;
    private Path rows;
    private Classifier classifier;

    @BeforeEach
    void prepare() throws Exception {
        Path images = Files.createDirectory(folder.resolve("images"));
        for (int i = 0; i < IMAGES; i++) {
            Pictures.write(images.resolve("p" + i + ".png"), 30 * i, 255 - 30 * i, 9);
        }
        Files.writeString(images.resolve("p" + BROKEN + ".png"), "no image");
        files = ImageFiles.find(List.of(images));
        rows = folder.resolve("rows.csv");
        classifier = open(new ModelFile().withEmbeddings());
    }

    @AfterEach
    void closeClassifier() {
        classifier.close();
    }

    private static Classifier open(ModelFile model) {
        SessionConfig config =
                SessionConfig.defaults().withProvider(Provider.CPU).withIntraOpThreads(1);
        return Classifier.open(model.build().toByteArray(), "m.onnx", config);
    }

    private ResultWriter writer(ResultWriter rows, Path target, boolean overwrite) {
        return new EmbeddingsWriter(rows, files, target, overwrite, true, classifier);
    }

    private ResultWriter begin(Path target) {
        return writer(OutputFormat.CSV.toFile(rows, 5, true), target, true);
    }

    private ResultWriter resume(Path target) {
        return writer(OutputFormat.CSV.resumeFile(rows, 5), target, true);
    }

    private Summary run(ResultWriter opened) {
        try (ResultWriter writer = opened) {
            return new FolderClassifier(classifier, OPTIONS, ProgressListener.NONE)
                    .run(files, writer);
        }
    }

    private void stopAfterFirstBatch(ResultWriter opened) {
        AtomicReference<FolderClassifier> run = new AtomicReference<>();
        run.set(new FolderClassifier(classifier, OPTIONS, progress -> run.get().stop()));
        try (ResultWriter writer = opened) {
            assertThat(run.get().run(files, writer).stopped()).isTrue();
        }
    }

    private static Path beside(Path target, String ending) {
        return target.resolveSibling(target.getFileName() + ending);
    }

    /**
     * Channel by channel {@code (v / 255 - 0.5) / 0.5}, by the preprocessing of the test's model.
     */
    private static void assertEmbedding(int image, FloatBuffer values) {
        int[] channels = {30 * image, 255 - 30 * image, 9};
        for (int i = 0; i < DIM; i++) {
            float expected = (channels[i / PLANE] / 255f - 0.5f) / 0.5f;
            assertThat(values.get(i)).isCloseTo(expected, within(1e-6f));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void writesOneRowOfNumPyForEveryRow(int fixedBatch) throws Exception {
        if (fixedBatch > 0) {
            classifier.close();
            classifier = open(new ModelFile().withEmbeddings().fixedBatch(fixedBatch));
        }
        Path target = folder.resolve("embeddings.npy");
        run(begin(target));
        byte[] bytes = Files.readAllBytes(target);
        assertThat(new String(bytes, 0, 128, StandardCharsets.ISO_8859_1))
                .startsWith("\u0093NUMPY\1\0\u0076\0")
                .contains("'descr': '<f4', 'fortran_order': False, 'shape': (8, 192), }")
                .endsWith(" \n");
        assertThat(bytes).hasSize(128 + IMAGES * DIM * 4);
        FloatBuffer values =
                ByteBuffer.wrap(bytes).position(128).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int image = 0; image < IMAGES; image++) {
            FloatBuffer row = values.slice(image * DIM, DIM);
            if (image == BROKEN) {
                for (int i = 0; i < DIM; i++) {
                    assertThat(row.get(i)).isNaN();
                }
            } else {
                assertEmbedding(image, row);
            }
        }
        assertThat(beside(target, ".part")).doesNotExist();
        assertThat(beside(target, ".run")).doesNotExist();
    }

    @Test
    void writesTheSameAsParquetWithPaths() throws Exception {
        Path target = folder.resolve("embeddings.parquet");
        run(begin(target));
        List<Map<String, Object>> table = ParquetRows.read(target);
        assertThat(table).hasSize(IMAGES);
        for (int image = 0; image < IMAGES; image++) {
            assertThat(table.get(image)).containsEntry("path", "p" + image + ".png");
            if (image == BROKEN) {
                assertThat(table.get(image).get("embedding")).isNull();
            } else {
                FloatBuffer values = FloatBuffer.allocate(DIM);
                ((List<?>) table.get(image).get("embedding")).forEach(v -> values.put((Float) v));
                assertEmbedding(image, values);
            }
        }
        assertThat(beside(target, ".part")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"e.npy", "e.parquet"})
    void endsWithTheSameBytesWhereverTheRunWasKilled(String name) throws Exception {
        Path target = folder.resolve(name);
        run(begin(target));
        byte[] expected = Files.readAllBytes(target);
        byte[] expectedRows = Files.readAllBytes(rows);
        stopAfterFirstBatch(begin(target));
        byte[] part = Files.readAllBytes(beside(target, ".part"));
        byte[] runFile = Files.readAllBytes(beside(target, ".run"));
        byte[] rowsPart = Files.readAllBytes(beside(rows, ".part"));
        byte[] rowsRun = Files.readAllBytes(beside(rows, ".run"));
        for (int torn : new int[] {0, 1, 3, 4 * DIM, 4 * DIM + 5}) {
            Files.deleteIfExists(target);
            Files.deleteIfExists(rows);
            // Of the next image some values, but no row; or a torn row besides.
            Files.write(beside(target, ".part"), Arrays.copyOf(part, part.length + torn));
            Files.write(beside(target, ".run"), runFile);
            Files.write(beside(rows, ".part"), rowsPart);
            Files.write(beside(rows, ".run"), rowsRun);
            assertThat(run(resume(target)).resumed()).isEqualTo(3);
            assertThat(target).as("%d bytes more", torn).hasBinaryContent(expected);
            assertThat(rows).hasBinaryContent(expectedRows);
        }
        // Killed when the embeddings had their name and the rows did not.
        Files.move(rows, beside(rows, ".part"));
        Files.write(beside(rows, ".run"), rowsRun);
        Files.write(beside(target, ".run"), runFile);
        if (name.endsWith(".parquet")) {
            Path values = folder.resolve("whole.npy");
            run(writer(OutputFormat.CSV.toFile(folder.resolve("r.csv"), 5, true), values, true));
            Files.move(values, beside(target, ".part"));
        }
        assertThat(run(resume(target)).resumed()).isEqualTo(IMAGES);
        assertThat(target).hasBinaryContent(expected);
        assertThat(rows).hasBinaryContent(expectedRows);
        assertThat(beside(target, ".run")).doesNotExist();
    }

    @Test
    void refusesToGoOnWithoutTheValuesOfEarlierRows() throws Exception {
        Path target = folder.resolve("e.npy");
        stopAfterFirstBatch(begin(target));
        byte[] part = Files.readAllBytes(beside(target, ".part"));
        Files.write(beside(target, ".part"), Arrays.copyOf(part, part.length - 1));
        String refusal =
                target
                        + ": cannot be resumed, the embeddings of the 3 rows so far are not there;"
                        + " leave it out, or overwrite the result";
        assertThatThrownBy(() -> run(resume(target)))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(refusal);
        Files.write(beside(target, ".part"), part);
        RunFile.of(target).write(RunIdentity.of(classifier, OPTIONS.withTopK(1), files));
        assertThatThrownBy(() -> run(resume(target))).hasMessage(refusal);
    }

    @Test
    void leavesNothingWhereNothingCanBeResumed() throws Exception {
        Path target = folder.resolve("e.npy");
        ResultWriter stream =
                OutputFormat.CSV.toStream(new java.io.ByteArrayOutputStream(), "memory", 5);
        stopAfterFirstBatch(new EmbeddingsWriter(stream, files, target, false, false, classifier));
        begin(target).close();
        assertThat(folder).isDirectoryNotContaining("glob:**e.npy*");
    }

    @Test
    void refusesPlacesAndModelsThatCannotBe() throws Exception {
        Path target = folder.resolve("e.npy");
        Files.writeString(target, "mine");
        assertThatThrownBy(() -> writer(OutputFormat.CSV.toFile(rows, 5, true), target, false))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(target + ": exists already; overwrite it or choose another name");
        Path text = folder.resolve("e.txt");
        assertThatThrownBy(() -> begin(text)).hasMessage(text + ": must end in .npy or .parquet");
        try (ResultWriter first = begin(target)) {
            assertThatThrownBy(
                            () ->
                                    writer(
                                            OutputFormat.CSV.toFile(
                                                    folder.resolve("b.csv"), 5, true),
                                            target,
                                            true))
                    .hasMessage(target + ": another run is writing it now");
            first.flush();
        }
        classifier.close();
        classifier = open(new ModelFile());
        assertThatThrownBy(() -> begin(target))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("m.onnx: has no output embeddings; export it with --with-embeddings");
        assertThat(target).hasContent("mine");
    }
}
