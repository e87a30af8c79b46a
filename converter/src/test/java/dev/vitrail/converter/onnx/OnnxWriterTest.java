package dev.vitrail.converter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Attribute;
import dev.vitrail.converter.graph.Dim;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphBuilder;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.graph.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxWriterTest {
    private static final int IN = 96;
    private static final int OUT = 70;
    private static final OnnxMetadata METADATA =
            OnnxMetadata.of("vitrail", "1", Map.of("b", "2", "a", "1"));

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(ExternalDataPolicy.class)
    void onnxRuntimeComputesWithTheWeightsThatWereGiven(ExternalDataPolicy policy)
            throws Exception {
        Path target = folder.resolve("linear.onnx");
        WrittenModel written = write(linear(17), target, policy);
        assertThat(written.dataFile().isPresent()).isEqualTo(policy == ExternalDataPolicy.ALWAYS);
        float[][] outputs = run(target, input());
        for (int row = 0; row < 3; row++) {
            for (int out = 0; out < OUT; out++) {
                double expected = bias(out);
                for (int in = 0; in < IN; in++) {
                    expected += (double) input()[row][in] * weight(out, in);
                }
                // Sums of 96 products of magnitude 1 in 32-bit floats.
                assertThat((double) outputs[row][out])
                        .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-4));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ExternalDataPolicy.class)
    void writesTheBytesThatProtobufWouldWrite(ExternalDataPolicy policy) throws IOException {
        Path target = folder.resolve("linear.onnx");
        write(linear(17), target, policy);
        byte[] bytes = Files.readAllBytes(target);
        assertThat(ModelProto.parseFrom(bytes).toByteArray()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource(ExternalDataPolicy.class)
    void givesTheSameBytesForTheSameGraph(ExternalDataPolicy policy) throws IOException {
        WrittenModel first = write(linear(17), folder.resolve("linear.onnx"), policy);
        byte[] model = Files.readAllBytes(first.file());
        WrittenModel second = write(linear(17), folder.resolve("linear.onnx"), policy);
        assertThat(Files.readAllBytes(second.file())).isEqualTo(model);
        assertThat(second.weightsSha256()).isEqualTo(first.weightsSha256());
    }

    @ParameterizedTest
    @EnumSource(ExternalDataPolicy.class)
    void hashesTheStoredBytesOfEveryInitializerInTheOrderOfTheFile(ExternalDataPolicy policy)
            throws Exception {
        WrittenModel written = write(linear(17), folder.resolve("linear.onnx"), policy);
        ByteBuffer bytes = ByteBuffer.allocate(4 * (IN * OUT + OUT)).order(ByteOrder.LITTLE_ENDIAN);
        for (int in = 0; in < IN; in++) {
            for (int out = 0; out < OUT; out++) {
                bytes.putFloat(weight(out, in));
            }
        }
        for (int out = 0; out < OUT; out++) {
            bytes.putFloat(bias(out));
        }
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.array());
        assertThat(written.weightsSha256()).isEqualTo(HexFormat.of().formatHex(hash));
    }

    @Test
    void keepsSmallTensorsInTheModelAndAlignsTheOthers() throws IOException {
        Path target = folder.resolve("linear.onnx");
        write(linear(17), target, ExternalDataPolicy.ALWAYS);
        var initializers = ModelProto.parseFrom(Files.readAllBytes(target)).getGraph();
        assertThat(initializers.getInitializer(0).getExternalDataList())
                .extracting(e -> e.getKey() + "=" + e.getValue())
                .containsExactly("location=linear.onnx_data", "offset=0", "length=" + 4 * IN * OUT);
        assertThat(initializers.getInitializer(1).getRawData().size()).isEqualTo(4 * OUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 18, 19, 20, 21, 22, 23})
    void everyOpsetLoadsInOnnxRuntime(int opset) throws Exception {
        Path target = folder.resolve("linear.onnx");
        write(linear(opset), target, ExternalDataPolicy.AUTO);
        assertThat(run(target, input())).hasDimensions(3, OUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 24, 999})
    void refusesOpsetsItDoesNotKnow(int opset) throws IOException {
        assertThatThrownBy(
                        () ->
                                write(
                                        linear(opset),
                                        folder.resolve("x.onnx"),
                                        ExternalDataPolicy.AUTO))
                .isInstanceOf(ExportException.class)
                .hasMessage("opset " + opset + " cannot be written; 17 to 23 can");
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void metadataThatIsKnownLaterIsInTheFile() throws Exception {
        Path target = folder.resolve("linear.onnx");
        try (PendingModel pending =
                OnnxWriter.write(linear(17), METADATA, target, ExternalDataPolicy.AUTO)) {
            assertThat(target).doesNotExist();
            pending.addMetadata(Map.of("verified", "yes", "hash", pending.weightsSha256()));
            WrittenModel written = pending.commit();
            assertThat(written.fileBytes()).isEqualTo(Files.size(target));
        }
        byte[] bytes = Files.readAllBytes(target);
        ModelProto model = ModelProto.parseFrom(bytes);
        assertThat(model.getMetadataPropsList())
                .extracting(e -> e.getKey())
                .containsExactly("a", "b", "hash", "verified");
        assertThat(model.toByteArray()).isEqualTo(bytes);
        assertThat(run(target, input())).hasDimensions(3, OUT);
    }

    @ParameterizedTest
    @EnumSource(ExternalDataPolicy.class)
    void nothingIsLeftOfAModelThatIsClosed(ExternalDataPolicy policy) throws IOException {
        PendingModel pending =
                OnnxWriter.write(linear(17), METADATA, folder.resolve("x.onnx"), policy);
        assertThat(pending.model()).exists();
        pending.close();
        assertThat(leftBehind()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ExternalDataPolicy.class)
    void aFullDiskLeavesNothingAndSaysWhatIsNeeded(ExternalDataPolicy policy) throws IOException {
        Graph graph = withWeight(1 << 20, "No space left on device");
        assertThatThrownBy(() -> write(graph, folder.resolve("x.onnx"), policy))
                .isInstanceOf(ExportException.class)
                .hasMessageMatching(
                        ".*x\\.onnx: cannot be written: no space left on device; it needs"
                                + " 4,19\\d,\\d{3} bytes");
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void aFailedWriteLeavesTheEarlierModelAlone() throws IOException {
        Path target = folder.resolve("x.onnx");
        write(linear(17), target, ExternalDataPolicy.AUTO);
        byte[] before = Files.readAllBytes(target);
        Graph graph = withWeight(1 << 20, "gone");
        assertThatThrownBy(() -> write(graph, target, ExternalDataPolicy.AUTO))
                .isInstanceOf(ExportException.class);
        assertThat(Files.readAllBytes(target)).isEqualTo(before);
        assertThat(leftBehind()).containsExactly("x.onnx");
    }

    @Test
    void refusesOneFileAboveTwoGigabytesBeforeReadingAWeight() throws IOException {
        Graph graph = withWeight(700_000_000, "must not be read");
        assertThatThrownBy(() -> write(graph, folder.resolve("x.onnx"), ExternalDataPolicy.NEVER))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("x.onnx: the model needs 2,800,0")
                .hasMessageEndingWith(
                        "bytes and one ONNX file can hold 2,147,483,647; allow external data (auto"
                                + " or always)");
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void refusesAFolderThatDoesNotExist() {
        Path target = folder.resolve("missing").resolve("x.onnx");
        assertThatThrownBy(() -> write(linear(17), target, ExternalDataPolicy.AUTO))
                .isInstanceOf(ExportException.class)
                .hasMessageEndingWith("missing does not exist; create it first");
    }

    @Test
    void refusesAFolderThatCannotBeWrittenTo() {
        Path target = Path.of("/proc", "x.onnx");
        Assumptions.assumeTrue(
                Files.isDirectory(target.getParent()), "needs a folder that nobody can write to");
        assertThatThrownBy(() -> write(linear(17), target, ExternalDataPolicy.AUTO))
                .isInstanceOf(ExportException.class)
                .hasMessageStartingWith("/proc/x.onnx: the folder /proc cannot be written to");
    }

    @Test
    void refusesATargetThatIsAFolder() {
        assertThatThrownBy(() -> write(linear(17), folder, ExternalDataPolicy.AUTO))
                .isInstanceOf(ExportException.class)
                .hasMessageEndingWith("is a folder; the target must be a file such as model.onnx");
    }

    private List<String> leftBehind() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static WrittenModel write(Graph graph, Path target, ExternalDataPolicy policy) {
        try (PendingModel pending = OnnxWriter.write(graph, METADATA, target, policy)) {
            return pending.commit();
        }
    }

    /** {@code x · weightᵀ + bias}, the weight kept as {@code [out, in]}. */
    private static Graph linear(int opset) {
        ByteBuffer weight = ByteBuffer.allocateDirect(4 * IN * OUT).order(ByteOrder.LITTLE_ENDIAN);
        for (int out = 0; out < OUT; out++) {
            for (int in = 0; in < IN; in++) {
                weight.putFloat(weight(out, in));
            }
        }
        weight.flip();
        float[] bias = new float[OUT];
        for (int out = 0; out < OUT; out++) {
            bias[out] = bias(out);
        }
        TensorData rows = TensorData.ofBuffers(weight.remaining(), () -> List.of(weight));
        GraphBuilder builder = new GraphBuilder("linear", opset);
        Value x =
                builder.input(
                        "x",
                        new TensorType(ElementType.FLOAT, List.of(Dim.batch(), Dim.fixed(IN))));
        TensorType result = new TensorType(ElementType.FLOAT, List.of(Dim.batch(), Dim.fixed(OUT)));
        Value w =
                builder.weight(
                        "fc.weight",
                        TensorType.of(ElementType.FLOAT, IN, OUT),
                        TensorData.transposed(rows, OUT, IN, 4));
        Value b =
                builder.weight(
                        "fc.bias",
                        TensorType.of(ElementType.FLOAT, OUT),
                        TensorData.ofFloats(bias));
        Value product = builder.node("MatMul", "fc", result, x, w);
        builder.output("y", builder.node("Add", "fc", result, product, b));
        return builder.build();
    }

    /** A graph with one weight that fails when it is read. */
    private static Graph withWeight(int elements, String failure) {
        TensorData data =
                new TensorData() {
                    @Override
                    public long byteSize() {
                        return 4L * elements;
                    }

                    @Override
                    public void writeTo(WritableByteChannel channel) throws IOException {
                        channel.write(ByteBuffer.allocate(100_000));
                        throw new IOException(failure);
                    }
                };
        GraphBuilder builder = new GraphBuilder("failing", 17);
        TensorType type = TensorType.of(ElementType.FLOAT, elements);
        Value x = builder.input("x", type);
        Value w = builder.weight("w", type, data);
        builder.output(
                "y", builder.node("Mul", "mul", type, Map.of("unused", Attribute.of(1)), x, w));
        return builder.build();
    }

    private static float weight(int out, int in) {
        return (float) Math.sin(out * 31 + in * 7);
    }

    private static float bias(int out) {
        return out / 10f;
    }

    private static float[][] input() {
        float[][] rows = new float[3][IN];
        for (int row = 0; row < 3; row++) {
            for (int in = 0; in < IN; in++) {
                rows[row][in] = (float) Math.cos(row * 13 + in);
            }
        }
        return rows;
    }

    private static float[][] run(Path model, float[][] input) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtSession session = environment.createSession(model.toString(), options);
                OnnxTensor x = OnnxTensor.createTensor(environment, input);
                OrtSession.Result result = session.run(Map.of("x", x))) {
            return (float[][]) result.get(0).getValue();
        }
    }
}
