package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.vitrail.imaging.RgbImage;
import dev.vitrail.runtime.Prediction.Classified;
import dev.vitrail.runtime.Prediction.Failed;
import dev.vitrail.runtime.Prediction.RankedLabel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTest {
    private static final SessionConfig CPU =
            SessionConfig.defaults().withProvider(Provider.CPU).withIntraOpThreads(1);

    @TempDir private Path folder;

    private Classifier open(ModelFile model) throws Exception {
        return Classifier.open(model.writeTo(folder.resolve("model.onnx")), CPU);
    }

    @Test
    void answersWithTheProbabilitiesOfSoftmax() throws Exception {
        try (Classifier classifier = open(new ModelFile())) {
            Classified answer = (Classified) classifier.classify(Pictures.plain(200, 100, 30));
            double[] expected = Pictures.expectedProbabilities(200, 100, 30);
            assertThat(answer.top())
                    .extracting(RankedLabel::label)
                    .containsExactly("red", "green", "blue");
            for (RankedLabel label : answer.top()) {
                // Logits of about 2 in single precision: 2^-23 relative, some sums deep.
                assertThat(label.probability()).isCloseTo(expected[label.index()], within(2e-6));
            }
        }
    }

    @Test
    void saysWhyWeightsCannotBeCheckedWithoutTheWrappingOfThreads() {
        RuntimeFailure known = new RuntimeFailure("m.onnx: its weights cannot be read");
        assertThatThrownBy(
                        () ->
                                Classifier.requireHash(
                                        "m.onnx", null, CompletableFuture.failedFuture(known)))
                .isSameAs(known);
        assertThatThrownBy(
                        () ->
                                Classifier.requireHash(
                                        "m.onnx",
                                        null,
                                        CompletableFuture.failedFuture(new OutOfMemoryError())))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage("m.onnx: its weights cannot be checked; give Java more memory");
        IllegalStateException other = new IllegalStateException("closed");
        assertThatThrownBy(
                        () ->
                                Classifier.requireHash(
                                        "m.onnx", null, CompletableFuture.failedFuture(other)))
                .isSameAs(other);
    }

    /** The nearest number of 11 binary digits, ties to even; for 2^-14 and above. */
    private static double half(double value) {
        double ulp = Math.scalb(1.0, Math.getExponent(value) - 10);
        return Math.rint(value / ulp) * ulp;
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "FLOAT16"})
    void feedsHalfPrecisionWhereTheModelTakesIt(TensorProto.DataType outside) throws Exception {
        double[] colour = {201, 101, 31};
        try (Classifier classifier = open(new ModelFile().halves(outside))) {
            float[] one = classifier.logits(Pictures.plain(201, 101, 31));
            int floats = classifier.card().imageFloats();
            FloatBuffer two = classifier.newBuffer(3);
            for (int image = 0; image < 2; image++) {
                two.put(classifier.pixels(Pictures.plain(201, 101, 31)));
            }
            // Of a buffer that is not used up, and after a smaller run.
            float[] second = classifier.logits(two.position(floats), 1);
            assertThat(classifier.logits(two.position(0), 2)).containsExactly(concat(one, second));
            for (int c = 0; c < colour.length; c++) {
                double pixel = half((colour[c] / 255 - 0.5) / 0.5);
                // 64 equal terms whose sum is a number of single precision: one rounding.
                assertThat((double) one[c]).isEqualTo(half(ModelFile.GAIN * pixel));
            }
        }
    }

    /** Measured of ViT-Ti: a run of two gives other last bits than two runs of one. */
    @Test
    void knowsWhereLogitsDependOnTheSizeOfTheRun() throws Exception {
        ModelFile half = new ModelFile().halves(TensorProto.DataType.FLOAT16);
        TensorProto narrow =
                TensorProto.newBuilder()
                        .setName("narrow")
                        .setDataType(TensorProto.DataType.FLOAT16.getNumber())
                        .addInt32Data(0)
                        .build();
        var quantised = new ModelFile().build().toBuilder();
        quantised.getGraphBuilder().addInitializer(narrow);
        byte[] inside = quantised.build().toByteArray();
        try (Classifier single = open(new ModelFile());
                Classifier outside = Classifier.open(half.build().toByteArray(), "half", CPU);
                Classifier within = Classifier.open(inside, "within", CPU)) {
            assertThat(single.isIndependentOfBatch()).isTrue();
            assertThat(outside.isIndependentOfBatch()).isFalse();
            assertThat(within.isIndependentOfBatch()).isFalse();
            assertThat(FolderOptions.defaults().batchFor(within)).isEqualTo(1);
        }
    }

    private static float[] concat(float[] first, float[] second) {
        return FloatBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    /** The example of the package's page. */
    @Test
    void classifiesAFileInOneLine() throws Exception {
        Path model = new ModelFile().writeTo(folder.resolve("model.onnx"));
        Path photo = Pictures.write(folder.resolve("photo.png"), 10, 20, 240);

        try (Classifier classifier = Classifier.open(model)) {
            Prediction prediction = classifier.classify(photo);
            assertThat(((Classified) prediction).best().label()).isEqualTo("blue");
        }
    }

    @Test
    void takesEverythingFromTheFile() throws Exception {
        ModelFile model =
                new ModelFile().with("vitrail.labels", "[\"红\",\"🦊\",\"a,\\\"b\\\"\\n\"]");
        try (Classifier classifier = open(model)) {
            ModelCard card = classifier.card();
            assertThat(card.labels()).containsExactly("红", "🦊", "a,\"b\"\n");
            assertThat(card.inputName()).isEqualTo("pixel_values");
            assertThat(card.inputShape()).containsExactly(-1L, 3L, 8L, 8L);
            assertThat(card.outputName()).isEqualTo("logits");
            assertThat(card.fixedBatch()).isEmpty();
            assertThat(card.preprocessing().outputHeight()).isEqualTo(8);
            assertThat(card.precision()).contains("fp32");
            assertThat(card.config()).contains("{\"name\":\"test\"}");
            assertThat(card.verified()).isEmpty();
            assertThat(card.opset()).isEqualTo(17);
            assertThat(card.producer()).isEqualTo("test");
            assertThat(classifier.provider().chosen()).isEqualTo(Provider.CPU);
        }
    }

    @Test
    void opensAModelFromBytes() {
        byte[] bytes = new ModelFile().build().toByteArray();
        try (Classifier classifier = Classifier.open(bytes, "built-in", CPU)) {
            assertThat(best(classifier.classify(Pictures.plain(0, 255, 0)))).isEqualTo("green");
            assertThat(classifier.card().name()).isEqualTo("built-in");
        }
    }

    @Test
    void opensAModelUnderANameThatTheBindingGarbles() throws Exception {
        Path file = new ModelFile().writeTo(folder.resolve("fox 🦊.onnx"));
        try (Classifier classifier = Classifier.open(file, CPU)) {
            assertThat(best(classifier.classify(Pictures.plain(255, 0, 0)))).isEqualTo("red");
        }
    }

    @Test
    void ordersEqualProbabilitiesByIndexAndCutsToTopK() throws Exception {
        try (Classifier classifier = open(new ModelFile())) {
            RgbImage gray = Pictures.plain(77, 77, 77);
            Classified all = (Classified) classifier.classify(gray);
            assertThat(all.top()).extracting(RankedLabel::index).containsExactly(0, 1, 2);
            assertThat(all.top())
                    .allSatisfy(l -> assertThat(l.probability()).isEqualTo(1 / 3.0, within(1e-9)));
            assertThat(((Classified) classifier.classify(gray, 2)).top()).hasSize(2);
            assertThat(((Classified) classifier.classify(gray, 99)).top()).hasSize(3);
        }
    }

    @Test
    void neverLabelsAnAnswerThatIsNotFinite() throws Exception {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            try (Classifier classifier = open(new ModelFile().weight(1, bad))) {
                Failed answer = (Failed) classifier.classify(Pictures.plain(250, 0, 0));
                assertThat(answer.code()).isEqualTo(FailureCode.NOT_FINITE);
                assertThat(answer.message()).contains("class 1 (green)");
            }
        }
    }

    @Test
    void saysWhyAFileIsNoImageWithoutRepeatingItsPath() throws Exception {
        try (Classifier classifier = open(new ModelFile())) {
            Path text = Files.writeString(folder.resolve("notes.jpg"), "not a picture");
            Failed answer = (Failed) classifier.classify(text);
            assertThat(answer.code()).isEqualTo(FailureCode.UNSUPPORTED_FORMAT);
            assertThat(answer.message()).doesNotContain("notes.jpg");
            assertThat(((Failed) classifier.classify(folder.resolve("none.png"))).code())
                    .isEqualTo(FailureCode.UNREADABLE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 8})
    void runsModelsOfOneBatchSizeWithAnyNumberOfImages(int fixed) throws Exception {
        FloatBuffer images = randomImages(5);
        float[] expected;
        try (Classifier symbolic = open(new ModelFile())) {
            expected = symbolic.logits(images, 5);
        }
        try (Classifier classifier = open(new ModelFile().fixedBatch(fixed))) {
            assertThat(classifier.card().fixedBatch()).contains(fixed);
            float[] logits = classifier.logits(images, 5);
            // Sums of 192 products in another order.
            assertThat(logits).containsExactly(expected, within(1e-5f));
            assertThat(best(classifier.classify(Pictures.plain(0, 0, 255)))).isEqualTo("blue");
        }
    }

    @Test
    void readsImagesFromTheBuffersPositionAndLeavesIt() throws Exception {
        FloatBuffer images = randomImages(3);
        try (Classifier classifier = open(new ModelFile())) {
            float[] all = classifier.logits(images, 3);
            images.position(192);
            float[] second = classifier.logits(images, 1);
            assertThat(images.position()).isEqualTo(192);
            assertThat(second).containsExactly(new float[] {all[3], all[4], all[5]}, within(1e-5f));

            FloatBuffer heap = FloatBuffer.allocate(192).put(images.slice(192, 192)).flip();
            assertThat(classifier.logits(heap, 1)).isEqualTo(second);
            assertThatThrownBy(() -> classifier.logits(images, 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("count is 3, must be 1 to the 2 images in the buffer");
        }
    }

    @Test
    void refusesUseAfterCloseAndClosesTwice() throws Exception {
        Classifier classifier = open(new ModelFile());
        classifier.close();
        classifier.close();
        assertThatThrownBy(() -> classifier.classify(Pictures.plain(1, 2, 3)))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageEndingWith("model.onnx: this classifier is closed");
    }

    /** Fails by the death of the JVM where a session is freed under a running call. */
    @Test
    void survivesBeingClosedWhileOtherThreadsClassify() throws Exception {
        byte[] model = new ModelFile().build().toByteArray();
        RgbImage image = Pictures.plain(9, 200, 9);
        for (int round = 0; round < 100; round++) {
            Classifier classifier = Classifier.open(model, "model", CPU);
            CountDownLatch running = new CountDownLatch(3);
            AtomicInteger refused = new AtomicInteger();
            List<Throwable> surprises = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                Thread thread =
                        new Thread(
                                () -> {
                                    try {
                                        while (best(classifier.classify(image)).equals("green")) {
                                            running.countDown();
                                        }
                                    } catch (RuntimeFailure e) {
                                        refused.incrementAndGet();
                                    } catch (Throwable e) {
                                        synchronized (surprises) {
                                            surprises.add(e);
                                        }
                                    }
                                });
                thread.start();
                threads.add(thread);
            }
            running.await();
            classifier.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(surprises).isEmpty();
            assertThat(refused).hasValue(3);
        }
    }

    private static FloatBuffer randomImages(int count) {
        FloatBuffer images =
                ByteBuffer.allocateDirect(4 * 192 * count)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        Random random = new Random(7);
        while (images.hasRemaining()) {
            images.put((float) random.nextGaussian());
        }
        return images.flip();
    }

    private static String best(Prediction prediction) {
        return ((Classified) prediction).best().label();
    }
}
