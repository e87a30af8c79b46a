package dev.vitrail.converter.graph;

import java.util.HashMap;
import java.util.Map;

/**
 * ONNX's own operators and the opset that brought each. From the specification's list of operators
 * (docs/Operators.md); what was there at opset 17, the oldest that is written, counts as 17.
 */
final class KnownOperators {
    private static final Map<String, Integer> FIRST_OPSETS = new HashMap<>();

    static {
        since(
                17,
                """
                    Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool
                    BatchNormalization Bernoulli BitShift BlackmanWindow Cast CastLike Ceil Celu
                    Clip Compress Concat ConcatFromSequence Constant ConstantOfShape Conv
                    ConvInteger ConvTranspose Cos Cosh CumSum DFT DepthToSpace DequantizeLinear
                    Det Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike
                    Flatten Floor GRU Gather GatherElements GatherND Gemm GlobalAveragePool
                    GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample HammingWindow
                    HannWindow HardSigmoid HardSwish Hardmax Identity If InstanceNormalization
                    IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log
                    LogSoftmax Loop LpNormalization LpPool MatMul MatMulInteger Max MaxPool
                    MaxRoiPool MaxUnpool Mean MeanVarianceNormalization MelWeightMatrix Min Mod
                    Mul Multinomial Neg NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not
                    OneHot Optional OptionalGetElement OptionalHasElement Or PRelu Pad Pow
                    QLinearConv QLinearMatMul QuantizeLinear RNN RandomNormal RandomNormalLike
                    RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2
                    ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
                    ReduceSum ReduceSumSquare Relu Reshape Resize ReverseSequence RoiAlign Round
                    STFT Scan ScatterElements ScatterND Selu SequenceAt SequenceConstruct
                    SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap Shape
                    Shrink Sigmoid Sign Sin Sinh Size Slice Softmax SoftmaxCrossEntropyLoss
                    Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze
                    StringNormalizer Sub Sum Tan Tanh TfIdfVectorizer ThresholdedRelu Tile TopK
                    Transpose Trilu Unique Unsqueeze Where Xor
                """);
        since(
                18,
                "BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im GroupNormalization"
                        + " Mish");
        since(19, "DeformConv");
        since(20, "AffineGrid Gelu ImageDecoder RegexFullMatch StringConcat StringSplit");
        since(23, "Attention RMSNormalization RotaryEmbedding");
    }

    private KnownOperators() {}

    /** Whether an operator exists in an opset. */
    static boolean contains(String operator, int opset) {
        return FIRST_OPSETS.getOrDefault(operator, Integer.MAX_VALUE) <= Math.max(opset, 17);
    }

    private static void since(int opset, String operators) {
        for (String operator : operators.strip().split("\\s+")) {
            FIRST_OPSETS.put(operator, opset);
        }
    }
}
