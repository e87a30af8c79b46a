package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.vitrail.runtime.SessionConfig.WeightsCheck;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelRefusalTest {
    private static final SessionConfig CPU =
            SessionConfig.defaults().withProvider(Provider.CPU).withIntraOpThreads(1);

    @TempDir private Path folder;

    static Stream<Arguments> filesThatAreNoModel() {
        byte[] whole = new ModelFile().build().toByteArray();
        return Stream.of(
                arguments(new byte[0], "is empty (0 bytes), must be an ONNX model"),
                arguments(bytes("not a model\n"), "is text, must be an ONNX model"),
                arguments(
                        bytes("PK\u0003\u0004\0\0\0\0"),
                        "is a zip archive, perhaps a PyTorch or NumPy file, must be an ONNX model"),
                arguments(
                        bytes("\u0002\0\0\0\0\0\0\0{}"),
                        "is a safetensors file, which holds weights and no network, must be an ONNX"
                                + " model"),
                arguments(
                        bytes("\0\0\0\0ORTM\0"),
                        "is in ONNX Runtime's own format, must be an ONNX model"),
                arguments(
                        Arrays.copyOf(whole, whole.length / 2),
                        "not a whole ONNX model: it ends at byte "
                                + whole.length / 2
                                + ", but the part that begins at byte "),
                arguments(
                        new byte[] {8, 8},
                        "not a whole ONNX model: it has no graph; copy or export it again"),
                arguments(
                        new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 1},
                        "not a whole ONNX model: no field begins at byte 0"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @MethodSource("filesThatAreNoModel")
    void refusesFilesThatAreNoModel(byte[] content, String message) throws Exception {
        Path file = Files.write(folder.resolve("model.onnx"), content);
        assertThatThrownBy(() -> Classifier.open(file, CPU))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith(file + ": " + message);
        assertThatThrownBy(() -> Classifier.open(content, "memory", CPU))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith("memory: " + message);
    }

    @Test
    void refusesMissingFilesAndFolders() {
        assertThatThrownBy(() -> Classifier.open(folder.resolve("none.onnx")))
                .hasMessage(folder.resolve("none.onnx") + ": no such file");
        assertThatThrownBy(() -> Classifier.open(folder))
                .hasMessage(
                        folder + ": is a folder, must be an ONNX file; a run is exported first");
    }

    static Stream<Arguments> modelsThatDoNotFit() {
        return Stream.of(
                arguments(
                        new ModelFile().with("vitrail.labels", null),
                        "has no metadata vitrail.labels, so it cannot be classified with"),
                arguments(
                        new ModelFile().with("vitrail.preprocessing", null),
                        "has no metadata vitrail.preprocessing, so it cannot be classified with"),
                arguments(
                        new ModelFile().with("vitrail.labels", "[\"red\",\"green\"]"),
                        "has 3 logits but metadata vitrail.labels has 2 names, must be as many"),
                arguments(
                        new ModelFile().with("vitrail.labels", "[\"a\",\"b\",\"c\",\"d\"]"),
                        "has 3 logits but metadata vitrail.labels has 4 names, must be as many"),
                arguments(
                        new ModelFile().with("vitrail.labels", "red,green,blue"),
                        "metadata vitrail.labels is not what it must be: it is not JSON from its"
                                + " character "),
                arguments(
                        new ModelFile().with("vitrail.labels", "[\"red\",1,\"blue\"]"),
                        "metadata vitrail.labels has 1 at index 1, must be an array of class"
                                + " names"),
                arguments(
                        new ModelFile().with("vitrail.labels", "{\"0\":\"red\"}"),
                        "metadata vitrail.labels has \"red\" at index 0, must be an array"),
                arguments(
                        new ModelFile().with("vitrail.labels", "[\"\\ud800\",\"b\",\"c\"]"),
                        "metadata vitrail.labels has "),
                arguments(
                        new ModelFile().with("vitrail.labels", "[]"),
                        "metadata vitrail.labels holds no class name, must be an array of them"),
                arguments(
                        new ModelFile().with("vitrail.preprocessing", "{"),
                        "metadata vitrail.preprocessing is not what it must be: it is not JSON"),
                arguments(
                        new ModelFile().with("vitrail.preprocessing", "null"),
                        "metadata vitrail.preprocessing is null, must be an object"),
                arguments(
                        new ModelFile()
                                .with(
                                        "vitrail.preprocessing",
                                        ModelFile.PREPROCESSING.replace(
                                                "\"mean\"", "\"x\":1,\"mean\"")),
                        "metadata vitrail.preprocessing.x is not what it must be: no such key is"
                                + " known; these are: color_profile, crop, crop_mode, "),
                arguments(
                        new ModelFile()
                                .with(
                                        "vitrail.preprocessing",
                                        ModelFile.PREPROCESSING.replace(
                                                "\"crop\"", "\"crop_mode\":\"tile\",\"crop\"")),
                        "metadata vitrail.preprocessing.crop_mode is not what it must be: it is"
                                + " \"tile\", must be one of center, squash, border"),
                arguments(
                        new ModelFile().with("vitrail.preprocessing", "{}"),
                        "metadata vitrail.preprocessing.resize is not what it must be: it is"
                                + " missing"),
                arguments(
                        new ModelFile().with("vitrail.preprocessing", "[]"),
                        "metadata vitrail.preprocessing is not what it must be: it must be "),
                arguments(
                        new ModelFile()
                                .with(
                                        "vitrail.preprocessing",
                                        ModelFile.PREPROCESSING.replaceFirst(
                                                "\"mean\":\\[[^]]*]", "\"mean\":{}")),
                        "metadata vitrail.preprocessing.mean is not what it must be: it must be an"
                                + " array"),
                arguments(
                        new ModelFile()
                                .with(
                                        "vitrail.preprocessing",
                                        ModelFile.PREPROCESSING.replace("bilinear", "area")),
                        "metadata vitrail.preprocessing is not what it must be: interpolation is"
                                + " \"area\", must be "),
                arguments(
                        new ModelFile()
                                .with(
                                        "vitrail.preprocessing",
                                        ModelFile.PREPROCESSING.replace(
                                                "\"crop\":8", "\"crop\":16")),
                        "input pixel_values is float [-1, 3, 8, 8], must be float or float16"
                                + " [batch, 3, 16, 16]"));
    }

    @ParameterizedTest
    @MethodSource("modelsThatDoNotFit")
    void refusesModelsWhoseMetadataDoesNotFit(ModelFile model, String message) throws Exception {
        Path file = model.writeTo(folder.resolve("model.onnx"));
        assertThatThrownBy(() -> Classifier.open(file, CPU))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith(file + ": " + message)
                .message()
                .doesNotContain("\n", "fasterxml", "dev.vitrail", "java.");
    }

    static Stream<Arguments> brokenGraphs() {
        return Stream.of(
                change(
                        "an unknown operator",
                        "Wibble",
                        m -> m.getGraphBuilder().getNodeBuilder(1).setOpType("Wibble")),
                change(
                        "an opset of the future",
                        "999",
                        m -> m.getOpsetImportBuilder(0).setVersion(999)),
                change("a format of the future", "999", m -> m.setIrVersion(999)),
                change("no opset", "opset", m -> m.clearOpsetImport()),
                change(
                        "no outputs",
                        "has the outputs [], must have one",
                        m -> m.getGraphBuilder().clearOutput()),
                change(
                        "a value made twice",
                        "logits",
                        m -> m.getGraphBuilder().addNode(m.getGraph().getNode(1))),
                change(
                        "a cycle",
                        "cannot load this model",
                        m -> m.getGraphBuilder().getNodeBuilder(0).setInput(0, "logits")),
                change(
                        "two inputs",
                        "has the inputs [pixel_values, other], must have one",
                        m -> m.getGraphBuilder().addInput(ModelFile.value("other", 1))),
                change(
                        "an input of rank 3",
                        "input pixel_values is float [-1, 3, 64], must be float or float16 [batch,"
                                + " 3, 8, 8]",
                        m ->
                                m.getGraphBuilder()
                                        .setInput(
                                                0,
                                                ModelFile.value("pixel_values", "batch", 3, 64))),
                arguments(
                        "an input of bfloat16",
                        new ModelFile().halves(TensorProto.DataType.BFLOAT16).build().toByteArray(),
                        "input pixel_values is bfloat16 [-1, 3, 8, 8], must be float or float16"
                                + " [batch, 3, 8, 8]"),
                change(
                        "an output of rank 4",
                        "output pixel is float [-1, 3, 8, 8], must be float [batch, classes]",
                        m -> {
                            m.getGraphBuilder()
                                    .clearOutput()
                                    .addOutput(ModelFile.value("pixel", "batch", 3, 8, 8));
                            m.getGraphBuilder()
                                    .addNode(
                                            ModelFile.node(
                                                    "Relu", List.of("pixel_values"), "pixel"));
                        }),
                change(
                        "metadata given twice",
                        "not a whole ONNX model: metadata vitrail.labels is given twice",
                        m -> m.addMetadataProps(ModelFile.entry("vitrail.labels", "[]"))));
    }

    private static Arguments change(
            String what, String message, java.util.function.Consumer<ModelProto.Builder> change) {
        ModelProto.Builder model = new ModelFile().build().toBuilder();
        change.accept(model);
        return arguments(what, model.build().toByteArray(), message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenGraphs")
    void refusesBrokenGraphs(String what, byte[] model, String message) {
        assertThatThrownBy(() -> Classifier.open(model, "model.onnx", CPU))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith("model.onnx: ")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void refusesWordsThatAreNoProvider() {
        assertThat(Provider.parse(" CUDA:2 ")).isEqualTo(new Provider.Cuda(2));
        assertThat(Provider.parse("cpu").id()).isEqualTo("cpu");
        assertThat(Provider.parse("auto")).isEqualTo(Provider.AUTO);
        for (String word : List.of("gpu", "", "cuda:", "cuda:-1", "cuda:99999999999")) {
            assertThatThrownBy(() -> Provider.parse(word))
                    .isInstanceOf(RuntimeFailure.class)
                    .hasMessage(
                            "provider is \""
                                    + word
                                    + "\", must be auto, cpu, cuda or cuda:N (N the device"
                                    + " number)");
        }
    }

    @Test
    void neverFallsBackFromCudaSilently() {
        byte[] model = new ModelFile().build().toByteArray();
        boolean cuda =
                ai.onnxruntime.OrtEnvironment.getAvailableProviders()
                        .contains(ai.onnxruntime.OrtProvider.CUDA);
        org.junit.jupiter.api.Assumptions.assumeFalse(cuda, "this build has the CUDA provider");
        assertThatThrownBy(() -> Classifier.open(model, "m", CPU.withProvider(Provider.CUDA)))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith("provider cuda cannot be used: ")
                .hasMessageContaining("com.microsoft.onnxruntime:onnxruntime_gpu");
        try (Classifier auto = Classifier.open(model, "m", CPU.withProvider(Provider.AUTO))) {
            assertThat(auto.provider())
                    .isEqualTo(
                            new ProviderChoice(
                                    Provider.AUTO,
                                    Provider.CPU,
                                    "this ONNX Runtime build has no CUDA provider"));
        }
    }

    @Test
    void checksWeightsAgainstTheirHash() {
        ModelFile good = new ModelFile();
        good.with("vitrail.weights_sha256", good.weightsSha256());
        byte[] model = good.build().toByteArray();
        SessionConfig always = CPU.withWeightsCheck(WeightsCheck.ALWAYS);
        Classifier.open(model, "good", always).close();

        int weights = indexOf(model, good.weightBytes());
        model[weights + 100] ^= 1;
        Classifier.open(model, "not asked", CPU).close();
        assertThatThrownBy(() -> Classifier.open(model, "bad", always))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessageStartingWith("bad: the weights have SHA-256 ")
                .hasMessageContaining("its metadata says " + good.weightsSha256());
        byte[] without = new ModelFile().build().toByteArray();
        assertThatThrownBy(() -> Classifier.open(without, "bare", always))
                .hasMessageStartingWith("bare: has no metadata vitrail.weights_sha256");
    }

    private static int indexOf(byte[] whole, byte[] part) {
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        return text.indexOf(new String(part, StandardCharsets.ISO_8859_1));
    }

    @Test
    void refusesExternalDataHiddenInAttributesAndForBytes() {
        TensorProto hidden =
                TensorProto.newBuilder()
                        .setName("hidden")
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(ModelFile.entry("location", "../secret"))
                        .build();
        ModelProto.Builder model = new ModelFile().build().toBuilder();
        model.getGraphBuilder()
                .addNode(
                        ModelFile.node("Constant", List.of(), "c")
                                .addAttribute(
                                        AttributeProto.newBuilder()
                                                .setName("value")
                                                .setType(AttributeProto.AttributeType.TENSOR)
                                                .setT(hidden)));
        assertThatThrownBy(() -> Classifier.open(model.build().toByteArray(), "m", CPU))
                .isInstanceOf(RuntimeFailure.class)
                .hasMessage(
                        "m: tensor \"hidden\" has external data in \"../secret\", a model given as"
                                + " bytes must contain its weights");
    }

    /** Protobuf merges what occurs twice; together the two attributes would name a location. */
    @Test
    void refusesTensorsThatProtobufWouldMerge() throws Exception {
        ModelProto model = new ModelFile().build();
        byte[] twice =
                ByteString.copyFrom(model.toByteArray())
                        .concat(ByteString.copyFrom(model.toByteArray()))
                        .toByteArray();
        assertThat(ModelProto.parseFrom(twice).getGraph().getNodeCount()).isEqualTo(4);
        assertThatThrownBy(() -> Classifier.open(twice, "m", CPU))
                .hasMessageContaining("is given twice");
    }

    /**
     * One of the three nets, the others being ONNX Runtime and the hash; none may let the JVM die.
     */
    @Test
    void readsDamagedFilesWithoutSurprises() {
        ModelFile source = new ModelFile();
        byte[] whole =
                source.external(java.util.Map.of("location", "w.bin", "offset", "0")).toByteArray();
        Random random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = whole.clone();
            for (int change = 0; change <= random.nextInt(3); change++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                OnnxFileReader.read(damaged, "damaged");
            } catch (RuntimeFailure e) {
                refused++;
            }
        }
        // Most changes hit names and values, which any bytes of text may be.
        assertThat(refused).isBetween(1_000, 19_000);
    }
}
