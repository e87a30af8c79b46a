package dev.vitrail.converter.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.ElementType;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphCheck;
import dev.vitrail.converter.graph.GraphText;
import dev.vitrail.converter.graph.TensorType;
import dev.vitrail.converter.testing.OnnxRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxReaderTest {
    private static final String TEXT =
            """
            graph g opset 17, com.microsoft 1
            input x: float[batch,40]
            input ids: int64[2*batch]
            weight w: float[40,50] = ...
            weight shape: int64[2] = {-1, 5}
            weight half: float16[1] = {15360}
            weight flag: bool[] = {1}
            fc: float[batch,50] = MatMul(x, w) "first"
            gelu: float[batch,50] = com.microsoft::FastGelu(fc)
            a: float[10*batch,5] = Reshape(gelu, shape) {allowzero = 0}
            _, r: int64[10*batch,5] = Odd(a, , flag) {f = 1.5, fs = [1.0, 2.0], is = [1, 2], s = "t", ss = ["a", "b"], value = int64[1]{3}} @odd
            y: float[10*batch,5] = Relu(a)
            output y
            output r
            """;

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("model.onnx");
    }

    @ParameterizedTest
    @EnumSource(ExternalDataPolicy.class)
    void readsWhatWasWritten(ExternalDataPolicy policy) {
        Graph graph = GraphText.parse(TEXT, OnnxRun::weights);
        write(graph, policy);
        OnnxModel model = OnnxReader.read(file);
        assertThat(GraphText.print(model.graph())).isEqualTo(TEXT);
        assertThat(model.graph().initializers().get(0).data().bytes())
                .isEqualTo(graph.initializers().get(0).data().bytes());
        assertThat(model.irVersion()).isEqualTo(8);
        assertThat(model.metadata())
                .isEqualTo(OnnxMetadata.of("vitrail", "1", Map.of("k", "v", "a", "b")));
    }

    @Test
    void writesWhatWasReadToTheSameBytes() throws IOException {
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.AUTO);
        OnnxModel model = OnnxReader.read(file);
        Path copy = folder.resolve("copy.onnx");
        try (PendingModel pending =
                OnnxWriter.write(model.graph(), model.metadata(), copy, ExternalDataPolicy.AUTO)) {
            pending.commit();
        }
        assertThat(copy).hasSameBinaryContentAs(file);
    }

    @Test
    void readsTheFieldsThatOtherWritersUseForSmallTensors() throws IOException {
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.AUTO);
        edit(
                model ->
                        model.getGraphBuilder()
                                .getInitializerBuilder(1)
                                .clearRawData()
                                .addInt64Data(-1)
                                .addInt64Data(5));
        edit(
                model ->
                        model.getGraphBuilder()
                                .getInitializerBuilder(2)
                                .clearRawData()
                                .addInt32Data(15360));
        edit(
                model ->
                        model.getGraphBuilder()
                                .getInitializerBuilder(3)
                                .clearRawData()
                                .addInt32Data(1));
        assertThat(GraphText.print(OnnxReader.read(file).graph())).isEqualTo(TEXT);
    }

    @Test
    void readsAModelThatDoesNotStateTheTypesBetweenNodes() throws IOException {
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.AUTO);
        edit(model -> model.getGraphBuilder().clearValueInfo());
        Graph graph = OnnxReader.read(file).graph();
        assertThat(graph.nodes().get(0).output().type()).isEqualTo(TensorType.UNKNOWN);
        assertThat(graph.outputs().get(0).type().elementType()).isEqualTo(ElementType.FLOAT);
        assertThat(GraphCheck.problems(graph)).contains("fc has no type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "this is text, not a model", "PK\u0003\u0004 a zip perhaps"})
    void refusesWhatIsNoModel(String content) throws IOException {
        Files.writeString(file, content);
        assertThatThrownBy(() -> OnnxReader.read(file))
                .isInstanceOf(ExportException.class)
                .hasMessageMatching(".*model\\.onnx: (is no ONNX model[, ][^:]*|has 0 bytes.*)");
    }

    @Test
    void refusesHalfAModel() throws IOException {
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.AUTO);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> OnnxReader.read(file))
                .isInstanceOf(ExportException.class)
                .hasMessageEndingWith(
                        "model.onnx: is no ONNX model, or not a whole one; copy or export it"
                                + " again");
    }

    @Test
    void refusesAMissingFileAndAFolder() {
        assertThatThrownBy(() -> OnnxReader.read(file)).hasMessageEndingWith("does not exist");
        assertThatThrownBy(() -> OnnxReader.read(folder)).hasMessageEndingWith("is no file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "/etc/passwd",
                "a/../../x",
                "a/b",
                "..",
                ".",
                "",
                " ",
                "C:\\x",
                "a\\b",
                "model.onnx_data\u0000x",
                "C:x"
            })
    void refusesDataOutsideTheFolder(String location) throws IOException {
        writeExternal();
        external("location", location);
        assertThatThrownBy(() -> OnnxReader.read(file))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("model.onnx: tensor w has its data in \"")
                .hasMessageEndingWith("which is not the plain name of a file beside the model");
    }

    @Test
    void refusesLinksToData() throws IOException {
        writeExternal();
        Path data = folder.resolve("model.onnx_data");
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("secret");
        Files.move(data, elsewhere);
        Files.createSymbolicLink(data, elsewhere);
        refuses("which is a link");
        Files.delete(data);
        Files.createLink(data, elsewhere);
        refuses("which has other names too (hard links)");
    }

    @Test
    void refusesDataThatIsMissingAFolderOrTooShort() throws IOException {
        writeExternal();
        Path data = folder.resolve("model.onnx_data");
        Files.write(data, new byte[7999]);
        refuses("needs 8,000 bytes from byte 0 of model.onnx_data, which has 7,999");
        Files.delete(data);
        refuses("which is missing");
        Files.createDirectory(data);
        refuses("which is no regular file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "offset | -1 | states the offset \"-1\", not a number of bytes",
                "offset | 9e18 | states the offset \"9e18\", not a number of bytes",
                "offset | 9000000000000000000 | states the offset \"9000000000000000000\", not a"
                        + " number",
                "offset | 1 | needs 8,000 bytes from byte 1 of model.onnx_data, which has 8,000",
                "length | x | states the length \"x\", not a number of bytes",
                "length | 4 | has 4 bytes outside, its shape needs 8,000",
                "length | 900000000000000000 | has 900,000,000,000,000,000 bytes outside, its"
                        + " shape",
            })
    void refusesPlacesThatAreNotThere(String key, String value, String message) throws IOException {
        writeExternal();
        external(key, value);
        assertThatThrownBy(() -> OnnxReader.read(file))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("model.onnx: tensor w " + message);
    }

    @Test
    void refusesShapesThatDoNotFitTheirData() throws IOException {
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.AUTO);
        edit(model -> model.getGraphBuilder().getInitializerBuilder(0).setDims(0, 41));
        refuses("holds the tensor w with 8000 bytes, but float[41,50] has 8200");
        edit(model -> model.getGraphBuilder().getInitializerBuilder(0).setDims(0, -1));
        refuses("holds the tensor w with the extent -1");
        edit(model -> model.getGraphBuilder().getInitializerBuilder(0).setDims(0, Long.MAX_VALUE));
        refuses("holds the tensor w of more than 2^63 bytes");
    }

    @Test
    void refusesByNameWhatItHasNoWordsFor() throws IOException {
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.AUTO);
        edit(model -> model.addFunctionsBuilder().setName("mine"));
        refuses("defines the function mine; models with functions of their own are not supported");
        edit(model -> model.clearFunctions().clearOpsetImport());
        refuses("is no ONNX model (it states no graph or no opset)");
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.AUTO);
        edit(
                model ->
                        model.getGraphBuilder()
                                .getInitializerBuilder(0)
                                .setDataType(TensorProto.DataType.COMPLEX64_VALUE));
        refuses("has the tensor w of ONNX's element type 14, which is not supported");
        edit(
                model ->
                        model.getGraphBuilder()
                                .getInitializerBuilder(0)
                                .setDataType(TensorProto.DataType.STRING_VALUE));
        refuses("has the tensor w of ONNX's element type 8, which is not supported");
        edit(model -> model.getGraphBuilder().addSparseInitializerBuilder());
        refuses("has sparse tensors, which are not supported");
    }

    @Test
    void refusesAGraphInsideANode() throws IOException {
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.AUTO);
        edit(
                model ->
                        model.getGraphBuilder()
                                .getNodeBuilder(0)
                                .addAttributeBuilder()
                                .setName("then_branch")
                                .setType(AttributeProto.AttributeType.GRAPH));
        refuses("then_branch");
        refuses("GRAPH, which is not supported");
    }

    @Test
    void refusesMetadataAndTensorsThatAreThereTwice() throws IOException {
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.AUTO);
        edit(
                model ->
                        model.addMetadataProps(
                                StringStringEntryProto.newBuilder().setKey("k").setValue("w")));
        refuses("states the metadata k twice");
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.AUTO);
        edit(model -> model.getGraphBuilder().addInitializer(model.getGraph().getInitializer(1)));
        refuses("holds the tensor shape twice");
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> OnnxReader.read(file))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("model.onnx: ")
                .hasMessageContaining(message);
    }

    private void writeExternal() {
        write(GraphText.parse(TEXT, OnnxRun::weights), ExternalDataPolicy.ALWAYS);
    }

    private void external(String key, String value) throws IOException {
        edit(
                model ->
                        model
                                .getGraphBuilder()
                                .getInitializerBuilder(0)
                                .getExternalDataBuilderList()
                                .stream()
                                .filter(entry -> entry.getKey().equals(key))
                                .forEach(entry -> entry.setValue(value)));
    }

    private void edit(Consumer<ModelProto.Builder> change) throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
        change.accept(model);
        Files.write(file, model.build().toByteArray());
    }

    private void write(Graph graph, ExternalDataPolicy policy) {
        OnnxMetadata metadata = OnnxMetadata.of("vitrail", "1", Map.of("k", "v", "a", "b"));
        try (PendingModel pending = OnnxWriter.write(graph, metadata, file, policy)) {
            pending.commit();
        }
    }
}
