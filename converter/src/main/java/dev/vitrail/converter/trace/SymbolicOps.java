package dev.vitrail.converter.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDArrayIndexer;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.recurrent.RNN;
import dev.vitrail.converter.error.ExportException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The operations that DJL's blocks call through {@code getNDArrayInternal()}: the networks' own
 * words. Defaults of the interface ({@code swish}, {@code mish}) are left alone: they decompose
 * into recorded calls exactly as an engine runs them.
 */
final class SymbolicOps implements NDArrayEx {
    /** What is refused unless the caller registers it, or altogether. */
    static final Set<String> REFUSED =
            Set.of(
                    "adadeltaUpdate",
                    "adagradUpdate",
                    "adamUpdate",
                    "nagUpdate",
                    "rmspropUpdate",
                    "sgdUpdate",
                    "randomFlipLeftRight",
                    "randomFlipTopBottom",
                    "randomBrightness",
                    "randomHue",
                    "randomColorJitter",
                    "multiBoxTarget",
                    "multiBoxPrior",
                    "multiBoxDetection",
                    "rdivi",
                    "rmodi",
                    "rpowi");

    private final SymbolicArray array;
    private final Tape tape;

    SymbolicOps(SymbolicArray array) {
        this.array = array;
        this.tape = array.tape();
    }

    private SymbolicArray same(String operation, Map<String, ?> arguments) {
        return array.one(operation, array.numbers(), array.getShape(), arguments, array);
    }

    private SymbolicArray same(String operation) {
        return same(operation, Map.of());
    }

    private NDList over(
            String operation, Shape result, Map<String, ?> arguments, NDArray... operands) {
        NumberType numbers = tape.own(operands[0], operation).numbers();
        return new NDList(array.one(operation, numbers, result, arguments, operands));
    }

    // ---- activations

    @Override
    public NDArray relu() {
        return same("relu");
    }

    @Override
    public NDArray sigmoid() {
        return same("sigmoid");
    }

    @Override
    public NDArray tanh() {
        return same("tanh");
    }

    @Override
    public NDArray softPlus() {
        return same("softPlus");
    }

    @Override
    public NDArray softSign() {
        return same("softSign");
    }

    @Override
    public NDArray leakyRelu(float alpha) {
        return same("leakyRelu", Map.of("alpha", alpha));
    }

    @Override
    public NDArray elu(float alpha) {
        return same("elu", Map.of("alpha", alpha));
    }

    @Override
    public NDArray selu() {
        return same("selu");
    }

    @Override
    public NDArray gelu() {
        return same("gelu");
    }

    @Override
    public NDList prelu(NDArray input, NDArray alpha) {
        return over("prelu", input.getShape(), Map.of(), input, alpha);
    }

    // ---- pooling

    private SymbolicArray pool(
            String operation,
            Shape kernel,
            Shape stride,
            Shape padding,
            boolean ceil,
            Map<String, ?> more) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("kernel", kernel);
        arguments.put("stride", stride);
        arguments.put("padding", padding);
        arguments.put("ceil", ceil);
        arguments.putAll(more);
        Shape result = Shapes.pool(array.getShape(), kernel, stride, padding, ceil);
        return array.one(operation, array.numbers(), result, arguments, array);
    }

    @Override
    public NDArray maxPool(Shape kernel, Shape stride, Shape padding, boolean ceil) {
        return pool("maxPool", kernel, stride, padding, ceil, Map.of());
    }

    /** The PyTorch engine counts padding whatever it is told. */
    @Override
    public NDArray avgPool(
            Shape kernel, Shape stride, Shape padding, boolean ceil, boolean countPadding) {
        return pool("avgPool", kernel, stride, padding, ceil, Map.of());
    }

    @Override
    public NDArray lpPool(float normType, Shape kernel, Shape stride, Shape padding, boolean ceil) {
        Shape none = new Shape(new long[kernel.dimension()]);
        return pool("lpPool", kernel, stride, none, ceil, Map.of("order", normType));
    }

    /** The engine drops the spatial axes. */
    private NDArray globalPool(String operation, Map<String, ?> arguments) {
        Shape result = array.getShape().slice(0, 2);
        return array.one(operation, array.numbers(), result, arguments, array);
    }

    @Override
    public NDArray globalMaxPool() {
        return globalPool("globalMaxPool", Map.of());
    }

    @Override
    public NDArray globalAvgPool() {
        return globalPool("globalAvgPool", Map.of());
    }

    @Override
    public NDArray globalLpPool(float normType) {
        return globalPool("globalLpPool", Map.of("order", normType));
    }

    // ---- layers

    @Override
    public NDList linear(NDArray input, NDArray weight, NDArray bias) {
        Shape shape = input.getShape();
        Shape result = shape.slice(0, shape.dimension() - 1).add(weight.getShape().get(0));
        if (weight.getShape().get(1) != shape.get(shape.dimension() - 1)) {
            throw new IllegalArgumentException(
                    "a linear layer with weight " + weight.getShape() + " on an array " + shape);
        }
        return over("linear", result, Map.of(), input, weight, bias);
    }

    @Override
    public NDList convolution(
            NDArray input,
            NDArray weight,
            NDArray bias,
            Shape stride,
            Shape padding,
            Shape dilation,
            int groups) {
        return over(
                "convolution",
                Shapes.convolution(input.getShape(), weight.getShape(), stride, padding, dilation),
                Map.of(
                        "stride",
                        stride,
                        "padding",
                        padding,
                        "dilation",
                        dilation,
                        "groups",
                        groups),
                input,
                weight,
                bias);
    }

    @Override
    public NDList deconvolution(
            NDArray input,
            NDArray weight,
            NDArray bias,
            Shape stride,
            Shape padding,
            Shape outPadding,
            Shape dilation,
            int groups) {
        return over(
                "deconvolution",
                Shapes.deconvolution(
                        input.getShape(),
                        weight.getShape(),
                        stride,
                        padding,
                        outPadding,
                        dilation,
                        groups),
                Map.of(
                        "stride", stride,
                        "padding", padding,
                        "outPadding", outPadding,
                        "dilation", dilation,
                        "groups", groups),
                input,
                weight,
                bias);
    }

    @Override
    public NDList embedding(NDArray input, NDArray weight, SparseFormat sparse) {
        Shape result = input.getShape().addAll(weight.getShape().slice(1));
        return new NDList(
                array.one(
                        "take",
                        tape.own(weight, "embedding").numbers(),
                        result,
                        Map.of("axis", 0),
                        weight,
                        input));
    }

    @Override
    public NDList dropout(NDArray input, float rate, boolean training) {
        if (training) {
            throw Refusal.training(tape, "dropout");
        }
        return new NDList(input);
    }

    @Override
    public NDList layerNorm(
            NDArray input, Shape normalizedShape, NDArray gamma, NDArray beta, float eps) {
        return over(
                "layerNorm",
                input.getShape(),
                Map.of("axes", normalizedShape.dimension(), "eps", eps),
                input,
                gamma,
                beta);
    }

    @Override
    public NDList batchNorm(
            NDArray input,
            NDArray runningMean,
            NDArray runningVar,
            NDArray gamma,
            NDArray beta,
            int axis,
            float momentum,
            float eps,
            boolean training) {
        if (training) {
            throw Refusal.training(tape, "batchNorm");
        }
        boolean channelsFirst = axis == 1 || axis == -1;
        NDArray normalised = channelsFirst ? input : input.swapAxes(1, axis);
        NDList result =
                over(
                        "batchNorm",
                        normalised.getShape(),
                        Map.of("eps", eps),
                        normalised,
                        gamma,
                        beta,
                        runningMean,
                        runningVar);
        return channelsFirst ? result : new NDList(result.get(0).swapAxes(1, axis));
    }

    // ---- recurrent layers

    private NDList recurrent(
            String operation,
            NDArray input,
            List<NDArray> states,
            NDList weights,
            boolean hasBiases,
            int layers,
            boolean training,
            boolean bidirectional,
            boolean batchFirst,
            Map<String, ?> more) {
        if (training) {
            throw Refusal.training(tape, operation);
        }
        List<NDArray> operands = new ArrayList<>(List.of(input));
        operands.addAll(states);
        operands.addAll(weights);
        Map<String, Object> arguments = new LinkedHashMap<>(more);
        arguments.put("biases", hasBiases);
        arguments.put("layers", layers);
        arguments.put("bidirectional", bidirectional);
        arguments.put("batchFirst", batchFirst);
        Shape state = states.get(0).getShape();
        long directions = bidirectional ? 2 : 1;
        Shape result = Shapes.with(input.getShape(), 2, state.get(2) * directions);
        List<ArrayType> results = new ArrayList<>();
        results.add(ArrayType.of(array.numbers(), result.getShape()));
        for (NDArray unused : states) {
            results.add(ArrayType.of(array.numbers(), state.getShape()));
        }
        return new NDList(
                tape.record(operation, operands, arguments, results).toArray(NDArray[]::new));
    }

    @Override
    public NDList rnn(
            NDArray input,
            NDArray state,
            NDList params,
            boolean hasBiases,
            int numLayers,
            RNN.Activation activation,
            double dropRate,
            boolean training,
            boolean bidirectional,
            boolean batchFirst) {
        return recurrent(
                "rnn",
                input,
                List.of(state),
                params,
                hasBiases,
                numLayers,
                training,
                bidirectional,
                batchFirst,
                Map.of("activation", activation == RNN.Activation.RELU ? "Relu" : "Tanh"));
    }

    @Override
    public NDList gru(
            NDArray input,
            NDArray state,
            NDList params,
            boolean hasBiases,
            int numLayers,
            double dropRate,
            boolean training,
            boolean bidirectional,
            boolean batchFirst) {
        return recurrent(
                "gru",
                input,
                List.of(state),
                params,
                hasBiases,
                numLayers,
                training,
                bidirectional,
                batchFirst,
                Map.of());
    }

    @Override
    public NDList lstm(
            NDArray input,
            NDList states,
            NDList params,
            boolean hasBiases,
            int numLayers,
            double dropRate,
            boolean training,
            boolean bidirectional,
            boolean batchFirst) {
        return recurrent(
                "lstm",
                input,
                states,
                params,
                hasBiases,
                numLayers,
                training,
                bidirectional,
                batchFirst,
                Map.of());
    }

    // ---- images

    @Override
    public NDArray interpolation(long[] size, int mode, boolean alignCorners) {
        if (mode != 0 && mode != 1 && mode != 3) {
            throw Refusal.of(
                    tape,
                    "interpolation",
                    "mode " + mode + " has no translation; 0 (nearest), 1 (linear), 3 (cubic) do");
        }
        Shape result = array.getShape().slice(0, 2).addAll(new Shape(size));
        String word = mode == 0 ? "nearest" : mode == 1 ? "linear" : "cubic";
        return array.one("interpolation", array.numbers(), result, Map.of("mode", word), array);
    }

    /** As the PyTorch engine does it: channels last in and out, numbers kept. */
    @Override
    public NDArray resize(int width, int height, int interpolation) {
        NDArray image = array.toType(DataType.FLOAT32, false);
        boolean single = image.getShape().dimension() == 3;
        image = (single ? image.expandDims(0) : image).transpose(0, 3, 1, 2);
        image =
                image.getNDArrayInternal()
                        .interpolation(new long[] {height, width}, interpolation, false)
                        .transpose(0, 2, 3, 1);
        return (single ? image.squeeze(0) : image).toType(array.getDataType(), false);
    }

    // ---- several arrays

    @Override
    public NDArrayIndexer getIndexer(NDManager manager) {
        return new SymbolicIndexer(tape);
    }

    @Override
    public NDArray where(NDArray condition, NDArray other) {
        SymbolicArray right = tape.own(other, "where");
        NumberType common =
                NumberType.promote(
                        array.numbers(),
                        array.getShape().dimension(),
                        right.numbers(),
                        right.getShape().dimension());
        Shape result =
                Shapes.broadcast(
                        condition.getShape(), Shapes.broadcast(array.getShape(), right.getShape()));
        return array.one(
                "where", common, result, Map.of("numbers", common), condition, array, right);
    }

    @Override
    public NDArray stack(NDList arrays, int axis) {
        NDList expanded = new NDList();
        int place = axis < 0 ? axis + array.getShape().dimension() + 1 : axis;
        arrays.forEach(other -> expanded.add(tape.own(other, "stack").expandDims(place)));
        return array.expandDims(place).getNDArrayInternal().concat(expanded, place);
    }

    @Override
    public NDArray concat(NDList arrays, int axis) {
        List<NDArray> operands = new ArrayList<>(List.of(array));
        operands.addAll(arrays);
        int resolved = Shapes.axis(axis, array.getShape().dimension());
        NumberType numbers = array.numbers();
        long size = array.getShape().get(resolved);
        for (NDArray other : arrays) {
            SymbolicArray own = tape.own(other, "concat");
            numbers = NumberType.promote(numbers, 1, own.numbers(), 1);
            size += own.getShape().get(resolved);
            if (!Shapes.with(own.getShape(), resolved, array.getShape().get(resolved))
                    .equals(array.getShape())) {
                throw new IllegalArgumentException(
                        "concat of " + array.getShape() + " and " + own.getShape());
            }
        }
        return array.one(
                "concat",
                numbers,
                Shapes.with(array.getShape(), resolved, size),
                Map.of("axis", resolved, "numbers", numbers),
                operands.toArray(NDArray[]::new));
    }

    @Override
    public NDArray getArray() {
        return array;
    }

    // ---- refused

    private NDList foreign(String operation, Object... given) {
        return new NDList(tape.foreign().record(array, operation, given).toArray(NDArray[]::new));
    }

    private ExportException inPlace(String operation) {
        return Refusal.inPlace(tape, operation, "which no engine of DJL does this way around");
    }

    private ExportException update(String operation) {
        return Refusal.of(tape, operation, "an optimiser's step is no part of a forward pass");
    }

    @Override
    public NDArray rdivi(NDArray b) {
        throw inPlace("rdivi");
    }

    @Override
    public NDArray rmodi(NDArray b) {
        throw inPlace("rmodi");
    }

    @Override
    public NDArray rpowi(Number n) {
        throw inPlace("rpowi");
    }

    @Override
    public void adadeltaUpdate(
            NDList inputs,
            NDList weights,
            float weightDecay,
            float rescaleGrad,
            float clipGrad,
            float rho,
            float epsilon) {
        throw update("adadeltaUpdate");
    }

    @Override
    public void adagradUpdate(
            NDList inputs,
            NDList weights,
            float learningRate,
            float weightDecay,
            float rescaleGrad,
            float clipGrad,
            float epsilon) {
        throw update("adagradUpdate");
    }

    @Override
    public void adamUpdate(
            NDList inputs,
            NDList weights,
            float learningRate,
            float learningRateBiasCorrection,
            float weightDecay,
            float rescaleGrad,
            float clipGrad,
            float beta1,
            float beta2,
            float epsilon,
            boolean lazyUpdate,
            boolean adamw) {
        throw update("adamUpdate");
    }

    @Override
    public void nagUpdate(
            NDList inputs,
            NDList weights,
            float learningRate,
            float weightDecay,
            float rescaleGrad,
            float clipGrad,
            float momentum) {
        throw update("nagUpdate");
    }

    @Override
    public void rmspropUpdate(
            NDList inputs,
            NDList weights,
            float learningRate,
            float weightDecay,
            float rescaleGrad,
            float clipGrad,
            float rho,
            float momentum,
            float epsilon,
            boolean centered) {
        throw update("rmspropUpdate");
    }

    @Override
    public void sgdUpdate(
            NDList inputs,
            NDList weights,
            float learningRate,
            float weightDecay,
            float rescaleGrad,
            float clipGrad,
            float momentum,
            boolean lazyUpdate) {
        throw update("sgdUpdate");
    }

    @Override
    public NDArray randomFlipLeftRight() {
        throw Refusal.random(tape, "randomFlipLeftRight");
    }

    @Override
    public NDArray randomFlipTopBottom() {
        throw Refusal.random(tape, "randomFlipTopBottom");
    }

    @Override
    public NDArray randomBrightness(float brightness) {
        throw Refusal.random(tape, "randomBrightness");
    }

    @Override
    public NDArray randomHue(float hue) {
        throw Refusal.random(tape, "randomHue");
    }

    @Override
    public NDArray randomColorJitter(
            float brightness, float contrast, float saturation, float hue) {
        throw Refusal.random(tape, "randomColorJitter");
    }

    @Override
    public NDList multiBoxTarget(
            NDList inputs,
            float iouThreshold,
            float ignoreLabel,
            float negativeMiningRatio,
            float negativeMiningThreshold,
            int minNegativeSamples) {
        return foreign(
                "multiBoxTarget",
                inputs,
                iouThreshold,
                ignoreLabel,
                negativeMiningRatio,
                negativeMiningThreshold,
                minNegativeSamples);
    }

    @Override
    public NDList multiBoxPrior(
            List<Float> sizes,
            List<Float> ratios,
            List<Float> steps,
            List<Float> offsets,
            boolean clip) {
        return foreign("multiBoxPrior", sizes, ratios, steps, offsets, clip);
    }

    @Override
    public NDList multiBoxDetection(
            NDList inputs,
            boolean clip,
            float threshold,
            int backgroundId,
            float nmsThreshold,
            boolean forceSuppress,
            int nmsTopK) {
        return foreign(
                "multiBoxDetection",
                inputs,
                clip,
                threshold,
                backgroundId,
                nmsThreshold,
                forceSuppress,
                nmsTopK);
    }
}
