package dev.vitrail.converter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.RNN;
import dev.vitrail.converter.OperationGridTest.Case;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.ArrayType;
import dev.vitrail.converter.trace.NumberType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** The layers' words, called with inputs where a network has parameters. */
final class LayerCases {
    private LayerCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        linear(cases);
        convolutions(cases);
        norms(cases);
        recurrent(cases);
        return cases;
    }

    private static ArrayInput image(long... sizes) {
        return OperationGridTest.floats("x", sizes);
    }

    private static ArrayInput weight(String name, long... sizes) {
        return new ArrayInput(name, ArrayType.of(NumberType.FLOAT32, sizes));
    }

    private static Case layer(String name, UnaryOperator<NDList> forward, ArrayInput... inputs) {
        return new Case(name, List.of(inputs), forward);
    }

    private static void linear(List<Case> cases) {
        UnaryOperator<NDList> biased =
                l -> l.head().getNDArrayInternal().linear(l.get(0), l.get(1), l.get(2));
        UnaryOperator<NDList> plain =
                l -> l.head().getNDArrayInternal().linear(l.get(0), l.get(1), null);
        cases.add(layer("linear", biased, image(4), weight("w", 5, 4), weight("b", 5)));
        cases.add(layer("linear sequence", biased, image(3, 4), weight("w", 5, 4), weight("b", 5)));
        cases.add(layer("linear without bias", plain, image(4), weight("w", 5, 4)));
        cases.add(layer("linear sequence without bias", plain, image(3, 4), weight("w", 5, 4)));
    }

    private static Case convolution(
            String name,
            ArrayInput input,
            ArrayInput weight,
            long[] stride,
            long[] padding,
            long[] dilation,
            int groups,
            boolean biased) {
        return layer(
                name,
                l ->
                        l.head()
                                .getNDArrayInternal()
                                .convolution(
                                        l.get(0),
                                        l.get(1),
                                        biased ? l.get(2) : null,
                                        new Shape(stride),
                                        new Shape(padding),
                                        new Shape(dilation),
                                        groups),
                biased
                        ? new ArrayInput[] {
                            input, weight, weight("b", weight.type().shape().get(0).fixed())
                        }
                        : new ArrayInput[] {input, weight});
    }

    private static long[] longs(long... values) {
        return values;
    }

    private static void convolutions(List<Case> cases) {
        ArrayInput square = weight("w", 4, 2, 3, 3);
        for (boolean biased : new boolean[] {true, false}) {
            String bias = biased ? "" : " without bias";
            cases.add(
                    convolution(
                            "convolution 1d" + bias,
                            image(2, 9),
                            weight("w", 4, 2, 3),
                            longs(2),
                            longs(1),
                            longs(1),
                            1,
                            biased));
            cases.add(
                    convolution(
                            "convolution 2d" + bias,
                            image(2, 7, 8),
                            square,
                            longs(1, 1),
                            longs(0, 0),
                            longs(1, 1),
                            1,
                            biased));
            cases.add(
                    convolution(
                            "convolution 3d" + bias,
                            image(2, 4, 5, 6),
                            weight("w", 3, 2, 2, 3, 2),
                            longs(1, 2, 1),
                            longs(0, 1, 1),
                            longs(1, 1, 2),
                            1,
                            biased));
        }
        cases.add(
                convolution(
                        "convolution strided, padded, dilated",
                        image(2, 9, 8),
                        square,
                        longs(2, 3),
                        longs(2, 1),
                        longs(1, 2),
                        1,
                        true));
        cases.add(
                convolution(
                        "convolution in groups",
                        image(4, 7, 8),
                        square,
                        longs(1, 1),
                        longs(1, 1),
                        longs(1, 1),
                        2,
                        true));
        cases.add(
                convolution(
                        "convolution by channel",
                        image(4, 7, 8),
                        weight("w", 4, 1, 3, 3),
                        longs(1, 1),
                        longs(1, 1),
                        longs(1, 1),
                        4,
                        false));
    }

    private static void norms(List<Case> cases) {
        for (float eps : new float[] {1e-5f, 1e-6f, 1e-2f}) {
            cases.add(
                    layer(
                            "layerNorm " + eps,
                            l ->
                                    l.head()
                                            .getNDArrayInternal()
                                            .layerNorm(
                                                    l.get(0).mul(0.01f),
                                                    new Shape(4),
                                                    l.get(1),
                                                    l.get(2),
                                                    eps),
                            image(3, 4),
                            weight("w", 4),
                            weight("b", 4)));
            cases.add(
                    layer(
                            "batchNorm " + eps,
                            l -> batchNorm(l, 1, eps),
                            image(3, 4),
                            weight("mean", 3),
                            weight("variance", 3),
                            weight("w", 3),
                            weight("b", 3)));
        }
        cases.add(
                layer(
                        "layerNorm, two axes",
                        l ->
                                l.head()
                                        .getNDArrayInternal()
                                        .layerNorm(
                                                l.get(0),
                                                new Shape(3, 4),
                                                l.get(1),
                                                l.get(2),
                                                1e-5f),
                        image(2, 3, 4),
                        weight("w", 3, 4),
                        weight("b", 3, 4)));
        cases.add(
                layer(
                        "batchNorm, last axis",
                        l -> batchNorm(l, 2, 1e-5f),
                        image(3, 4),
                        weight("mean", 4),
                        weight("variance", 4),
                        weight("w", 4),
                        weight("b", 4)));
    }

    /** Variances are positive and, here, near the epsilons. */
    private static NDList batchNorm(NDList l, int axis, float eps) {
        NDArray variance = l.get(2).square().mul(0.01f).add(0.001f);
        return l.head()
                .getNDArrayInternal()
                .batchNorm(
                        l.get(0), l.get(1), variance, l.get(3), l.get(4), axis, 0.9f, eps, false);
    }

    private static void recurrent(List<Case> cases) {
        for (boolean biased : new boolean[] {true, false}) {
            for (boolean batchFirst : new boolean[] {true, false}) {
                String name =
                        (biased ? "" : " without biases") + (batchFirst ? "" : ", sequence first");
                cases.add(
                        layer(
                                "rnn" + name,
                                l -> rnn(ordered(l, batchFirst), biased, batchFirst),
                                withWeights(1, biased)));
                cases.add(
                        layer(
                                "gru" + name,
                                l -> gru(ordered(l, batchFirst), biased, batchFirst),
                                withWeights(3, biased)));
                cases.add(
                        layer(
                                "lstm" + name,
                                l -> lstm(ordered(l, batchFirst), biased, batchFirst),
                                withWeights(4, biased)));
            }
        }
    }

    private static ArrayInput[] withWeights(long gates, boolean biased) {
        List<ArrayInput> inputs = new ArrayList<>(List.of(image(5, 3)));
        inputs.add(weight("wx", gates * 4, 3));
        inputs.add(weight("wh", gates * 4, 4));
        if (biased) {
            inputs.add(weight("bx", gates * 4));
            inputs.add(weight("bh", gates * 4));
        }
        return inputs.toArray(ArrayInput[]::new);
    }

    private static NDList ordered(NDList l, boolean batchFirst) {
        NDList list = new NDList(l);
        list.set(0, batchFirst ? l.get(0) : l.get(0).transpose(1, 0, 2));
        return list;
    }

    private static NDArray state(NDList l, boolean batchFirst) {
        long batch = l.head().getShape().get(batchFirst ? 0 : 1);
        return l.head().getManager().zeros(new Shape(1, batch, 4));
    }

    private static NDList weights(NDList l) {
        return new NDList(Arrays.asList(l.toArray(NDArray[]::new)).subList(1, l.size()));
    }

    private static NDList rnn(NDList l, boolean biased, boolean batchFirst) {
        return l.head()
                .getNDArrayInternal()
                .rnn(
                        l.head(),
                        state(l, batchFirst),
                        weights(l),
                        biased,
                        1,
                        RNN.Activation.TANH,
                        0,
                        false,
                        false,
                        batchFirst);
    }

    private static NDList gru(NDList l, boolean biased, boolean batchFirst) {
        return l.head()
                .getNDArrayInternal()
                .gru(
                        l.head(),
                        state(l, batchFirst),
                        weights(l),
                        biased,
                        1,
                        0,
                        false,
                        false,
                        batchFirst);
    }

    private static NDList lstm(NDList l, boolean biased, boolean batchFirst) {
        NDArray state = state(l, batchFirst);
        return l.head()
                .getNDArrayInternal()
                .lstm(
                        l.head(),
                        new NDList(state, state.duplicate()),
                        weights(l),
                        biased,
                        1,
                        0,
                        false,
                        false,
                        batchFirst);
    }
}
