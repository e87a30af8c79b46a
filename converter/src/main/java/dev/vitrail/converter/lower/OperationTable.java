package dev.vitrail.converter.lower;

import java.util.HashMap;
import java.util.Map;

/** How each of DJL's words is said in ONNX: the one place to add one. */
final class OperationTable {
    static final Map<String, Translation> TRANSLATIONS = table();

    private OperationTable() {}

    private static Map<String, Translation> table() {
        Map<String, Translation> table = new HashMap<>();
        constants(table);
        arithmetic(table);
        activations(table);
        layers(table);
        reductions(table);
        shapes(table);
        indexing(table);
        return Map.copyOf(table);
    }

    private static void constants(Map<String, Translation> table) {
        table.put("constant", ConstantTranslations::constant);
        table.put("full", ConstantTranslations::full);
        table.put("arange", ConstantTranslations::arange);
        table.put("eye", ConstantTranslations::eye);
    }

    private static void arithmetic(Map<String, Translation> table) {
        table.put("add", ArithmeticTranslations.arithmetic("Add", "Or"));
        table.put("sub", ArithmeticTranslations.arithmetic("Sub", null));
        table.put("mul", ArithmeticTranslations.arithmetic("Mul", "And"));
        table.put("div", ArithmeticTranslations.arithmetic("Div", null));
        table.put("pow", ArithmeticTranslations.arithmetic("Pow", null));
        table.put("maximum", ArithmeticTranslations.arithmetic("Max", "Or"));
        table.put("minimum", ArithmeticTranslations.arithmetic("Min", "And"));
        table.put("mod", ArithmeticTranslations::mod);
        table.put("eq", ArithmeticTranslations.comparison("Equal"));
        table.put("neq", ArithmeticTranslations::neq);
        table.put("gt", ArithmeticTranslations.comparison("Greater"));
        table.put("gte", ArithmeticTranslations.comparison("GreaterOrEqual"));
        table.put("lt", ArithmeticTranslations.comparison("Less"));
        table.put("lte", ArithmeticTranslations.comparison("LessOrEqual"));
        table.put("logicalAnd", ArithmeticTranslations.logical("And"));
        table.put("logicalOr", ArithmeticTranslations.logical("Or"));
        table.put("logicalXor", ArithmeticTranslations.logical("Xor"));
        table.put("logicalNot", ArithmeticTranslations.logical("Not"));
        table.put("where", ArithmeticTranslations::where);
        table.put("cast", ArithmeticTranslations::cast);
        table.put("clip", ArithmeticTranslations::clip);
        table.put("neg", ArithmeticTranslations.widened("Neg"));
        table.put("abs", ArithmeticTranslations.widened("Abs"));
        table.put("sign", ArithmeticTranslations.widened("Sign"));
        table.put("floor", ArithmeticTranslations.rounding("Floor"));
        table.put("ceil", ArithmeticTranslations.rounding("Ceil"));
        table.put("round", ArithmeticTranslations.rounding("Round"));
        table.put("trunc", ArithmeticTranslations::trunc);
        table.put("isNaN", ArithmeticTranslations.floatTest("IsNaN"));
        table.put("isInfinite", ArithmeticTranslations.floatTest("IsInf"));
        table.put("atan2", ArithmeticTranslations::atan2);
        table.put("log10", ArithmeticTranslations.logarithm(Math.log(10)));
        table.put("log2", ArithmeticTranslations.logarithm(Math.log(2)));
        Map.ofEntries(
                        Map.entry("exp", "Exp"),
                        Map.entry("log", "Log"),
                        Map.entry("sqrt", "Sqrt"),
                        Map.entry("erf", "Erf"),
                        Map.entry("sin", "Sin"),
                        Map.entry("cos", "Cos"),
                        Map.entry("tan", "Tan"),
                        Map.entry("asin", "Asin"),
                        Map.entry("acos", "Acos"),
                        Map.entry("atan", "Atan"),
                        Map.entry("sinh", "Sinh"),
                        Map.entry("cosh", "Cosh"),
                        Map.entry("tanh", "Tanh"),
                        Map.entry("asinh", "Asinh"),
                        Map.entry("acosh", "Acosh"),
                        Map.entry("atanh", "Atanh"))
                .forEach(
                        (word, operator) ->
                                table.put(word, ArithmeticTranslations.floating(operator)));
    }

    private static void activations(Map<String, Translation> table) {
        table.put("relu", ActivationTranslations.plain("Relu"));
        table.put("sigmoid", ActivationTranslations.plain("Sigmoid"));
        table.put("softPlus", ActivationTranslations.plain("Softplus"));
        table.put("softSign", ActivationTranslations.plain("Softsign"));
        table.put("selu", ActivationTranslations.plain("Selu"));
        table.put("elu", ActivationTranslations.withAlpha("Elu"));
        table.put("leakyRelu", ActivationTranslations.withAlpha("LeakyRelu"));
        table.put("prelu", ActivationTranslations::prelu);
        table.put("gelu", ActivationTranslations::gelu);
        table.put("softmax", ActivationTranslations.overAxis("Softmax"));
        table.put("logSoftmax", ActivationTranslations.overAxis("LogSoftmax"));
    }

    private static void layers(Map<String, Translation> table) {
        table.put("linear", LayerTranslations::linear);
        table.put("matMul", LayerTranslations::matMul);
        table.put("convolution", LayerTranslations::convolution);
        table.put("deconvolution", LayerTranslations::deconvolution);
        table.put("layerNorm", LayerTranslations::layerNorm);
        table.put("batchNorm", LayerTranslations::batchNorm);
        table.put("rnn", RecurrentTranslations::rnn);
        table.put("gru", RecurrentTranslations::gru);
        table.put("lstm", RecurrentTranslations::lstm);
        table.put("maxPool", PoolTranslations::maxPool);
        table.put("avgPool", PoolTranslations::avgPool);
        table.put("lpPool", PoolTranslations::lpPool);
        table.put("globalMaxPool", PoolTranslations.global("GlobalMaxPool"));
        table.put("globalAvgPool", PoolTranslations.global("GlobalAveragePool"));
        table.put("globalLpPool", PoolTranslations::globalLpPool);
        table.put("interpolation", PoolTranslations::interpolation);
    }

    private static void reductions(Map<String, Translation> table) {
        table.put("sum", ReductionTranslations.reduction("ReduceSum"));
        table.put("mean", ReductionTranslations.reduction("ReduceMean"));
        table.put("max", ReductionTranslations.reduction("ReduceMax"));
        table.put("min", ReductionTranslations.reduction("ReduceMin"));
        table.put("prod", ReductionTranslations.reduction("ReduceProd"));
        table.put("norm", ReductionTranslations::norm);
        table.put("normalize", ReductionTranslations::normalize);
        table.put("cumSum", ReductionTranslations::cumSum);
        table.put("cumProd", ReductionTranslations::cumProd);
        table.put("argMax", ReductionTranslations.place("ArgMax"));
        table.put("argMin", ReductionTranslations.place("ArgMin"));
        table.put("topK", ReductionTranslations::topK);
    }

    private static void shapes(Map<String, Translation> table) {
        table.put("reshape", ShapeTranslations::reshape);
        table.put("expandDims", ShapeTranslations::expandDims);
        table.put("squeeze", ShapeTranslations::squeeze);
        table.put("transpose", ShapeTranslations::transpose);
        table.put("broadcast", ShapeTranslations::broadcast);
        table.put("tile", ShapeTranslations::tile);
        table.put("repeat", ShapeTranslations::repeat);
        table.put("concat", ShapeTranslations::concat);
        table.put("split", ShapeTranslations::split);
        table.put("pad", ShapeTranslations::pad);
    }

    private static void indexing(Map<String, Translation> table) {
        table.put("slice", IndexTranslations::slice);
        table.put("flip", IndexTranslations::flip);
        table.put("select", IndexTranslations::select);
        table.put("take", IndexTranslations::take);
        table.put("gather", IndexTranslations::gather);
        table.put("gatherNd", IndexTranslations::gatherNd);
        table.put("diagonal", IndexTranslations::diagonal);
        table.put("scatter", IndexTranslations::scatter);
        table.put("oneHot", IndexTranslations::oneHot);
    }
}
