package dev.vitrail.converter.pass;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoveIdentitiesTest extends PassTest {
    private static final String FRONT =
            """
            graph g opset 17
            input x: float[batch,3]
            weight zeros: float[3] = {0.0, 0.0, 0.0}
            weight ones: float[1] = {1.0}
            weight no: bool[] = {0}
            weight yes: bool[] = {1}
            weight half: float[] = {0.5}
            weight same: int64[2] = {-1, 3}
            weight start: int64[1] = {0}
            weight end: int64[1] = {9223372036854775807}
            weight axis: int64[1] = {1}
            weight back: int64[1] = {-1}
            weight last: int64[1] = {-9223372036854775807}
            weight rows: int64[3] = {2, 1, 1}
            before: float[batch,3] = Relu(x)
            """;

    RemoveIdentitiesTest() {
        super(new RemoveIdentities());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Identity(before)",
                "Dropout(before)",
                "Dropout(before, half, no)",
                "Cast(before) {to = 1}",
                "Reshape(before, same)",
                "Flatten(before)",
                "Transpose(before) {perm = [0, 1]}",
                "Concat(before) {axis = 1}",
                "Slice(before, start, end, axis)",
                "Add(before, zeros)",
                "Add(zeros, before)",
                "Sub(before, zeros)",
                "Mul(before, ones)",
                "Mul(ones, before)",
                "Div(before, ones)",
                "Pow(before, ones)"
            })
    void removesWhatGivesItsOperand(String call) {
        becomes(
                FRONT + "a: float[batch,3] = " + call + "\ny: float[batch,3] = Neg(a)\noutput y\n",
                """
                graph g opset 17
                input x: float[batch,3]
                before: float[batch,3] = Relu(x)
                y: float[batch,3] = Neg(before)
                output y
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: float[batch,3] = Sub(zeros, before)",
                "a: float[batch,3] = Div(ones, before)",
                "a: float[batch,3] = Mul(before, zeros)",
                "a: float[batch,3] = Slice(before, back, last, axis, back)",
                "a: float[3,batch] = Transpose(before)",
                "a: float[2,batch,3] = Expand(before, rows)",
                "a: float[batch,3] = Dropout(before, half, yes)",
                "a: float16[batch,3] = Cast(before) {to = 10}"
            })
    void leavesAloneWhatChangesSomething(String line) {
        leavesAlone(FRONT + line + "\ny: float[batch,3] = Neg(before)\noutput y\noutput a\n");
    }

    @Test
    void theOutputKeepsItsName() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,3]
                a: float[batch,3] = Relu(x)
                y: float[batch,3] = Identity(a)
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,3]
                y: float[batch,3] = Relu(x) @a
                output y
                """);
    }

    @Test
    void keepsAnIdentityBetweenAnInputAndAnOutput() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,3]
                y: float[batch,3] = Identity(x)
                output y
                """);
    }

    @Test
    void keepsAnIdentityBetweenTwoOutputs() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,3]
                y: float[batch,3] = Relu(x)
                z: float[batch,3] = Identity(y)
                output y
                output z
                """);
    }

    @Test
    void keepsAnAdditionThatOnlyBroadcasts() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,1]
                weight zeros: float[3] = {0.0, 0.0, 0.0}
                y: float[batch,3] = Add(x, zeros)
                output y
                """);
    }

    @Test
    void keepsAReshapeBetweenDifferentSymbols() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,tokens]
                input shape: int64[2]
                a: float[tokens,batch] = Reshape(x, shape)
                y: float[tokens,batch] = Relu(a)
                output y
                """);
    }
}
