package dev.vitrail.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamedTensorTest {

    @TempDir Path folder;

    @Test
    void writesTheSameFileAsFromArrays() throws IOException {
        Path streamed = folder.resolve("streamed.safetensors");
        Path whole = folder.resolve("whole.safetensors");
        float[] values = random(600_000);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray array = manager.create(values, new Shape(2, 300_000));
            SafetensorsWriter.write(whole, Map.of("a/b", array), Map.of("format", "pt"));
        }
        StreamedTensor tensor =
                StreamedTensor.of(
                        "a/b",
                        new Shape(2, 300_000),
                        sink -> {
                            sink.put(FloatBuffer.wrap(values, 0, 7));
                            sink.put(FloatBuffer.wrap(values, 7, 0));
                            sink.put(FloatBuffer.wrap(values, 7, values.length - 7));
                        });
        SafetensorsWriter.write(streamed, List.of(tensor), Map.of("format", "pt"));
        assertThat(streamed).hasSameBinaryContentAs(whole);
    }

    /** The engine's conversion is the witness, over all kinds of values. */
    @Test
    void roundsToHalfAsTheEngineDoes() {
        float[] values = new float[30_000];
        Random random = new Random(1);
        for (int i = 0; i < values.length; i++) {
            do {
                values[i] = Float.intBitsToFloat(random.nextInt());
                // Half of them near and below the smallest normal of binary16, ties among them.
                if (i % 2 == 0) {
                    values[i] = random.nextInt(1 << 14) * 0x1p-26f * (i % 4 == 0 ? 1 : -1);
                }
            } while (Float.isNaN(values[i]));
        }
        values[0] = Float.NaN;
        values[1] = Float.NEGATIVE_INFINITY;
        values[2] = -0f;
        values[3] = Math.nextDown(65520f);
        values[5] = 65520f;
        float[] expected;
        try (NDManager manager = NDManager.newBaseManager();
                NDArray wide = manager.create(values);
                NDArray narrow = wide.toType(DataType.FLOAT16, true);
                NDArray back = narrow.toType(DataType.FLOAT32, true)) {
            expected = back.toFloatArray();
        }
        for (int i = 0; i < values.length; i++) {
            float ours = Widening.half(Narrowing.half(values[i]));
            // Bits, because the sign of zero counts.
            assertThat(Float.floatToIntBits(ours))
                    .as("%s", values[i])
                    .isEqualTo(Float.floatToIntBits(expected[i]));
        }
    }

    /** DJL 0.36 ends the JVM when asked for bfloat16, so the witness is the definition. */
    @Test
    void roundsToTheNearestBfloat16() {
        Random random = new Random(2);
        for (int i = 0; i < 30_000; i++) {
            int bits = random.nextInt() & (i % 3 == 0 ? 0xFFFF8000 : -1); // every third may tie
            float value = Float.intBitsToFloat(bits);
            float below = Float.intBitsToFloat(bits & 0xFFFF0000);
            float above = Float.intBitsToFloat((bits & 0xFFFF0000) + 0x10000);
            if (!Float.isFinite(value) || !Float.isFinite(above)) {
                continue;
            }
            double down = Math.abs((double) value - below);
            double up = Math.abs((double) above - value);
            boolean even = (bits >>> 16 & 1) == 0;
            float nearest = down < up || down == up && even ? below : above;
            assertThat(Float.intBitsToFloat(Narrowing.brain(value) << 16))
                    .as("%s", value)
                    .isEqualTo(nearest);
        }
        assertThat(Float.intBitsToFloat(Narrowing.brain(Float.intBitsToFloat(0x7F800001)) << 16))
                .isNaN();
    }

    @Test
    void narrowsEveryHalfBackToItself() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = Widening.half((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(Narrowing.half(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void refusesAFiniteValueThatWouldBecomeInfinite() throws IOException {
        for (ElementType type : List.of(ElementType.F16, ElementType.BF16)) {
            float[] values = {0, 1, 2, Float.POSITIVE_INFINITY, Float.MAX_VALUE, 5};
            Path file = folder.resolve("large.safetensors");
            StreamedTensor tensor =
                    new StreamedTensor(
                            "w", new Shape(2, 3), type, s -> s.put(FloatBuffer.wrap(values)));
            assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(tensor), Map.of()))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("tensor \"w\" has 3.4028235E38 at index [1, 1], more")
                    .hasMessageContaining(type + " can hold");
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void refusesAnotherNumberOfValuesThanTheShapeHas() {
        for (int count : new int[] {0, 5, 7}) {
            StreamedTensor tensor =
                    StreamedTensor.of(
                            "w", new Shape(2, 3), s -> s.put(FloatBuffer.allocate(count)));
            Path file = folder.resolve("miscounted.safetensors");
            assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(tensor), Map.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("6 values, but got " + count);
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void refusesWhatNoHeaderCanSay() {
        Path file = folder.resolve("bad.safetensors");
        StreamedTensor tensor = StreamedTensor.of("w", new Shape(0), sink -> {});
        assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(tensor, tensor), Map.of()))
                .hasMessageContaining("two tensors \"w\"");
        StreamedTensor metadata = StreamedTensor.of("__metadata__", new Shape(0), sink -> {});
        assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(metadata), Map.of()))
                .hasMessageContaining("two tensors \"__metadata__\"");
        assertThatThrownBy(() -> new StreamedTensor("w", new Shape(1), ElementType.I64, s -> {}))
                .hasMessageContaining("cannot be written as I64");
        assertThatThrownBy(() -> StreamedTensor.of("w", new Shape(-1, 2), s -> {}))
                .hasMessageContaining("has shape (-1, 2)");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void copiesFromFileToFilePieceByPiece() throws IOException {
        Path source = folder.resolve("source.safetensors");
        Path copy = folder.resolve("copy.safetensors");
        float[] values = random(1_000_003);
        for (ElementType type : List.of(ElementType.F64, ElementType.F32, ElementType.BF16)) {
            Shape shape = new Shape(values.length);
            StreamedTensor tensor =
                    new StreamedTensor("w", shape, type, s -> s.put(FloatBuffer.wrap(values)));
            SafetensorsWriter.write(source, List.of(tensor), Map.of());
            try (Weights weights = SafetensorsFile.open(source)) {
                assertThat(weights.type("w")).isEqualTo(type);
                SafetensorsWriter.write(
                        copy,
                        List.of(
                                new StreamedTensor(
                                        "w", shape, type, sink -> weights.copyTo("w", sink))),
                        Map.of());
            }
            assertThat(copy).hasSameBinaryContentAs(source);
        }
    }

    @Test
    void namesTheTensorAndIndexOfAValueThatIsNotFiniteWhileItStreams() {
        float[] values = new float[700_000];
        values[350_000 * 1 + 17] = Float.NEGATIVE_INFINITY;
        Path file = folder.resolve("infinite.safetensors");
        Path copy = folder.resolve("copy.safetensors");
        Shape shape = new Shape(2, 350_000);
        StreamedTensor tensor = StreamedTensor.of("w", shape, s -> s.put(FloatBuffer.wrap(values)));
        SafetensorsWriter.write(file, List.of(tensor), Map.of());
        try (Weights weights = SafetensorsFile.open(file)) {
            StreamedTensor checked =
                    StreamedTensor.of("w", shape, sink -> weights.copyFiniteTo("w", sink));
            assertThatThrownBy(() -> SafetensorsWriter.write(copy, List.of(checked), Map.of()))
                    .isInstanceOf(WeightsException.class)
                    .hasMessage(
                            "%s: tensor \"w\" has -Infinity at index [1, 17], must be finite",
                            file);
        }
        assertThat(copy).doesNotExist();
    }

    /** More than 32-bit sizes hold, with 64 MB tensors of a fill value, on a few MB of heap. */
    @Test
    @Tag("slow")
    void writesMoreThanFourGigabytes() throws IOException {
        Path file = folder.resolve("large.safetensors");
        FloatBuffer piece = FloatBuffer.allocate(1 << 20);
        List<StreamedTensor> tensors =
                IntStream.range(0, 68)
                        .mapToObj(
                                i ->
                                        StreamedTensor.of(
                                                "w" + i,
                                                new Shape(16, 1 << 20),
                                                sink -> {
                                                    for (int row = 0; row < 16; row++) {
                                                        sink.put(piece.clear().put(0, i));
                                                    }
                                                }))
                        .toList();
        SafetensorsWriter.write(file, tensors, Map.of());
        assertThat(Files.size(file)).isGreaterThan(68L * 16 * 4 << 20);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.floats("w67").getFloat()).isEqualTo(67);
        }
    }

    private static float[] random(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            // As bfloat16 holds exactly, so that every type gives it back.
            values[i] = random.nextInt(255) * 0x1p-7f - 1;
        }
        return values;
    }
}
