package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.vitrail.imaging.ImageDecoder;
import dev.vitrail.imaging.ImageErrorCode;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.runtime.ProgressListener.Progress;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class FolderClassifierTest {
    private static final FolderOptions OPTIONS =
            FolderOptions.defaults().withBatch(3).withRuns(1).withDecodeThreads(2);

    @TempDir private Path folder;
    private Classifier classifier;

    @BeforeEach
    void openClassifier() {
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

    /** Good pictures in a few folders; their colours follow from their number. */
    private Map<String, int[]> pictures(int count) throws Exception {
        Map<String, int[]> colours = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int[] colour = {i * 37 % 256, i * 91 % 256, i * 53 % 256};
            String name = "f" + i % 3 + "/p" + i + ".png";
            Pictures.write(folder.resolve(name), colour[0], colour[1], colour[2]);
            colours.put(name, colour);
        }
        return colours;
    }

    /** Everything that a folder should not hold, with the code that its row must have. */
    private Map<String, String> badFiles() throws Exception {
        Map<String, String> codes = new TreeMap<>();
        byte[] whole = Pictures.png(1, 2, 3);
        write(codes, "f0/empty.jpg", "corrupt_image", new byte[0]);
        write(codes, "f0/text.jpg", "unsupported_format", "hello".getBytes(StandardCharsets.UTF_8));
        write(codes, "f1/cut.png", "corrupt_image", Arrays.copyOf(whole, whole.length / 2));
        write(codes, "p9-line\nbreak \"q\", 🦊.png", "corrupt_image", Arrays.copyOf(whole, 20));
        char[] letters = new char[251];
        Arrays.fill(letters, 'n');
        write(codes, new String(letters) + ".jpg", "corrupt_image", new byte[0]);
        Files.createSymbolicLink(folder.resolve("f2/dangling.png"), Path.of("nowhere"));
        codes.put("f2/dangling.png", "unreadable");
        Process mkfifo =
                new ProcessBuilder("mkfifo", folder.resolve("f2/pipe.png").toString()).start();
        if (mkfifo.waitFor() == 0) {
            codes.put("f2/pipe.png", "unreadable");
        }
        return codes;
    }

    private void write(Map<String, String> codes, String name, String code, byte[] content)
            throws Exception {
        Files.write(folder.resolve(name), content);
        codes.put(name, code);
    }

    private String run(FolderOptions options) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        run(new FolderClassifier(classifier, options, ProgressListener.NONE), bytes);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private Summary run(FolderClassifier run, ByteArrayOutputStream bytes) {
        try (ResultWriter writer = OutputFormat.JSONL.toStream(bytes, "memory", 3)) {
            return run.run(ImageFiles.find(List.of(folder)), writer);
        }
    }

    private static Map<String, JsonNode> rows(String text) throws Exception {
        Map<String, JsonNode> rows = new TreeMap<>();
        for (String line : text.split("\n")) {
            JsonNode row = new JsonMapper().readTree(line);
            assertThat(rows.put(row.get("path").textValue(), row)).isNull();
        }
        return rows;
    }

    @Test
    void givesEveryPathOneRowWithItsOwnAnswer() throws Exception {
        Map<String, int[]> good = pictures(20);
        Map<String, String> bad = badFiles();
        List<Progress> progress = Collections.synchronizedList(new ArrayList<>());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Summary summary = run(new FolderClassifier(classifier, OPTIONS, progress::add), bytes);

        String text = bytes.toString(StandardCharsets.UTF_8);
        Map<String, JsonNode> rows = rows(text);
        assertThat(rows).hasSize(good.size() + bad.size());
        good.forEach(
                (name, colour) -> {
                    double[] expected =
                            Pictures.expectedProbabilities(colour[0], colour[1], colour[2]);
                    for (JsonNode label : rows.get(name).get("predictions")) {
                        // Single precision, and rows are rounded to 6 decimals.
                        assertThat(label.get("probability").doubleValue())
                                .as(name)
                                .isCloseTo(expected[label.get("index").intValue()], within(3e-6));
                    }
                });
        bad.forEach(
                (name, code) -> {
                    JsonNode error = rows.get(name).get("error");
                    assertThat(error.get("code").textValue()).as(name).isEqualTo(code);
                    assertThat(error.get("message").textValue())
                            .as(name)
                            .isNotBlank()
                            .doesNotContain(folder.toString());
                });
        assertThat(summary.images()).isEqualTo(good.size() + bad.size());
        assertThat(summary.classified()).isEqualTo(good.size());
        assertThat(summary.failed()).isEqualTo(bad.size());
        assertThat(summary.stopped()).isFalse();
        assertThat(summary.provider()).isEqualTo("cpu");
        assertThat(summary.model()).isEqualTo("m.onnx");
        Progress last = progress.get(progress.size() - 1);
        assertThat(progress).hasSize((good.size() + bad.size() + 2) / 3);
        assertThat(last.done()).isEqualTo(last.total()).isEqualTo(rows.size());
        assertThat(last.failed()).isEqualTo(bad.size());
        assertThat(last.imagesPerSecond()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "4, 1", "4, 8", "2, 100"})
    void writesTheSameBytesWithAnyThreadsAndBatches(int threads, int batch) throws Exception {
        pictures(30);
        badFiles();
        assertThat(run(OPTIONS.withDecodeThreads(threads).withBatch(batch)))
                .isEqualTo(run(OPTIONS.withDecodeThreads(1).withBatch(3)));
    }

    @Test
    void answersGoodImagesAsIfNoBadOneWereThere() throws Exception {
        pictures(20);
        String alone = run(OPTIONS);
        Map<String, String> bad = badFiles();
        Map<String, JsonNode> together = rows(run(OPTIONS));
        together.keySet().removeAll(bad.keySet());
        assertThat(together).isEqualTo(rows(alone));
    }

    @Test
    void endsWithASummaryWhereThereIsNothingToClassify() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Summary summary =
                run(new FolderClassifier(classifier, OPTIONS, ProgressListener.NONE), bytes);
        assertThat(summary.images()).isZero();
        assertThat(summary.stopped()).isFalse();
        assertThat(bytes.size()).isZero();
    }

    @Test
    void runsModelsOfOneBatchSizeWithTheirSize() throws Exception {
        pictures(10);
        String expected = run(OPTIONS);
        classifier.close();
        classifier = open(new ModelFile().fixedBatch(4));
        assertThat(new FolderClassifier(classifier, OPTIONS, ProgressListener.NONE).batch())
                .isEqualTo(4);
        assertThat(run(OPTIONS)).isEqualTo(expected);
    }

    @Test
    void neverLabelsAnAnswerThatIsNotFinite() throws Exception {
        pictures(4);
        classifier.close();
        classifier = open(new ModelFile().weight(0, Float.NaN));
        assertThat(rows(run(OPTIONS)).values())
                .hasSize(4)
                .allSatisfy(
                        row ->
                                assertThat(row.at("/error/code").textValue())
                                        .isEqualTo("not_finite"));
    }

    @Test
    void givesAFileThatVanishedAnErrorRow() throws Exception {
        pictures(3);
        ImageFiles files = ImageFiles.find(List.of(folder));
        Files.delete(files.path(1));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ResultWriter writer = OutputFormat.JSONL.toStream(bytes, "memory", 3)) {
            new FolderClassifier(classifier, OPTIONS, ProgressListener.NONE).run(files, writer);
        }
        assertThat(
                        rows(bytes.toString(StandardCharsets.UTF_8))
                                .get(files.name(1))
                                .at("/error/code")
                                .textValue())
                .isEqualTo("unreadable");
    }

    @Test
    void givesUpImagesThatTakeTooLongAndGoesOn() throws Exception {
        pictures(12);
        CountDownLatch release = new CountDownLatch(1);
        Decoder slow =
                (file, options, memory) -> {
                    if (file.toString().matches(".*p[258]\\.png")) {
                        // Deaf to interrupts, as a decoder that computes is.
                        boolean waiting = true;
                        while (waiting) {
                            try {
                                release.await();
                                waiting = false;
                            } catch (InterruptedException e) {
                                Thread.onSpinWait();
                            }
                        }
                    }
                    return ImageDecoder.decode(file, options, memory);
                };
        FolderOptions options = OPTIONS.withImageTimeLimit(Duration.ofMillis(300));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Summary summary =
                run(new FolderClassifier(classifier, slow, options, ProgressListener.NONE), bytes);
        release.countDown();
        assertThat(summary.failed()).isEqualTo(3);
        Map<String, JsonNode> rows = rows(bytes.toString(StandardCharsets.UTF_8));
        for (String name : List.of("f2/p2.png", "f2/p5.png", "f2/p8.png")) {
            assertThat(rows.get(name).at("/error/code").textValue()).isEqualTo("timeout");
            assertThat(rows.get(name).at("/error/message").textValue())
                    .isEqualTo("decoding took longer than 0.3 s");
        }
    }

    @Test
    void survivesDecodersThatThrowAnything() throws Exception {
        pictures(6);
        Decoder wild =
                (file, options, memory) -> {
                    if (file.toString().endsWith("p1.png")) {
                        throw new StackOverflowError();
                    } else if (file.toString().endsWith("p2.png")) {
                        throw new OutOfMemoryError("Java heap space");
                    } else if (file.toString().endsWith("p3.png")) {
                        throw new NegativeArraySizeException("-7");
                    }
                    return ImageDecoder.decode(file, options, memory);
                };
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        run(new FolderClassifier(classifier, wild, OPTIONS, ProgressListener.NONE), bytes);
        Map<String, JsonNode> rows = rows(bytes.toString(StandardCharsets.UTF_8));
        assertThat(rows.get("f1/p1.png").at("/error/code").textValue()).isEqualTo("corrupt_image");
        assertThat(rows.get("f2/p2.png").at("/error/code").textValue()).isEqualTo("too_large");
        assertThat(rows.get("f0/p3.png").at("/error/code").textValue()).isEqualTo("corrupt_image");
        assertThat(rows.get("f0/p0.png").has("predictions")).isTrue();
        assertThat(rows.get("f2/p2.png").at("/error/message").textValue())
                .isEqualTo(
                        "memory ran out while it was decoded; give Java more, or decode in fewer"
                                + " threads");
        assertThat(rows.get("f1/p1.png").at("/error/message").textValue())
                .isEqualTo("cannot be decoded, its data is damaged");
        assertThat(bytes.toString(StandardCharsets.UTF_8)).doesNotContain("java.", "Exception");
    }

    @Test
    void triesAnImageAloneBeforeItCountsAsTooLarge() throws Exception {
        pictures(6);
        AtomicInteger refusals = new AtomicInteger();
        Decoder tight =
                (file, options, memory) -> {
                    if (file.toString().endsWith("p4.png") && refusals.getAndIncrement() == 0) {
                        throw new ImageException(
                                ImageErrorCode.TOO_LARGE, "full", new OutOfMemoryError());
                    }
                    return ImageDecoder.decode(file, options, memory);
                };
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Summary summary =
                run(new FolderClassifier(classifier, tight, OPTIONS, ProgressListener.NONE), bytes);
        assertThat(summary.failed()).isZero();
        assertThat(refusals).hasValue(2);
    }

    /**
     * A session that has memory for so many images; the machine would have to be full otherwise.
     */
    private FolderClassifier.Model withMemoryFor(int images, List<Integer> runs) {
        return (pixels, count) -> {
            runs.add(count);
            if (count > images) {
                throw new OutOfSessionMemory("m.onnx: CUDA failure 2: out of memory", null);
            }
            return new Classifier.Answers(classifier.logits(pixels, count), null);
        };
    }

    @Test
    void halvesTheBatchUntilTheSessionHasMemoryForItAndSaysSo() throws Exception {
        pictures(20);
        badFiles();
        FolderOptions options = OPTIONS.withBatch(7);
        String expected = run(options);
        List<Integer> runs = new ArrayList<>();
        List<BatchChoice> told = new ArrayList<>();
        ProgressListener listener =
                new ProgressListener() {
                    @Override
                    public void progressed(Progress progress) {}

                    @Override
                    public void batchHalved(BatchChoice choice) {
                        told.add(choice);
                    }
                };
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Summary summary =
                run(
                        new FolderClassifier(
                                classifier,
                                withMemoryFor(2, runs),
                                ImageDecoder::decode,
                                options,
                                listener),
                        bytes);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
        assertThat(told)
                .containsExactly(
                        new BatchChoice(3, 1, "halved from 7, for which memory was short"),
                        new BatchChoice(1, 1, "halved from 3, for which memory was short"));
        // The first runs take what is whole in the first batch, which may be fewer than 7.
        assertThat(runs.stream().filter(count -> count > 2)).hasSize(2);
        assertThat(summary.batch()).contains(told.get(1));
    }

    @Test
    void endsTheRunWhereMemoryIsShortForOneImage() throws Exception {
        pictures(8);
        FolderClassifier run =
                new FolderClassifier(
                        classifier,
                        withMemoryFor(0, new ArrayList<>()),
                        ImageDecoder::decode,
                        OPTIONS,
                        ProgressListener.NONE);
        assertThatThrownBy(() -> run(run, new ByteArrayOutputStream()))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("m.onnx: CUDA failure 2: out of memory");
    }

    /** Where kernels are chosen by the size of the run, no run may be smaller than the others. */
    @ParameterizedTest
    @CsvSource({"8, 5", "3, 3"})
    void runsFullBatchesWhereLogitsDependOnTheirSize(int memory, int batch) throws Exception {
        pictures(20);
        badFiles();
        FolderOptions options = OPTIONS.withBatch(batch);
        String expected = run(options);
        classifier.close();
        SessionConfig config =
                SessionConfig.defaults()
                        .withProvider(Provider.CPU)
                        .withMemoryMode(SessionConfig.MemoryMode.QUICK_START);
        classifier = Classifier.open(new ModelFile().build().toByteArray(), "m.onnx", config);
        List<Integer> runs = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        run(
                new FolderClassifier(
                        classifier,
                        withMemoryFor(memory, runs),
                        ImageDecoder::decode,
                        options,
                        ProgressListener.NONE),
                bytes);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
        assertThat(runs).containsOnly(batch);
        ImageFiles files = ImageFiles.find(List.of(folder));
        assertThat(RunIdentity.of(classifier, options, files).provider())
                .isEqualTo("cpu in batches of " + batch);
        assertThat(RunIdentity.of(classifier, options.withBatch(0), files).provider())
                .isEqualTo("cpu in batches of 1");
    }

    @Test
    void findsTheBatchWhileItRunsWithoutChangingTheRows() throws Exception {
        pictures(RunSize.WORTH_TRYING);
        List<Integer> runs = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Summary summary =
                run(
                        new FolderClassifier(
                                classifier,
                                withMemoryFor(8, runs),
                                ImageDecoder::decode,
                                OPTIONS.withBatch(0),
                                ProgressListener.NONE),
                        bytes);
        assertThat(runs).containsOnly(8, 4, 2);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(run(OPTIONS));
        BatchChoice choice = summary.batch().orElseThrow();
        assertThat(choice.reason()).isEqualTo("the best of 4, 8, 2 on the first 72 images");
        assertThat(summary.toJson()).contains("\"batch\":" + choice.images() + ",");
    }

    /** Rows do not depend on it, not even where memory is short. */
    @ParameterizedTest
    @CsvSource({"3, 9", "3, 2", "4, 1"})
    void takesSeveralBatchesThroughTheSessionAtATime(int atATime, int memory) throws Exception {
        pictures(100);
        badFiles();
        String expected = run(OPTIONS);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch together = new CountDownLatch(atATime);
        FolderClassifier.Model tight = withMemoryFor(memory, new CopyOnWriteArrayList<>());
        FolderClassifier.Model model =
                (pixels, count) -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    together.countDown();
                    try {
                        // The first ones wait for each other; if they do not come, a minute is up.
                        together.await();
                        return tight.answers(pixels, count);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    } finally {
                        running.decrementAndGet();
                    }
                };
        List<BatchChoice> told = new CopyOnWriteArrayList<>();
        ProgressListener listener =
                new ProgressListener() {
                    @Override
                    public void progressed(Progress progress) {}

                    @Override
                    public void batchHalved(BatchChoice choice) {
                        told.add(choice);
                    }
                };
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FolderOptions options = OPTIONS.withRuns(atATime);
        Summary summary =
                run(
                        new FolderClassifier(
                                classifier, model, ImageDecoder::decode, options, listener),
                        bytes);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
        assertThat(most).hasValue(atATime);
        assertThat(summary.batch().orElseThrow().runs()).isEqualTo(atATime);
        assertThat(told).hasSize(memory < 3 ? 1 : 0);
    }

    /** What was written is whole batches in order, whatever became of those behind. */
    @Test
    void writesTheRowsBeforeABatchThatFails() throws Exception {
        pictures(30);
        String expected = run(OPTIONS);
        AtomicInteger runs = new AtomicInteger();
        FolderClassifier.Model failing =
                (pixels, count) -> {
                    if (runs.incrementAndGet() >= 4) {
                        throw new RuntimeFailure("m.onnx: broken");
                    }
                    return new Classifier.Answers(classifier.logits(pixels, count), null);
                };
        for (int atATime : List.of(1, 3)) {
            runs.set(0);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            FolderClassifier run =
                    new FolderClassifier(
                            classifier,
                            failing,
                            ImageDecoder::decode,
                            OPTIONS.withRuns(atATime),
                            ProgressListener.NONE);
            assertThatThrownBy(() -> run(run, bytes))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessage("m.onnx: broken");
            String rows = bytes.toString(StandardCharsets.UTF_8);
            assertThat(expected).startsWith(rows);
            assertThat(rows.lines().count()).isIn(0L, 3L, 6L, 9L);
        }
    }

    @Test
    void keepsDecodingOnlyAFewBatchesAhead() throws Exception {
        pictures(60);
        AtomicInteger decoded = new AtomicInteger();
        AtomicInteger furthest = new AtomicInteger();
        Decoder counting =
                (file, options, memory) -> {
                    decoded.incrementAndGet();
                    return ImageDecoder.decode(file, options, memory);
                };
        ProgressListener slow =
                progress -> {
                    try {
                        Thread.sleep(20);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    furthest.accumulateAndGet(decoded.get() - progress.done(), Math::max);
                };
        run(new FolderClassifier(classifier, counting, OPTIONS, slow), new ByteArrayOutputStream());
        assertThat(decoded).hasValue(60);
        // Three buffers of three images: decoding did run ahead, and no further than that.
        assertThat(furthest.get()).isBetween(4, 9);
    }

    @Test
    void endsTheRunWithoutErrorRowsWhereTheSessionFails() throws Exception {
        pictures(12);
        ProgressListener closing = progress -> classifier.close();
        Path target = folder.resolve("results.jsonl");
        try (ResultWriter writer = OutputFormat.JSONL.toFile(target, 3, false)) {
            FolderClassifier run = new FolderClassifier(classifier, OPTIONS, closing);
            assertThatThrownBy(() -> run.run(ImageFiles.find(List.of(folder)), writer))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessage("m.onnx: this classifier is closed");
        }
        assertThat(target).doesNotExist();
        assertThat(rows(Files.readString(folder.resolve("results.jsonl.part"))).values())
                .hasSize(3)
                .allSatisfy(row -> assertThat(row.has("predictions")).isTrue());
    }

    @Test
    void stopsAfterTheBatchInTheSessionWithoutErrorRows() throws Exception {
        pictures(30);
        AtomicReference<FolderClassifier> run = new AtomicReference<>();
        ProgressListener stopping =
                progress -> {
                    if (progress.done() >= 6) {
                        run.get().stop();
                    }
                };
        run.set(new FolderClassifier(classifier, OPTIONS, stopping));
        Path target = folder.resolve("results.jsonl");
        Summary summary;
        try (ResultWriter writer = OutputFormat.JSONL.toFile(target, 3, false)) {
            summary = run.get().run(ImageFiles.find(List.of(folder)), writer);
        }
        assertThat(summary.stopped()).isTrue();
        assertThat(summary.images()).isEqualTo(6);
        assertThat(summary.failed()).isZero();
        assertThat(target).doesNotExist();
        String text = Files.readString(folder.resolve("results.jsonl.part"));
        assertThat(run(OPTIONS)).startsWith(text);
        assertThatThrownBy(() -> run.get().run(ImageFiles.find(List.of(folder)), null))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void stopsAtOnceWhereItWasStoppedBefore() throws Exception {
        pictures(3);
        FolderClassifier run = new FolderClassifier(classifier, OPTIONS, ProgressListener.NONE);
        run.stop();
        assertThat(run(run, new ByteArrayOutputStream()).stopped()).isTrue();
    }

    @Test
    void takesAnInterruptAsAStopAndLeavesWholeRows() throws Exception {
        pictures(60);
        Thread caller = Thread.currentThread();
        ProgressListener interrupting =
                progress -> {
                    if (progress.done() == 9) {
                        caller.interrupt();
                        waitUntilRunIsStopped();
                    }
                };
        Path target = folder.resolve("results.jsonl");
        Summary summary;
        try (ResultWriter writer = OutputFormat.JSONL.toFile(target, 3, false)) {
            FolderClassifier run = new FolderClassifier(classifier, OPTIONS, interrupting);
            summary = run.run(ImageFiles.find(List.of(folder)), writer);
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(summary.stopped()).isTrue();
        assertThat(rows(Files.readString(folder.resolve("results.jsonl.part"))))
                .hasSize((int) summary.images());
    }

    /** The interrupted caller needs a moment until it has called stop. */
    private static void waitUntilRunIsStopped() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void surfacesAFullDisk() throws Exception {
        pictures(6);
        assumeTrue(Files.exists(Path.of("/dev/full")), "needs the device that is always full");
        FolderClassifier run = new FolderClassifier(classifier, OPTIONS, ProgressListener.NONE);
        try (var stream = Files.newOutputStream(Path.of("/dev/full"));
                ResultWriter writer = OutputFormat.JSONL.toStream(stream, "stdout", 3)) {
            assertThatThrownBy(() -> run.run(ImageFiles.find(List.of(folder)), writer))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessageEndingWith("no space left on device");
        }
    }
}
