package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import dev.vitrail.converter.lower.Lowering;
import dev.vitrail.converter.testing.FunctionBlock;
import dev.vitrail.converter.testing.OnnxChecker;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.NumberType;
import dev.vitrail.converter.trace.Trace;
import dev.vitrail.converter.verify.VerificationOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every recorded word over its arguments: the shape and number type that the tracer predicts are
 * the engine's, and what ONNX Runtime computes is what the engine computes, at every opset whose
 * form differs.
 */
class OperationGridTest {
    private static final int FIRST = Lowering.FIRST_OPSET;
    private static final int LAST = Lowering.LAST_OPSET;

    private static final Extent BATCH = Extent.axis("batch");

    @TempDir static Path folder;

    /** The oldest and the newest opset, and those between at which the form of a word changes. */
    record Case(
            String name,
            List<ArrayInput> inputs,
            UnaryOperator<NDList> forward,
            List<Integer> opsets) {
        Case(String name, List<ArrayInput> inputs, UnaryOperator<NDList> forward) {
            this(name, inputs, forward, List.of(FIRST, LAST));
        }

        Case from(int opset) {
            return new Case(name, inputs, forward, List.of(opset, LAST));
        }

        Case also(int opset) {
            return new Case(name, inputs, forward, List.of(FIRST, opset, LAST));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void predictsTheEnginesShapeAndComputesItsValues(Case operation) {
        FunctionBlock block = FunctionBlock.of(operation.forward());
        for (int opset : operation.opsets()) {
            Exporter exporter = new Exporter(block, options(opset));
            operation.inputs().forEach(exporter::input);
            ExportReport report = exporter.export(folder.resolve("operation.onnx"));
            OnnxChecker.checkWherePresent(report.file(), opset);
            if (opset == operation.opsets().get(0)) {
                comparePrediction(exporter.trace(), operation);
            }
        }
    }

    /** Words that DJL's PyTorch engine does not run; formulas are their witness. */
    private static final Set<String> IN_TRANSLATION_TEST =
            Set.of("acosh", "asinh", "atanh", "deconvolution", "prelu");

    @Test
    void everyWordThatCanBeTranslatedHasACase() {
        Set<String> words = new TreeSet<>(IN_TRANSLATION_TEST);
        cases().forEach(
                        operation -> {
                            Exporter exporter =
                                    new Exporter(
                                            FunctionBlock.of(operation.forward()), options(FIRST));
                            operation.inputs().forEach(exporter::input);
                            exporter.trace().calls().forEach(call -> words.add(call.operation()));
                        });

        assertThat(words).containsExactlyElementsOf(Lowering.operations());
    }

    private static ExportOptions options(int opset) {
        VerificationOptions verification =
                VerificationOptions.defaults()
                        .withSteps(0, 2)
                        .withIntegerBounds(Map.of("ids", 5L, "bytes", 100L));
        ExportOptions defaults = ExportOptions.defaults();
        return new ExportOptions(
                opset,
                "operation",
                List.of(),
                new TreeMap<>(),
                "test",
                "1",
                defaults.externalData(),
                Optional.of(verification),
                Map.of());
    }

    private static void comparePrediction(Trace trace, Case operation) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList inputs = new NDList();
            for (ArrayInput input : operation.inputs()) {
                long[] shape =
                        input.type().shape().stream()
                                .mapToLong(extent -> extent.at(Map.of("batch", 6L)))
                                .toArray();
                inputs.add(
                        manager.ones(
                                new Shape(shape), DataType.valueOf(input.type().numbers().name())));
            }
            NDList outputs = operation.forward().apply(inputs);
            assertThat(trace.outputs()).hasSameSizeAs(outputs);
            for (int i = 0; i < outputs.size(); i++) {
                ArrayType predicted = trace.type(trace.outputs().get(i));
                assertThat(predicted.numbers().name())
                        .isEqualTo(outputs.get(i).getDataType().name());
                assertThat(
                                predicted.shape().stream()
                                        .mapToLong(extent -> extent.at(Map.of("batch", 6L)))
                                        .toArray())
                        .isEqualTo(outputs.get(i).getShape().getShape());
            }
        }
    }

    // ---- the grid

    static ArrayInput floats(String name, long... sizes) {
        return ArrayInput.batchOf(name, sizes);
    }

    private static ArrayInput typed(String name, NumberType numbers, long... sizes) {
        List<Extent> shape = new ArrayList<>(List.of(BATCH));
        for (long size : sizes) {
            shape.add(Extent.of(size));
        }
        return new ArrayInput(name, new ArrayType(numbers, shape));
    }

    private static Case one(String name, Function<NDArray, NDArray> forward) {
        return on(name, floats("x", 3, 4), forward);
    }

    private static Case on(String name, ArrayInput input, Function<NDArray, NDArray> forward) {
        return new Case(
                name, List.of(input), list -> new NDList(forward.apply(list.singletonOrThrow())));
    }

    private static Case two(String name, ArrayInput a, ArrayInput b, BinaryOperator<NDArray> f) {
        return new Case(name, List.of(a, b), list -> new NDList(f.apply(list.get(0), list.get(1))));
    }

    static Stream<Case> cases() {
        return Stream.of(
                        arithmetic(),
                        integers(),
                        comparisons(),
                        functions(),
                        activations().stream().map(c -> c.also(20)).toList(),
                        reductions().stream().map(c -> c.also(18)).toList(),
                        shapes(),
                        indexing(),
                        products(),
                        pools(),
                        constants(),
                        LayerCases.all())
                .flatMap(List::stream);
    }

    private static List<Case> arithmetic() {
        ArrayInput x = floats("x", 3, 4);
        ArrayInput y = floats("y", 3, 4);
        ArrayInput row = new ArrayInput("y", ArrayType.of(NumberType.FLOAT32, 4));
        ArrayInput column = floats("y", 3, 1);
        return List.of(
                two("add", x, y, NDArray::add),
                two("add row", x, row, NDArray::add),
                two("sub column", x, column, NDArray::sub),
                two("mul", x, y, NDArray::mul),
                two("div", x, y, (a, b) -> a.div(b.abs().add(0.5f))),
                two("mod", x, y, (a, b) -> a.mod(b.abs().add(0.5f))),
                two("pow", x, y, (a, b) -> a.abs().pow(b)),
                two("maximum", x, y, NDArray::maximum),
                two("minimum", x, row, NDArray::minimum),
                one("add number", a -> a.add(1.5f)),
                one("add double keeps float", a -> a.add(1.5)),
                one("sub integer", a -> a.sub(2)),
                one("mul number", a -> a.mul(-2f)),
                one("div number", a -> a.div(3)),
                one("mod number", a -> a.mod(0.7f)),
                one("pow number", a -> a.pow(2)),
                one("maximum number", a -> a.maximum(0.1f)),
                one("minimum number", a -> a.minimum(6)),
                one("rdiv", a -> a.abs().add(1).getNDArrayInternal().rdiv(2f)),
                one("rsub", a -> a.getNDArrayInternal().rsub(2f)),
                one("rpow", a -> a.getNDArrayInternal().rpow(2f)),
                one("neg", NDArray::neg),
                one("abs", NDArray::abs),
                one("square", NDArray::square),
                one("sign", NDArray::sign),
                one("clip", a -> a.clip(-0.5f, 0.5f)),
                one("toDegrees", NDArray::toDegrees),
                one("toRadians", NDArray::toRadians),
                one("addi", a -> a.mul(2).addi(1)),
                one("muli through a view", a -> a.add(1).reshape(-1, 12).muli(3)),
                one("negi", a -> a.add(1).negi()));
    }

    private static List<Case> integers() {
        ArrayInput ids = typed("ids", NumberType.INT64, 4);
        ArrayInput ints = typed("ids", NumberType.INT32, 4);
        ArrayInput bytes = typed("bytes", NumberType.UINT8, 4);
        ArrayInput floats = floats("y", 4);
        return List.of(
                on("int64 add int", ids, a -> a.add(2)),
                on("int64 add float", ids, a -> a.add(0.5f)),
                on("int64 add double", ids, a -> a.add(0.5)),
                on("int32 add long", ints, a -> a.add(3L)),
                on("int64 div", ids, a -> a.div(2)),
                on("int64 mod negative", ids, a -> a.sub(2).mod(3)),
                on("int32 mul", ints, a -> a.mul(a)),
                on("uint8 add", bytes, a -> a.add(a)),
                on("uint8 to float", bytes, a -> a.toType(DataType.FLOAT32, false).div(255f)),
                on("uint8 toTensor division", bytes, a -> a.div(255.0)),
                two("int64 add float array", ids, floats, NDArray::add),
                two("int32 add int64", ints, typed("y", NumberType.INT64, 4), NDArray::add),
                on("int64 exp", ids, NDArray::exp),
                on("int64 sqrt", ids, NDArray::sqrt),
                on("int64 neg", ids, NDArray::neg),
                on("int32 abs", ints, a -> a.sub(2).abs()),
                on("int64 maximum", ids, a -> a.maximum(2L)),
                on("int64 clip", ids, a -> a.clip(1, 3)),
                on("int64 sum", ids, NDArray::sum),
                on("int32 sum axis", ints, a -> a.sum(new int[] {1})),
                on("int64 max axis", ids, a -> a.max(new int[] {1})),
                on("int64 cumSum", ids, a -> a.cumSum(1)),
                on("int64 cumProd", ids, a -> a.add(1).cumProd(1)),
                on("int32 cumProd", ints, a -> a.add(1).cumProd(1, DataType.INT32)),
                on("int64 atan2", ids, a -> a.atan2(a.sub(2))),
                on("int64 median", ids, NDArray::median),
                on(
                        "int64 diagonal",
                        typed("ids", NumberType.INT64, 3, 3),
                        a -> a.diagonal(1, 1, 2)),
                on("int64 argMax", ids, a -> a.add(0.1f).argMax(1)),
                on("int64 eq", ids, a -> a.eq(2)),
                on("int64 gt", ids, a -> a.gt(2)),
                on("int64 isNaN", ids, a -> a.toType(DataType.FLOAT32, false).isNaN()),
                on("float to int", floats("x", 4), a -> a.mul(10).toType(DataType.INT64, false)),
                on("float to boolean", floats, a -> a.gt(0).toType(DataType.BOOLEAN, false)),
                on("boolean to float", floats, a -> a.gt(0).toType(DataType.FLOAT32, false)),
                on("boolean sum", floats, a -> a.gt(0).sum()),
                on("round float", floats, a -> a.mul(3).round()),
                on("double", floats, a -> a.toType(DataType.FLOAT64, false).mul(Math.PI)),
                on("oneHot", ids, a -> a.oneHot(5)),
                on("oneHot int", ids, a -> a.oneHot(6, DataType.INT32)));
    }

    private static List<Case> comparisons() {
        ArrayInput x = floats("x", 3, 4);
        ArrayInput y = floats("y", 3, 4);
        return List.of(
                two("eq", x, y, NDArray::eq),
                two("neq", x, y, NDArray::neq),
                two("gt", x, y, NDArray::gt),
                two("gte", x, y, NDArray::gte),
                two("lt", x, y, NDArray::lt),
                two("lte", x, y, NDArray::lte),
                one("gt number", a -> a.gt(0.5f)),
                two("logicalAnd", x, y, (a, b) -> a.gt(0).logicalAnd(b.gt(0))),
                two("logicalOr", x, y, (a, b) -> a.gt(0).logicalOr(b.gt(0))),
                two("logicalXor", x, y, (a, b) -> a.gt(0).logicalXor(b.gt(0))),
                one("logicalNot", a -> a.gt(0).logicalNot()),
                one("isNaN", a -> a.log().isNaN()),
                one("isInfinite", a -> a.div(Activation.relu(a)).isInfinite()),
                two("where", x, y, (a, b) -> NDArrays.where(a.gt(b), a, b)));
    }

    private static List<Case> functions() {
        return List.of(
                one("exp", NDArray::exp),
                one("log", a -> a.abs().add(0.1f).log()),
                one("log2", a -> a.abs().add(0.1f).log2()),
                one("log10", a -> a.abs().add(0.1f).log10()),
                one("sqrt", a -> a.abs().sqrt()),
                one("cbrt", a -> a.abs().cbrt()),
                one("floor", a -> a.mul(3).floor()),
                one("ceil", a -> a.mul(3).ceil()),
                one("round", a -> a.mul(3).round()),
                one("trunc", a -> a.mul(3).trunc()),
                one("sin", NDArray::sin),
                one("cos", NDArray::cos),
                one("tan", a -> a.mul(0.3f).tan()),
                one("asin", a -> a.tanh().asin()),
                one("acos", a -> a.tanh().acos()),
                one("atan", NDArray::atan),
                two("atan2", floats("x", 3, 4), floats("y", 3, 4), NDArray::atan2),
                two("atan2 row", floats("x", 3, 4), floats("y", 1, 4), NDArray::atan2),
                one("atan2 on the axes", a -> a.sign().round().atan2(a.gt(0.5f).mul(-1.5f))),
                one("atan2 at the origin", a -> a.zerosLike().atan2(a.zerosLike())),
                one("xlogy", a -> Activation.relu(a).xlogy(a.abs().add(0.1f))),
                one("xlogy of no number", a -> a.xlogy(a).isNaN()),
                one("sinh", NDArray::sinh),
                one("cosh", NDArray::cosh),
                one("tanh", NDArray::tanh),
                one("erf", NDArray::erf));
    }

    private static List<Case> activations() {
        return List.of(
                one("relu", Activation::relu),
                one("relu6", a -> Activation.relu6(a.mul(5))),
                one("sigmoid", Activation::sigmoid),
                one("activation tanh", Activation::tanh),
                one("softPlus", Activation::softPlus),
                one("softSign", Activation::softSign),
                one("leakyRelu", a -> Activation.leakyRelu(a, 0.2f)),
                one("elu", a -> Activation.elu(a, 0.7f)),
                one("selu", Activation::selu),
                one("gelu", Activation::gelu),
                one("swish", a -> Activation.swish(a, 1.5f)),
                one("mish", Activation::mish),
                one("softmax", a -> a.softmax(-1)),
                one("softmax axis 1", a -> a.softmax(1)),
                one("logSoftmax", a -> a.logSoftmax(2)));
    }

    private static List<Case> reductions() {
        return List.of(
                one("sum", NDArray::sum),
                one("sum axes", a -> a.sum(new int[] {1, 2})),
                one("sum axis kept", a -> a.sum(new int[] {1}, true)),
                one("sum negative axis", a -> a.sum(new int[] {-1})),
                one("mean", NDArray::mean),
                one("mean axis", a -> a.mean(new int[] {1})),
                one("mean kept", a -> a.mean(new int[] {2}, true)),
                one("max", NDArray::max),
                one("max axis", a -> a.max(new int[] {1})),
                one("min", NDArray::min),
                one("min kept", a -> a.min(new int[] {2}, true)),
                one("prod", a -> a.prod(new int[] {1})),
                one("prod all", a -> a.tanh().prod()),
                one("norm", NDArray::norm),
                one("norm axis", a -> a.norm(new int[] {2})),
                one("norm 1 kept", a -> a.norm(1, new int[] {1}, true)),
                one("norm 3", a -> a.norm(3, new int[] {2}, false)),
                one("normalize", a -> a.normalize(2, 2)),
                one("normalize 1", a -> a.normalize(1, 1, 1e-6)),
                one("cumSum", a -> a.cumSum(1)),
                one("cumSum first", NDArray::cumSum),
                one("cumProd", a -> a.cumProd(1)),
                one("cumProd last", a -> a.cumProd(-1)),
                one("cumProd as double", a -> a.cumProd(2, DataType.FLOAT64)),
                on("cumProd of one", floats("x", 1, 4), a -> a.cumProd(1)),
                on("cumProd of nine", floats("x", 9), a -> a.cumProd(1)),
                one("median", NDArray::median),
                one("median axis", a -> a.median(new int[] {1})),
                one("percentile", a -> a.percentile(30)),
                one("percentile axis", a -> a.percentile(75.5, new int[] {1})),
                one("percentile largest", a -> a.percentile(100)),
                one("argMax axis", a -> a.argMax(2)),
                one("argMax", NDArray::argMax),
                one("argMin axis", a -> a.argMin(1)),
                one("argMin", NDArray::argMin),
                one("sort", NDArray::sort),
                one("sort axis", a -> a.sort(1)),
                one("argSort", NDArray::argSort),
                one("argSort down", a -> a.argSort(2, false)),
                new Case("topK", List.of(floats("x", 3, 6)), l -> l.head().topK(2, 2)),
                new Case(
                        "topK smallest",
                        List.of(floats("x", 5, 3)),
                        l -> l.head().topK(3, 1, false, true)));
    }

    private static List<Case> shapes() {
        return List.of(
                one("reshape", a -> a.reshape(a.getShape().get(0), 12)),
                one("reshape open", a -> a.reshape(a.getShape().get(0), -1, 2)),
                one("reshape folds batch", a -> a.reshape(-1, 4)),
                one(
                        "reshape two symbolic sizes",
                        a -> a.reshape(a.getShape().get(0), 3, 4).reshape(1, -1, 4)),
                one("flatten", NDArray::flatten),
                one("flatten range", a -> a.flatten(1, 2)),
                one("flatten with batch", a -> a.flatten(0, 1)),
                one("expandDims", a -> a.expandDims(1)),
                one("expandDims last", a -> a.expandDims(-1)),
                on("squeeze", floats("x", 1, 4), a -> a.squeeze(1)),
                on("squeeze axes", floats("x", 1, 4, 1), a -> a.squeeze(new int[] {1, 3})),
                on("squeeze not one", floats("x", 3, 4), a -> a.squeeze(1)),
                one("transpose", NDArray::transpose),
                one("transpose axes", a -> a.transpose(1, 0, 2)),
                one("swapAxes", a -> a.swapAxes(1, 2)),
                one("swapAxes negative", a -> a.swapAxes(-1, 0)),
                on("broadcast", floats("x", 1, 4), a -> a.broadcast(a.getShape().get(0), 3, 4)),
                one("broadcast more axes", a -> a.broadcast(2, a.getShape().get(0), 3, 4)),
                one("tile all", a -> a.tile(2)),
                one("tile", a -> a.tile(new long[] {1, 2, 3})),
                one("tile more axes", a -> a.tile(new long[] {2, 1, 2, 1})),
                one("tile scalar count", a -> a.mean(new int[] {0}).tile(3)),
                one("repeat axis", a -> a.repeat(1, 2)),
                one("repeat", a -> a.repeat(2)),
                one("repeat each", a -> a.repeat(new long[] {2, 1, 3})),
                on("repeat size one", floats("x", 1), a -> a.repeat(1, 4)),
                one("flip", a -> a.flip(2)),
                one("flip two", a -> a.flip(1, 2)),
                one("pad", a -> a.pad(new Shape(1, 2), 0.5)),
                one("pad two axes", a -> a.pad(new Shape(1, 0, 0, 2), 0)),
                one("rotate90", a -> a.rotate90(1, new int[] {1, 2})),
                one("rotate90 twice", a -> a.rotate90(2, new int[] {1, 2})),
                one("rotate90 back", a -> a.rotate90(-1, new int[] {1, 2})),
                one("rotate90 other way", a -> a.rotate90(5, new int[] {2, 1})),
                one("rotate90 whole", a -> a.rotate90(4, new int[] {0, 1})),
                one("diagonal", a -> a.diagonal(0, 1, 2)),
                one("diagonal above", a -> a.diagonal(2, 1, 2)),
                one("diagonal below", a -> a.diagonal(-1, 1, 2)),
                one("diagonal other way", a -> a.diagonal(1, 2, 1)),
                on("diagonal of outer axes", floats("x", 3, 2, 4), a -> a.diagonal(-1, 1, 3)),
                on(
                        "diagonal without batch",
                        floats("x", 3, 4),
                        a -> a.sum(new int[] {0}).diagonal()),
                one("diff", a -> a.diff(1, 2)),
                one("diff twice", a -> a.diff(2, -1)),
                two("concat", floats("x", 3, 4), floats("y", 2, 4), (a, b) -> a.concat(b, 1)),
                two("concat batch", floats("x", 4), floats("y", 4), NDArray::concat),
                two("stack", floats("x", 4), floats("y", 4), NDArray::stack),
                two("stack axis", floats("x", 4), floats("y", 4), (a, b) -> a.stack(b, 1)),
                new Case("split", List.of(floats("x", 6)), l -> l.head().split(3, 1)),
                new Case("split uneven", List.of(floats("x", 7)), l -> l.head().split(3, 1)),
                new Case(
                        "split at",
                        List.of(floats("x", 7)),
                        l -> l.head().split(new long[] {2, 5}, 1)),
                one("duplicate", a -> a.duplicate().mul(2)),
                on(
                        "interpolation nearest",
                        floats("x", 2, 4, 5),
                        a -> a.getNDArrayInternal().interpolation(new long[] {8, 7}, 0, false)),
                on(
                                "interpolation bilinear",
                                floats("x", 2, 4, 5),
                                a ->
                                        a.getNDArrayInternal()
                                                .interpolation(new long[] {8, 7}, 1, false))
                        .from(18),
                on(
                                "interpolation bilinear down",
                                floats("x", 2, 9, 8),
                                a ->
                                        a.getNDArrayInternal()
                                                .interpolation(new long[] {4, 3}, 1, false))
                        .from(18),
                on(
                                "interpolation cubic",
                                floats("x", 2, 4, 5),
                                a ->
                                        a.getNDArrayInternal()
                                                .interpolation(new long[] {8, 7}, 3, false))
                        .from(18),
                on("resize", floats("x", 4, 5, 3), a -> a.getNDArrayInternal().resize(7, 8, 1))
                        .from(18));
    }

    private static List<Case> indexing() {
        ArrayInput table = new ArrayInput("table", ArrayType.of(NumberType.FLOAT32, 5, 3));
        ArrayInput ids = typed("ids", NumberType.INT64, 4);
        return List.of(
                one("get place", a -> a.get(":, 1")),
                one("get last", a -> a.get(":, -1")),
                one("get two places", a -> a.get(new NDIndex(":, 2, 1"))),
                one("get range", a -> a.get(":, 1:3")),
                one("get range from end", a -> a.get(":, :-1")),
                one("get steps", a -> a.get(":, :, ::2")),
                one("get range of last axis", a -> a.get("..., 1:")),
                one("get first of batch", a -> a.get(0)),
                one("get last of batch", a -> a.get(-1)),
                one("get whole", a -> a.get(":").mul(2)),
                one("get new axis", a -> a.get(new NDIndex(":").addIndices("null"))),
                two("take axis", table, ids, (t, i) -> t.get(i)),
                two("take", table, ids, (t, i) -> t.take(i)),
                two(
                        "embedding",
                        ids,
                        table,
                        (i, t) ->
                                i.getNDArrayInternal().embedding(i, t, SparseFormat.DENSE).head()),
                two("gather", floats("x", 6), ids, (x, i) -> x.gather(i, 1)),
                two(
                        "pick",
                        floats("x", 6),
                        new ArrayInput("ids", new ArrayType(NumberType.INT64, List.of(BATCH))),
                        (x, i) -> x.get(new NDIndex().addAllDim().addPickDim(i))),
                two(
                        "pick of as many axes",
                        floats("x", 6),
                        ids,
                        (x, i) -> x.get(new NDIndex().addAllDim().addPickDim(i))),
                new Case(
                        "scatter",
                        List.of(floats("x", 6), typed("ids", NumberType.INT64, 1), floats("y", 1)),
                        l -> new NDList(l.get(0).scatter(l.get(1), l.get(2), 1))),
                new Case(
                        "scatter several",
                        List.of(floats("x", 4), typed("ids", NumberType.INT32, 3), floats("y", 4)),
                        l -> {
                            // Different places in a row: which of two on one place stays is open.
                            NDArray places = l.get(1).mul(0).add(l.get(0).argSort(1).get(":, :3"));
                            return new NDList(l.get(0).scatter(places, l.get(2).get(":, 1:"), -1));
                        }),
                new Case(
                        "put",
                        List.of(
                                floats("x", 3, 2),
                                new ArrayInput("y", ArrayType.of(NumberType.FLOAT32, 2))),
                        l ->
                                new NDList(
                                        l.get(0)
                                                .put(
                                                        l.get(0)
                                                                .getManager()
                                                                .create(new long[] {4, 1}),
                                                        l.get(1)))),
                two(
                        "gatherNd one",
                        table,
                        ids,
                        (t, i) -> t.gatherNd(i.flatten().reshape(1, i.getShape().size()))),
                two(
                        "gatherNd two",
                        new ArrayInput("table", ArrayType.of(NumberType.FLOAT32, 5, 5, 2)),
                        ids,
                        (t, i) -> t.gatherNd(i.get(":, 0:2").transpose().mul(1))));
    }

    private static List<Case> products() {
        return List.of(
                two("matMul", floats("x", 3, 4), floats("y", 4, 2), NDArray::matMul),
                two(
                        "matMul broadcast",
                        floats("x", 3, 4),
                        new ArrayInput("y", ArrayType.of(NumberType.FLOAT32, 4, 2)),
                        NDArray::matMul),
                two(
                        "matMul vector",
                        floats("x", 3, 4),
                        new ArrayInput("y", ArrayType.of(NumberType.FLOAT32, 4)),
                        NDArray::matMul),
                two("batchMatMul", floats("x", 3, 4), floats("y", 4, 2), NDArray::batchMatMul),
                two(
                        "dot",
                        floats("x", 4),
                        new ArrayInput("y", ArrayType.of(NumberType.FLOAT32, 4, 2)),
                        NDArray::dot));
    }

    private static List<Case> pools() {
        ArrayInput image = floats("x", 2, 7, 8);
        Shape two = new Shape(2, 2);
        Shape three = new Shape(3, 3);
        Shape none = new Shape(0, 0);
        Shape one = new Shape(1, 1);
        return List.of(
                on("maxPool", image, a -> a.getNDArrayInternal().maxPool(two, two, none, false)),
                on(
                        "maxPool padded",
                        image,
                        a -> a.getNDArrayInternal().maxPool(three, two, one, false)),
                on(
                        "maxPool ceil",
                        image,
                        a -> a.getNDArrayInternal().maxPool(three, two, none, true)),
                on(
                        "maxPool ceil padded",
                        image,
                        a -> a.getNDArrayInternal().maxPool(two, two, one, true)),
                on(
                        "maxPool 1d",
                        floats("x", 2, 9),
                        a ->
                                a.getNDArrayInternal()
                                        .maxPool(new Shape(3), new Shape(2), new Shape(1), false)),
                on(
                        "avgPool",
                        image,
                        a -> a.getNDArrayInternal().avgPool(two, two, none, false, true)),
                on(
                        "avgPool counting",
                        image,
                        a -> a.getNDArrayInternal().avgPool(three, two, one, false, true)),
                on(
                        "avgPool not counting",
                        image,
                        a -> a.getNDArrayInternal().avgPool(three, two, one, false, false)),
                on(
                        "avgPool ceil",
                        image,
                        a -> a.getNDArrayInternal().avgPool(three, two, none, true, true)),
                on(
                        "avgPool ceil padded",
                        image,
                        a -> a.getNDArrayInternal().avgPool(three, two, one, true, true)),
                on(
                        "avgPool ceil padded, odd sizes",
                        floats("x", 2, 5, 6),
                        a -> a.getNDArrayInternal().avgPool(two, two, one, true, true)),
                on(
                        "maxPool ceil padded, even size",
                        floats("x", 2, 4, 6),
                        a -> a.getNDArrayInternal().maxPool(three, new Shape(3, 2), one, true)),
                on(
                                "interpolation cubic down",
                                floats("x", 2, 9, 8),
                                a ->
                                        a.getNDArrayInternal()
                                                .interpolation(new long[] {4, 3}, 3, false))
                        .from(18),
                on("lpPool", image, a -> a.getNDArrayInternal().lpPool(2, two, two, none, false)),
                on("globalMaxPool", image, a -> a.getNDArrayInternal().globalMaxPool()),
                on("globalAvgPool", image, a -> a.getNDArrayInternal().globalAvgPool()),
                on("globalLpPool", image, a -> a.getNDArrayInternal().globalLpPool(2)));
    }

    private static List<Case> constants() {
        return List.of(
                one("zeros of batch", a -> a.add(a.zerosLike())),
                one("ones of batch", a -> a.onesLike()),
                one("arange", a -> a.add(a.getManager().arange(0f, 4f, 1f, DataType.FLOAT32))),
                one(
                        "arange of batch",
                        a ->
                                a.getManager()
                                        .arange(0, (int) a.getShape().get(0), 1, DataType.INT64)
                                        .mul(2)),
                one(
                        "arange step",
                        a -> a.add(a.getManager().arange(1f, 3f, 0.5f, DataType.FLOAT32))),
                one("eye", a -> a.matMul(a.getManager().eye(4))),
                one("linspace", a -> a.add(a.getManager().linspace(0f, 1f, 4))),
                one(
                        "copied in",
                        a -> {
                            NDArray copy = a.getManager().create(new Shape(4));
                            copy.set(new float[] {1, 2, 3, 4});
                            return a.add(copy);
                        }),
                one("literal", a -> a.add(a.getManager().create(new float[] {1, 2, 3, 4}))),
                one("number from batch", a -> a.mul((float) a.getShape().get(0))),
                one("division by batch", a -> a.sum(new int[] {0}).div(a.getShape().get(0))));
    }
}
