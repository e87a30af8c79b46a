package dev.vitrail.converter.pass;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldBatchNormalizationTest extends PassTest {
    private static final String FRONT =
            """
            graph g opset 17
            input x: float[batch,4,5,5]
            weight weight: float[6,2,3,3] = ...
            weight bias: float[6] = ...
            weight scale: float[6] = ...
            weight shift: float[6] = ...
            weight mean: float[6] = ...
            weight variance: float[6] = ...
            """;

    FoldBatchNormalizationTest() {
        super(new FoldBatchNormalization());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0E-5", "0.001"})
    void foldsIntoAConvolutionWithBias(String epsilon) {
        becomes(
                FRONT
                        + "conv: float[batch,6,3,3] = Conv(x, weight, bias) {group = 2}\n"
                        + "y: float[batch,6,3,3] = BatchNormalization(conv, scale, shift, mean,"
                        + " variance) {epsilon = "
                        + epsilon
                        + "} @norm\noutput y\n",
                """
                graph g opset 17
                input x: float[batch,4,5,5]
                weight weight: float[6,2,3,3] = ...
                weight bias_2: float[6] = ...
                y: float[batch,6,3,3] = Conv(x, weight, bias_2) {group = 2} @conv
                output y
                """);
    }

    @Test
    void givesAConvolutionWithoutBiasOne() {
        becomes(
                FRONT
                        + """
                        conv: float[batch,6,3,3] = Conv(x, weight) {group = 2}
                        norm: float[batch,6,3,3] = BatchNormalization(conv, scale, shift, mean, variance)
                        y: float[batch,6,3,3] = Relu(norm)
                        output y
                        """,
                """
                graph g opset 17
                input x: float[batch,4,5,5]
                weight weight: float[6,2,3,3] = ...
                weight conv.bias: float[6] = ...
                norm: float[batch,6,3,3] = Conv(x, weight, conv.bias) {group = 2} @conv
                y: float[batch,6,3,3] = Relu(norm)
                output y
                """);
    }

    @Test
    void leavesAConvolutionAloneWhoseResultOthersRead() {
        leavesAlone(
                FRONT
                        + """
                        conv: float[batch,6,3,3] = Conv(x, weight, bias) {group = 2}
                        norm: float[batch,6,3,3] = BatchNormalization(conv, scale, shift, mean, variance)
                        y: float[batch,6,3,3] = Add(norm, conv)
                        output y
                        """);
    }

    @Test
    void leavesAConvolutionAloneThatIsAnOutput() {
        leavesAlone(
                FRONT
                        + """
                        conv: float[batch,6,3,3] = Conv(x, weight, bias) {group = 2}
                        y: float[batch,6,3,3] = BatchNormalization(conv, scale, shift, mean, variance)
                        output y
                        output conv
                        """);
    }

    @Test
    void leavesAWeightAloneThatTwoConvolutionsShare() {
        leavesAlone(
                FRONT
                        + """
                        conv: float[batch,6,3,3] = Conv(x, weight, bias) {group = 2}
                        other: float[batch,6,3,3] = Conv(x, weight) {group = 2}
                        norm: float[batch,6,3,3] = BatchNormalization(conv, scale, shift, mean, variance)
                        y: float[batch,6,3,3] = Add(norm, other)
                        output y
                        """);
    }

    @Test
    void leavesParametersAloneThatAreComputed() {
        leavesAlone(
                FRONT
                        + """
                        squared: float[6] = Mul(variance, variance)
                        conv: float[batch,6,3,3] = Conv(x, weight, bias) {group = 2}
                        y: float[batch,6,3,3] = BatchNormalization(conv, scale, shift, mean, squared)
                        output y
                        """);
    }

    @Test
    void leavesANormalisationAloneThatTrains() {
        leavesAlone(
                FRONT
                        + """
                        conv: float[batch,6,3,3] = Conv(x, weight, bias) {group = 2}
                        y: float[batch,6,3,3], m: float[6], v: float[6] = BatchNormalization(conv, scale, shift, mean, variance) {training_mode = 1}
                        output y
                        """);
    }

    @Test
    void leavesANormalisationWithoutAConvolutionAlone() {
        leavesAlone(
                FRONT
                        + """
                        relu: float[batch,4,5,5] = Relu(x)
                        y: float[batch,4,5,5] = BatchNormalization(relu, scale, shift, mean, variance)
                        output y
                        """);
    }
}
