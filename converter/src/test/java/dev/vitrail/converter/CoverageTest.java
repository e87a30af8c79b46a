package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.basicmodelzoo.basic.Mlp;
import ai.djl.basicmodelzoo.cv.classification.AlexNet;
import ai.djl.basicmodelzoo.cv.classification.GoogLeNet;
import ai.djl.basicmodelzoo.cv.classification.LeNet;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV1;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.NiN;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.basicmodelzoo.cv.classification.SqueezeNet;
import ai.djl.basicmodelzoo.cv.classification.VGG;
import ai.djl.basicmodelzoo.cv.object_detection.ssd.SingleShotDetection;
import ai.djl.basicmodelzoo.cv.object_detection.yolo.YOLOV3;
import ai.djl.basicmodelzoo.tabular.TabNet;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.Vocabulary;
import ai.djl.modality.nlp.embedding.TrainableTextEmbedding;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.core.ConstantEmbedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.core.LinearCollection;
import ai.djl.nn.core.Multiplication;
import ai.djl.nn.core.SparseMax;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.GhostBatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.nn.recurrent.GRU;
import ai.djl.nn.recurrent.LSTM;
import ai.djl.nn.recurrent.RNN;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.BertNextSentenceBlock;
import ai.djl.nn.transformer.BertPretrainingBlock;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.nn.transformer.PointwiseFeedForwardBlock;
import ai.djl.nn.transformer.ScaledDotProductAttentionBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.testing.DenseNet;
import dev.vitrail.converter.testing.OnnxChecker;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import dev.vitrail.converter.trace.SymbolicAxis;
import dev.vitrail.converter.verify.VerificationOptions;
import dev.vitrail.converter.verify.VerificationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * DJL's blocks and the networks of its basic model zoo: each exports and agrees with DJL, or is
 * refused for a reason. Writes the table {@code target/coverage.md}, of which the module's {@code
 * COVERAGE.md} is a copy.
 */
class CoverageTest {
    private static final SortedMap<Integer, String> ROWS = new ConcurrentSkipListMap<>();

    @TempDir static Path folder;

    record Subject(
            int place,
            String name,
            Supplier<Block> block,
            List<ArrayInput> inputs,
            long minimum,
            String refusal) {
        Subject at(long newPlace) {
            return new Subject((int) newPlace, name, block, inputs, minimum, refusal);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final class Subjects {
        private final List<Subject> all = new ArrayList<>();

        void add(String name, Supplier<Block> block, ArrayInput... inputs) {
            all.add(new Subject(all.size(), name, block, List.of(inputs), 1, ""));
        }

        void addFromBatchTwo(String name, Supplier<Block> block, ArrayInput... inputs) {
            all.add(new Subject(all.size(), name, block, List.of(inputs), 2, ""));
        }

        void refused(String name, String reason, Supplier<Block> block, ArrayInput... inputs) {
            all.add(new Subject(all.size(), name, block, List.of(inputs), 1, reason));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("subjects")
    void exportsAndAgreesWithDjlOrIsRefusedForAReason(Subject subject) throws IOException {
        check(subject);
    }

    @Tag("slow")
    @ParameterizedTest(name = "{0}")
    @MethodSource("largeNetworks")
    void exportsAndAgreesWithDjlWhereItTakesLonger(Subject subject) throws IOException {
        check(subject);
    }

    private static void check(Subject subject) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            manager.getEngine().setRandomSeed(3);
            Block block = subject.block().get();
            block.initialize(manager, DataType.FLOAT32, shapes(subject));
            Exporter exporter = new Exporter(block, options());
            subject.inputs().forEach(exporter::input);
            exporter.axis(new SymbolicAxis("batch", subject.minimum(), Long.MAX_VALUE));
            Path file = folder.resolve("network.onnx");
            if (subject.refusal().isEmpty()) {
                ExportReport report = exporter.export(file);
                VerificationReport found = report.verification().orElseThrow();
                assertThat(found.passed()).isTrue();
                OnnxChecker.checkWherePresent(file, report.opset());
                String row = row(subject, report);
                ROWS.put(
                        subject.place(),
                        row
                                + String.format(
                                        Locale.ROOT, "%.0e |", found.largestRelativeDifference()));
                assertStated(row);
            } else {
                assertThatThrownBy(() -> exporter.export(file))
                        .isInstanceOf(ExportException.class)
                        .hasMessageContaining(subject.refusal());
                String row =
                        "| " + subject.name() + " | not exported | " + subject.refusal() + " |";
                ROWS.put(subject.place(), row);
                assertStated(row);
            }
        }
    }

    static Shape[] shapes(Subject subject) {
        return subject.inputs().stream()
                .map(
                        input ->
                                new Shape(
                                        input.type().shape().stream()
                                                .mapToLong(extent -> extent.at(Map.of("batch", 2L)))
                                                .toArray()))
                .toArray(Shape[]::new);
    }

    private static ExportOptions options() {
        ExportOptions defaults = ExportOptions.defaults();
        return new ExportOptions(
                defaults.opset(),
                "network",
                List.of(),
                new TreeMap<>(),
                "test",
                "1",
                defaults.externalData(),
                Optional.of(
                        VerificationOptions.defaults()
                                .withSteps(0, 2)
                                .withIntegerBounds(Map.of("ids", 20L))),
                Map.of());
    }

    private static String row(Subject subject, ExportReport report) {
        String operators =
                report.operators().entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
        return "| " + subject.name() + " | " + operators + " | ";
    }

    /** The differences vary with the machine, the rest of a row may not. */
    private static void assertStated(String row) {
        assertThat(Path.of(System.getProperty("vitrail.root"), "converter", "COVERAGE.md"))
                .as("COVERAGE.md, whose table target/coverage.md has anew")
                .content()
                .contains(row);
    }

    @AfterAll
    static void writeTheTable() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("| Block or network | Operators at opset 17 | Largest difference |");
        lines.add("| --- | --- | --- |");
        lines.addAll(ROWS.values());
        Path target = Path.of("target");
        Files.createDirectories(target);
        Files.write(target.resolve("coverage.md"), lines);
    }

    private static ArrayInput floats(long... sizes) {
        return ArrayInput.batchOf("x", sizes);
    }

    private static ArrayInput ids(long... sizes) {
        List<Extent> shape = new ArrayList<>(List.of(Extent.axis("batch")));
        for (long size : sizes) {
            shape.add(Extent.of(size));
        }
        return new ArrayInput("ids", new ArrayType(NumberType.INT64, shape));
    }

    static Stream<Subject> subjects() {
        Subjects subjects = new Subjects();
        layers(subjects);
        containers(subjects);
        recurrent(subjects);
        transformers(subjects);
        networks(subjects);
        return subjects.all.stream();
    }

    /** The networks of the basic model zoo, and BERT. */
    static Stream<Subject> networks() {
        Subjects transformers = new Subjects();
        transformers(transformers);
        Subjects networks = new Subjects();
        networks(networks);
        return Stream.concat(
                networks.all.stream(),
                transformers.all.stream().filter(subject -> subject.name().equals("BertBlock")));
    }

    private static void layers(Subjects s) {
        s.add("Linear", () -> Linear.builder().setUnits(5).build(), floats(4));
        s.add("Linear on a sequence", () -> Linear.builder().setUnits(5).build(), floats(3, 4));
        s.add(
                "Linear without bias",
                () -> Linear.builder().setUnits(5).optBias(false).build(),
                floats(3, 4));
        s.add(
                "LinearCollection",
                () -> LinearCollection.builder().setUnits(5).build(),
                floats(3, 4));
        s.add("Multiplication", () -> Multiplication.builder().setUnits(3).build(), floats(4));
        s.add("SparseMax", () -> new SparseMax(1, 3), floats(6));
        s.add(
                "IdEmbedding",
                () -> new IdEmbedding.Builder().setDictionarySize(20).setEmbeddingSize(6).build(),
                ids(5));
        s.add(
                "ConstantEmbedding",
                () -> {
                    NDManager manager = NDManager.newBaseManager();
                    return new ConstantEmbedding(manager.arange(6f));
                },
                floats(5));
        s.add(
                "TrainableTextEmbedding",
                () ->
                        new TrainableTextEmbedding(
                                TrainableWordEmbedding.builder()
                                        .setVocabulary(vocabulary())
                                        .setEmbeddingSize(6)
                                        .build()),
                ids(5));
        s.add(
                "Conv1d",
                () -> Conv1d.builder().setKernelShape(new Shape(3)).setFilters(4).build(),
                floats(2, 9));
        s.add(
                "Conv2d, padded, dilated, grouped",
                () ->
                        Conv2d.builder()
                                .setKernelShape(new Shape(3, 3))
                                .setFilters(4)
                                .optStride(new Shape(2, 1))
                                .optPadding(new Shape(1, 2))
                                .optDilation(new Shape(1, 2))
                                .optGroups(2)
                                .build(),
                floats(4, 9, 8));
        s.add(
                "Conv3d without bias",
                () ->
                        Conv3d.builder()
                                .setKernelShape(new Shape(2, 2, 2))
                                .setFilters(3)
                                .optBias(false)
                                .build(),
                floats(2, 5, 4, 6));
        s.add("BatchNorm", () -> BatchNorm.builder().build(), floats(4, 5, 5));
        s.add("BatchNorm, last axis", () -> BatchNorm.builder().optAxis(2).build(), floats(5, 4));
        s.add("GhostBatchNorm", () -> GhostBatchNorm.builder().build(), floats(4, 5));
        s.refused(
                "GhostBatchNorm in parts of 4",
                "cannot be evenly split",
                () -> GhostBatchNorm.builder().optVirtualBatchSize(4).build(),
                floats(4, 5));
        s.add("LayerNorm", () -> LayerNorm.builder().axis(2).build(), floats(3, 4));
        s.add("LayerNorm, two axes", () -> LayerNorm.builder().axis(1, 2).build(), floats(3, 4));
        s.add("Dropout", () -> Dropout.builder().build(), floats(3, 4));
        s.add("Activation swish", () -> Activation.swishBlock(1.2f), floats(3, 4));
        s.add("Activation mish", Activation::mishBlock, floats(3, 4));
        s.add("Activation gelu", Activation::geluBlock, floats(3, 4));
        s.add(
                "Pool max",
                () -> Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)),
                floats(2, 6, 6));
        s.add(
                "Pool average",
                () -> Pool.avgPool2dBlock(new Shape(3, 3), new Shape(2, 2)),
                floats(2, 7, 6));
        s.add("Pool global", Pool::globalAvgPool2dBlock, floats(2, 6, 6));
    }

    private static Vocabulary vocabulary() {
        return new DefaultVocabulary(IntStream.range(0, 20).mapToObj(Integer::toString).toList());
    }

    private static void containers(Subjects s) {
        s.add(
                "SequentialBlock",
                () ->
                        new SequentialBlock()
                                .add(Blocks.batchFlattenBlock())
                                .add(Linear.builder().setUnits(5).build())
                                .add(Activation.reluBlock()),
                floats(3, 4));
        s.add(
                "ParallelBlock",
                () ->
                        new ParallelBlock(
                                        list ->
                                                new NDList(
                                                        NDArrays.concat(
                                                                new NDList(
                                                                        list.get(0).head(),
                                                                        list.get(1).head()),
                                                                1)))
                                .add(Linear.builder().setUnits(5).build())
                                .add(Linear.builder().setUnits(2).build()),
                floats(4));
        s.add(
                "LambdaBlock",
                () -> LambdaBlock.singleton(x -> x.mul(2).add(x.mean(new int[] {1}, true))),
                floats(3, 4));
    }

    private static void recurrent(Subjects s) {
        s.add(
                "RNN, tanh",
                () ->
                        RNN.builder()
                                .setStateSize(4)
                                .setNumLayers(1)
                                .setActivation(RNN.Activation.TANH)
                                .build(),
                floats(5, 3));
        s.add(
                "RNN, relu, two layers",
                () ->
                        RNN.builder()
                                .setStateSize(4)
                                .setNumLayers(2)
                                .setActivation(RNN.Activation.RELU)
                                .build(),
                floats(5, 3));
        s.add(
                "GRU, two layers, with state",
                () -> GRU.builder().setStateSize(4).setNumLayers(2).optReturnState(true).build(),
                floats(5, 3));
        s.add(
                "LSTM, two layers, with state",
                () -> LSTM.builder().setStateSize(4).setNumLayers(2).optReturnState(true).build(),
                floats(5, 3));
        s.add(
                "LSTM, both directions, without biases",
                () ->
                        LSTM.builder()
                                .setStateSize(4)
                                .setNumLayers(2)
                                .optBidirectional(true)
                                .optHasBiases(false)
                                .build(),
                floats(5, 3));
        s.refused(
                "LSTM, both directions, with biases",
                "cannot run in DJL itself",
                () -> LSTM.builder().setStateSize(4).setNumLayers(1).optBidirectional(true).build(),
                floats(5, 3));
    }

    private static void transformers(Subjects s) {
        s.add(
                "PointwiseFeedForwardBlock",
                () -> new PointwiseFeedForwardBlock(List.of(6), 4, Activation::relu),
                floats(3, 8));
        s.add(
                "ScaledDotProductAttentionBlock",
                () ->
                        ScaledDotProductAttentionBlock.builder()
                                .setEmbeddingSize(8)
                                .setHeadCount(2)
                                .build(),
                floats(5, 8));
        s.add(
                "TransformerEncoderBlock",
                () -> new TransformerEncoderBlock(8, 2, 16, 0.1f, Activation::gelu),
                floats(5, 8));
        s.addFromBatchTwo(
                "BertBlock",
                () -> BertBlock.builder().nano().setTokenDictionarySize(20).build(),
                new ArrayInput("tokens", ids(128).type()),
                new ArrayInput("types", ids(128).type()),
                new ArrayInput("mask", ids(128).type()));
        s.addFromBatchTwo(
                "BertPretrainingBlock",
                () ->
                        new BertPretrainingBlock(
                                BertBlock.builder().nano().setTokenDictionarySize(20)),
                new ArrayInput("tokens", ids(128).type()),
                new ArrayInput("types", ids(128).type()),
                new ArrayInput("mask", ids(128).type()),
                new ArrayInput("masked", ids(4).type()));
        s.add("BertNextSentenceBlock", BertNextSentenceBlock::new, floats(8));
    }

    private static Block resNet(int depth, long edge) {
        return ResNetV1.builder()
                .setImageShape(new Shape(3, edge, edge))
                .setNumLayers(depth)
                .setOutSize(5)
                .build();
    }

    /** Networks of the zoo that take more time than the build has. */
    static Stream<Subject> largeNetworks() {
        Subjects s = new Subjects();
        for (int depth : new int[] {101, 152}) {
            s.add("ResNetV1-" + depth, () -> resNet(depth, 32), floats(3, 32, 32));
        }
        s.add("VGG-16", () -> vgg(16), floats(3, 32, 32));
        s.add("VGG-19", () -> vgg(19), floats(3, 32, 32));
        s.add("YOLOV3", () -> YOLOV3.builder().setNumClasses(3).build(), floats(3, 64, 64));
        return s.all.stream().map(subject -> subject.at(subjects().count() + subject.place()));
    }

    /** Of 16 or 19 layers, 3 of them behind the convolutions. */
    private static Block vgg(int layers) {
        int deep = layers == 16 ? 3 : 4;
        return VGG.builder()
                .setNumLayers(layers)
                .setConvArch(new int[][] {{2, 64}, {2, 128}, {deep, 256}, {deep, 512}, {deep, 512}})
                .setOutSize(5)
                .build();
    }

    private static void networks(Subjects s) {
        s.add("Mlp", () -> new Mlp(12, 4, new int[] {8, 6}), floats(12));
        s.add("LeNet", () -> LeNet.builder().setOutSize(5).build(), floats(1, 28, 28));
        s.add("AlexNet", () -> AlexNet.builder().setOutSize(5).build(), floats(1, 96, 96));
        s.add(
                "VGG-11",
                () -> VGG.builder().setNumLayers(11).setOutSize(5).build(),
                floats(1, 32, 32));
        s.add("NiN", () -> NiN.builder().build(), floats(1, 96, 96));
        s.add("GoogLeNet", () -> GoogLeNet.builder().setOutSize(5).build(), floats(1, 64, 64));
        s.add("SqueezeNet", () -> SqueezeNet.squeezenet(5), floats(3, 64, 64));
        s.add("MobileNetV1", () -> MobileNetV1.builder().setOutSize(5).build(), floats(3, 64, 64));
        s.add("MobileNetV2", () -> MobileNetV2.builder().setOutSize(5).build(), floats(3, 64, 64));
        // Of small images 6n + 2 layers, of larger ones the usual depths.
        s.add("ResNetV1-20, small images", () -> resNet(20, 28), floats(3, 28, 28));
        for (int depth : new int[] {18, 34, 50}) {
            s.add("ResNetV1-" + depth, () -> resNet(depth, 32), floats(3, 32, 32));
        }
        s.add(
                "DenseNet-121 with growth 12 (of DJL's blocks, its zoo has none)",
                () -> DenseNet.of(List.of(6, 12, 24, 16), 12, 5),
                floats(3, 64, 64));
        s.add("TabNet", () -> TabNet.builder().setInputDim(12).setOutDim(3).build(), floats(12));
        s.add(
                "SSD feature block",
                () -> SingleShotDetection.getDownSamplingBlock(8),
                floats(3, 32, 32));
    }
}
