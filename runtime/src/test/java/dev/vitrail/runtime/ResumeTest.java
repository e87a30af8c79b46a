package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a killed run leaves is a prefix of its result, because rows are only ever added. */
@Timeout(60)
class ResumeTest {
    private static final int TOP_K = 2;
    private static final FolderOptions OPTIONS =
            FolderOptions.defaults().withTopK(TOP_K).withBatch(3).withRuns(1).withDecodeThreads(2);

    @TempDir private Path folder;
    private Path images;
    private Classifier classifier;

    @BeforeEach
    void prepare() throws Exception {
        images = Files.createDirectory(folder.resolve("images"));
        for (int i = 0; i < 10; i++) {
            Pictures.write(images.resolve("p" + i + ".png"), i * 37 % 256, i * 91 % 256, 9);
        }
        Files.writeString(images.resolve("p4-line\nbreak, \"quotes\".jpg"), "no image");
        Files.createFile(images.resolve("p7-empty 🦊.jpg"));
        classifier = open(new ModelFile());
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

    private Path target(OutputFormat format) {
        return folder.resolve("results." + format.name().toLowerCase(Locale.ROOT));
    }

    private static Path beside(Path target, String ending) {
        return target.resolveSibling(target.getFileName() + ending);
    }

    private Summary run(ResultWriter opened) {
        return run(opened, OPTIONS);
    }

    private Summary run(ResultWriter opened, FolderOptions options) {
        try (ResultWriter writer = opened) {
            return new FolderClassifier(classifier, options, ProgressListener.NONE)
                    .run(ImageFiles.find(List.of(images)), writer);
        }
    }

    private void stopAfterFirstBatch(ResultWriter opened) {
        stopAfterFirstBatch(opened, OPTIONS);
    }

    private void stopAfterFirstBatch(ResultWriter opened, FolderOptions options) {
        AtomicReference<FolderClassifier> run = new AtomicReference<>();
        run.set(new FolderClassifier(classifier, options, progress -> run.get().stop()));
        try (ResultWriter writer = opened) {
            assertThat(run.get().run(ImageFiles.find(List.of(images)), writer).stopped()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsWithTheSameBytesWhereverTheRunWasKilled(OutputFormat format) throws Exception {
        Path target = target(format);
        Path part = beside(target, ".part");
        Summary whole = run(format.toFile(target, TOP_K, false));
        byte[] expected = Files.readAllBytes(target);
        stopAfterFirstBatch(format.toFile(target, TOP_K, true));
        Files.delete(target);
        byte[] runFile = Files.readAllBytes(beside(target, ".run"));
        byte[] rows = rows(format, expected);

        Random random = new Random(5);
        for (int round = 0; round < 60; round++) {
            int length = round < 20 ? rows.length - round : random.nextInt(rows.length);
            Files.write(part, Arrays.copyOf(rows, length));
            Files.write(beside(target, ".run"), runFile);

            Summary summary = run(format.resumeFile(target, TOP_K));

            assertThat(Files.readAllBytes(target)).as("cut at %d", length).isEqualTo(expected);
            assertThat(summary.images()).isEqualTo(12);
            assertThat(summary.failed()).isEqualTo(whole.failed()).isEqualTo(2);
            assertThat(part).doesNotExist();
            assertThat(beside(target, ".run")).doesNotExist();
            Files.delete(target);
        }
    }

    /** What a run has written before it gives the result its name. */
    private byte[] rows(OutputFormat format, byte[] result) throws Exception {
        if (format.rowsAreResult()) {
            return result;
        }
        Path lines = folder.resolve("rows.jsonl");
        run(OutputFormat.JSONL.toFile(lines, TOP_K, true));
        return Files.readAllBytes(lines);
    }

    /** Between any two of the steps that follow the last row. */
    @Test
    void endsWithTheSameBytesWhenKilledWhileRowsBecomeParquet() throws Exception {
        OutputFormat format = OutputFormat.PARQUET;
        Path target = target(format);
        Path part = beside(target, ".part");
        run(format.toFile(target, TOP_K, false));
        byte[] expected = Files.readAllBytes(target);
        byte[] rows = rows(format, expected);
        RunIdentity identity =
                RunIdentity.of(classifier, OPTIONS, ImageFiles.find(List.of(images)));
        for (int step = 0; step < 3; step++) {
            Files.deleteIfExists(target);
            RunFile.of(target).write(identity);
            if (step < 2) {
                Files.write(part, rows);
            }
            Files.write(step == 0 ? beside(target, ".tmp") : target, new byte[] {'P', 'A'});

            run(format.resumeFile(target, TOP_K));

            assertThat(target).as("step %d", step).hasBinaryContent(expected);
            assertThat(part).doesNotExist();
            assertThat(beside(target, ".run")).doesNotExist();
            assertThat(beside(target, ".tmp")).doesNotExist();
        }
        // A result of another run is not replaced, though its rows are gone.
        RunFile.of(target)
                .write(
                        RunIdentity.of(
                                classifier, OPTIONS.withTopK(1), ImageFiles.find(List.of(images))));
        assertRefused(format, "top-k was 1 and is 2");
        assertThat(target).hasBinaryContent(expected);
    }

    @ParameterizedTest
    @EnumSource
    void goesOnAfterAStopAndBeginsWhereThereIsNothing(OutputFormat format) throws Exception {
        Path target = target(format);
        Summary first = run(format.resumeFile(target, TOP_K));
        assertThat(first.resumed()).isZero();
        byte[] expected = Files.readAllBytes(target);

        stopAfterFirstBatch(format.toFile(target, TOP_K, true));
        Files.delete(target);
        Summary second = run(format.resumeFile(target, TOP_K));
        assertThat(second.resumed()).isEqualTo(3);
        assertThat(second.toJson()).endsWith("\"resumed\":3}");
        assertThat(Files.readAllBytes(target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void takesAResultThatOnlyLackedItsLastStep(OutputFormat format) throws Exception {
        Path target = target(format);
        run(format.toFile(target, TOP_K, false));
        byte[] expected = Files.readAllBytes(target);
        assertThatThrownBy(() -> format.resumeFile(target, TOP_K))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(
                        target
                                + ": exists already and no stopped run is beside it; overwrite it"
                                + " or choose another name");

        RunFile.of(target)
                .write(RunIdentity.of(classifier, OPTIONS, ImageFiles.find(List.of(images))));
        Summary summary = run(format.resumeFile(target, TOP_K));
        assertThat(summary.resumed()).isEqualTo(format.rowsAreResult() ? 12 : 0);
        assertThat(summary.stopped()).isFalse();
        assertThat(Files.readAllBytes(target)).isEqualTo(expected);
        assertThat(beside(target, ".run")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void refusesTheRowsOfAnotherRun(OutputFormat format) throws Exception {
        Path target = target(format);
        Path part = beside(target, ".part");
        stopAfterFirstBatch(format.toFile(target, TOP_K, false));
        byte[] rows = Files.readAllBytes(part);

        classifier.close();
        classifier = open(new ModelFile().with("vitrail.labels", "[\"a\",\"b\",\"c\"]"));
        assertRefused(format, "the model is another one");
        classifier.close();
        classifier = open(new ModelFile());
        Path added = Pictures.write(images.resolve("z.png"), 1, 1, 1);
        assertRefused(format, "12 images were found and now 13");
        Files.delete(images.resolve("p0.png"));
        assertRefused(format, "the images found are others");
        Files.move(added, images.resolve("p0.png"));
        Files.delete(beside(target, ".run"));
        assertThatThrownBy(() -> run(format.resumeFile(target, TOP_K)))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageContaining(
                        ".run, which says whose rows these are, is missing or damaged");
        assertThat(Files.readAllBytes(part)).isEqualTo(rows);
    }

    /** As a run leaves it that is killed before its folders are listed. */
    @ParameterizedTest
    @EnumSource
    void goesOnByTheNamesOfTheRowsWhereTheFilesWereNotKnownYet(OutputFormat format)
            throws Exception {
        Path target = target(format);
        run(format.toFile(target, TOP_K, false));
        byte[] expected = Files.readAllBytes(target);
        stopAfterFirstBatch(format.toFile(target, TOP_K, true));
        Files.delete(target);
        Path runFile = beside(target, ".run");
        String known = Files.readString(runFile);
        String unknown =
                known.replaceAll("\"images\":\\d+", "\"images\":null")
                        .replaceAll("\"listing\":\"\\w+\"", "\"listing\":null");
        assertThat(unknown).isNotEqualTo(known);

        Files.writeString(runFile, unknown);
        Path added = Pictures.write(images.resolve("p1-added.png"), 1, 1, 1);
        byte[] rows = Files.readAllBytes(beside(target, ".part"));
        assertThatThrownBy(() -> run(format.resumeFile(target, TOP_K)))
                .isInstanceOf(OtherRun.class)
                .hasMessage(
                        "the result cannot be resumed: its row 2 is of p1.png, which is not the"
                                + " image at that place; overwrite it");
        assertThat(beside(target, ".part")).hasBinaryContent(rows);

        Files.delete(added);
        Files.writeString(runFile, unknown);
        stopAfterFirstBatch(format.resumeFile(target, TOP_K));
        assertThat(runFile).hasContent(known);
        assertThat(run(format.resumeFile(target, TOP_K)).resumed()).isEqualTo(6);
        assertThat(target).hasBinaryContent(expected);
    }

    @ParameterizedTest
    @EnumSource
    void countsTheUnsureOfBothRunsAndRefusesAnotherThreshold(OutputFormat format) throws Exception {
        Path target = target(format);
        FolderOptions options = OPTIONS.withThreshold(0.9);
        Summary whole = run(format.toFile(target, TOP_K, false), options);
        assertThat(whole.unsure().orElseThrow()).isBetween(2L, 9L);
        byte[] expected = Files.readAllBytes(target);
        stopAfterFirstBatch(format.toFile(target, TOP_K, true), options);
        Files.delete(target);
        assertRefused(format, "the threshold was 0.9 and is 0.0");
        assertThatThrownBy(
                        () -> run(format.resumeFile(target, TOP_K), options.withFastDecode(true)))
                .hasMessageContaining("it was without fast decoding and now is with it");
        Summary resumed = run(format.resumeFile(target, TOP_K), options);
        assertThat(resumed.resumed()).isEqualTo(3);
        assertThat(resumed.unsure()).isEqualTo(whole.unsure());
        assertThat(Files.readAllBytes(target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void goesOnWithLogitsToTheSameBytesAndRefusesProbabilities(OutputFormat format)
            throws Exception {
        Path target = target(format);
        FolderOptions options = OPTIONS.withScores(RowScores.LOGITS).withThreshold(0.9);
        Summary whole = run(format.toFile(target, TOP_K, false), options);
        assertThat(whole.unsure().orElseThrow()).isBetween(2L, 9L);
        byte[] expected = Files.readAllBytes(target);
        stopAfterFirstBatch(format.toFile(target, TOP_K, true), options);
        Files.delete(target);
        assertThatThrownBy(
                        () ->
                                run(
                                        format.resumeFile(target, TOP_K),
                                        options.withScores(RowScores.PROBABILITIES)))
                .isInstanceOf(OtherRun.class)
                .hasMessageContaining("its rows have logits and now probabilities are asked for");
        Summary resumed = run(format.resumeFile(target, TOP_K), options);
        assertThat(resumed.resumed()).isEqualTo(3);
        assertThat(resumed.unsure()).isEqualTo(whole.unsure());
        assertThat(target).hasBinaryContent(expected);

        stopAfterFirstBatch(format.toFile(target, TOP_K, true));
        Files.delete(target);
        assertThatThrownBy(
                        () ->
                                run(
                                        format.resumeFile(target, TOP_K),
                                        OPTIONS.withScores(RowScores.LOGITS)))
                .isInstanceOf(OtherRun.class)
                .hasMessageContaining("its rows have probabilities and now logits are asked for");
    }

    private void assertRefused(OutputFormat format, String difference) {
        Path target = target(format);
        assertThatThrownBy(() -> run(format.resumeFile(target, TOP_K)))
                .isInstanceOf(OtherRun.class)
                .hasMessage(
                        target
                                + ": cannot be resumed: "
                                + difference
                                + "; overwrite it or choose another name");
    }

    @ParameterizedTest
    @EnumSource
    void saysInWordsThatARowIsDamaged(OutputFormat format) throws Exception {
        Path target = target(format);
        stopAfterFirstBatch(format.toFile(target, TOP_K, false));
        Files.writeString(beside(target, ".part"), "zzz\nzzz\n");
        assertThatThrownBy(() -> run(format.resumeFile(target, TOP_K)))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith(
                        target + ": cannot be resumed, its rows are damaged: a row ")
                .hasMessageEndingWith(": zzz");
    }

    @ParameterizedTest
    @EnumSource
    void refusesRowsThatSomebodyChanged(OutputFormat format) throws Exception {
        Path target = target(format);
        stopAfterFirstBatch(format.toFile(target, TOP_K, false));
        Path part = beside(target, ".part");
        String rows = Files.readString(part);
        int lastRow = rows.substring(0, rows.length() - 1).lastIndexOf("p2.png");
        Files.writeString(part, rows.substring(0, lastRow) + "p9" + rows.substring(lastRow + 2));
        assertThatThrownBy(() -> run(format.resumeFile(target, TOP_K)))
                .isInstanceOf(OtherRun.class)
                .hasMessage(
                        "the result cannot be resumed: its row 3 is of p9.png, which is not the"
                                + " image at that place; overwrite it");
    }
}
