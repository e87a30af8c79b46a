package dev.vitrail.converter.pass;

import org.junit.jupiter.api.Test;

class MergeCommonSubexpressionsTest extends PassTest {
    MergeCommonSubexpressionsTest() {
        super(new MergeCommonSubexpressions());
    }

    @Test
    void computesOnceWhatIsComputedTwice() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,3]
                weight one: float[] = {2.0}
                weight two: float[] = {2.0}
                a: float[batch,3] = Mul(x, one)
                b: float[batch,3] = Mul(x, two)
                c: float[batch,3] = Relu(a)
                d: float[batch,3] = Relu(b)
                y: float[batch,3] = Add(c, d)
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,3]
                weight one: float[] = {2.0}
                a: float[batch,3] = Mul(x, one)
                c: float[batch,3] = Relu(a)
                y: float[batch,3] = Add(c, c)
                output y
                """);
    }

    @Test
    void leavesDifferentAttributesAndWeightsAlone() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,3]
                weight v: float[3] = ...
                weight w: float[3] = ...
                a: float[batch,3] = Softmax(x) {axis = 0}
                b: float[batch,3] = Softmax(x) {axis = 1}
                c: float[batch,3] = Add(a, v)
                d: float[batch,3] = Add(a, w)
                y: float[batch,3] = Sum(b, c, d)
                output y
                """);
    }

    @Test
    void leavesRandomNumbersAlone() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,3]
                a: float[3] = RandomNormal() {shape = [3]}
                b: float[3] = RandomNormal() {shape = [3]}
                y: float[batch,3] = Sum(x, a, b)
                output y
                """);
    }

    @Test
    void keepsBothOfTwoOutputs() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,3]
                y: float[batch,3] = Relu(x)
                z: float[batch,3] = Relu(x)
                output y
                output z
                """);
    }

    @Test
    void theOutputKeepsItsName() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,3]
                a: float[batch,3] = Relu(x)
                y: float[batch,3] = Relu(x)
                z: float[batch,3] = Neg(a)
                output y
                output z
                """,
                """
                graph g opset 17
                input x: float[batch,3]
                y: float[batch,3] = Relu(x) @a
                z: float[batch,3] = Neg(y)
                output y
                output z
                """);
    }
}
