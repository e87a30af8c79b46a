package dev.vitrail.converter.pass;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoldConstantsTest extends PassTest {
    FoldConstantsTest() {
        super(new FoldConstants());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "float[2,2] | Add(m, v)         | 2.0, 4.0, 4.0, 6.0",
                "float[2,2] | Sub(v, m)         | 0.0, 0.0, -2.0, -2.0",
                "float[2,2] | Mul(m, s)         | 0.1, 0.2, 0.3, 0.4",
                "float[2,2] | Div(m, s)         | 10.0, 20.0, 30.0, 40.0",
                "float[2,2] | Max(m, v)         | 1.0, 2.0, 3.0, 4.0",
                "float[2]   | Neg(v)            | -1.0, -2.0",
                "float[2]   | Sqrt(v)           | 1.0, 1.4142135",
                "float[2,2] | Transpose(m)      | 1.0, 3.0, 2.0, 4.0",
                "float[4]   | Reshape(m, four)  | 1.0, 2.0, 3.0, 4.0",
                "float[3,2] | Expand(v, rows)   | 1.0, 2.0, 1.0, 2.0, 1.0, 2.0",
                "float[2,4] | Concat(m, m) {axis = -1} | 1.0, 2.0, 1.0, 2.0, 3.0, 4.0, 3.0, 4.0",
                "float[2]   | Gather(m, last)   | 3.0, 4.0",
                "float[2]   | Cast(i) {to = 1}  | -7.0, 2.0",
                "float[1]   | Slice(v, one, four) | 2.0",
                "float[2,1] | Unsqueeze(v, one) | 1.0, 2.0",
            })
    void computesAhead(String type, String call, String elements) {
        becomes(
                FRONT + "c: " + type + " = " + call + "\ny: " + type + " = Relu(c)\noutput y\n",
                "graph g opset 17\ninput x: float[batch,2]\nweight c: "
                        + type
                        + " = {"
                        + elements
                        + "}\ny: "
                        + type
                        + " = Relu(c)\noutput y\n");
    }

    private static final String FRONT =
            """
            graph g opset 17
            input x: float[batch,2]
            weight m: float[2,2] = {1.0, 2.0, 3.0, 4.0}
            weight v: float[2] = {1.0, 2.0}
            weight s: float[] = {0.1}
            weight i: int64[2] = {-7, 2}
            weight four: int64[1] = {4}
            weight one: int64[1] = {1}
            weight last: int64[] = {-1}
            weight rows: int64[2] = {3, 1}
            """;

    @Test
    void foldsWholeChainsAndCutsWholeNumbersTowardsZero() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,2]
                weight a: int64[2] = {-7, 7}
                weight b: int64[] = {2}
                c: int64[2] = Div(a, b)
                d: float[2] = Cast(c) {to = 1}
                y: float[batch,2] = Add(x, d)
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,2]
                weight d: float[2] = {-3.0, 3.0}
                y: float[batch,2] = Add(x, d)
                output y
                """);
    }

    @Test
    void makesAnInitializerOfAConstantNode() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,2]
                c: float[2] = Constant() {value = float[2]{1.0, 2.0}}
                y: float[batch,2] = Add(x, c)
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,2]
                weight c: float[2] = {1.0, 2.0}
                y: float[batch,2] = Add(x, c)
                output y
                """);
    }

    @Test
    void seesAWeightInAnotherShape() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,6]
                weight v: float[5,6] = ...
                weight w: float[30] = ...
                weight s: int64[2] = {5, 6}
                a: float[6,5] = Transpose(v) {perm = [1, 0]}
                b: float[5,6] = Reshape(w, s)
                c: float[batch,5] = MatMul(x, a)
                y: float[batch,6] = MatMul(c, b)
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,6]
                weight v: float[6,5] = ...
                weight w: float[5,6] = ...
                c: float[batch,5] = MatMul(x, v)
                y: float[batch,6] = MatMul(c, w)
                output y
                """);
    }

    @Test
    void leavesAWeightAloneThatOthersReadToo() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,6]
                weight v: float[6,6] = ...
                a: float[6,6] = Transpose(v) {perm = [1, 0]}
                b: float[batch,6] = MatMul(x, a)
                y: float[batch,6] = MatMul(b, v)
                output y
                """);
    }

    @Test
    void leavesWeightsAndDivisionByZeroAlone() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,2]
                weight w: float[2] = ...
                weight half: float[] = {0.5}
                weight n: int64[] = {7}
                weight zero: int64[] = {0}
                a: float[2] = Mul(w, half)
                b: int64[] = Div(n, zero)
                c: float[] = Cast(b) {to = 1}
                d: float[2] = Mul(a, c)
                y: float[batch,2] = Add(x, d)
                output y
                """);
    }

    @Test
    void leavesResultsAloneThatWouldBeLarge() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,2]
                weight half: float[] = {0.5}
                weight s: int64[2] = {5000, 2}
                a: float[5000,2] = Expand(half, s)
                y: float[5000,2] = Relu(a)
                output y
                """);
    }
}
