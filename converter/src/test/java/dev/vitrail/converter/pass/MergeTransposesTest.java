package dev.vitrail.converter.pass;

import org.junit.jupiter.api.Test;

class MergeTransposesTest extends PassTest {
    MergeTransposesTest() {
        super(new MergeTransposes());
    }

    @Test
    void makesOneOfTwoInARow() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,2,3,4]
                a: float[batch,4,2,3] = Transpose(x) {perm = [0, 3, 1, 2]}
                y: float[2,3,batch,4] = Transpose(a) {perm = [2, 3, 0, 1]} "why"
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,2,3,4]
                y: float[2,3,batch,4] = Transpose(x) {perm = [1, 2, 0, 3]} "why"
                output y
                """);
    }

    @Test
    void knowsThatNoOrderMeansReversed() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,2,3]
                a: float[3,2,batch] = Transpose(x)
                y: float[3,batch,2] = Transpose(a) {perm = [0, 2, 1]}
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,2,3]
                y: float[3,batch,2] = Transpose(x) {perm = [2, 0, 1]}
                output y
                """);
    }

    @Test
    void keepsTheFirstForItsOtherReaders() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,2,3]
                a: float[batch,3,2] = Transpose(x) {perm = [0, 2, 1]}
                z: float[batch,3,2] = Relu(a)
                y: float[3,batch,2] = Transpose(a) {perm = [1, 0, 2]}
                output y
                output z
                """,
                """
                graph g opset 17
                input x: float[batch,2,3]
                a: float[batch,3,2] = Transpose(x) {perm = [0, 2, 1]}
                z: float[batch,3,2] = Relu(a)
                y: float[3,batch,2] = Transpose(x) {perm = [2, 0, 1]}
                output y
                output z
                """);
    }

    @Test
    void leavesOtherNodesBetweenAlone() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,2,3]
                a: float[batch,3,2] = Transpose(x) {perm = [0, 2, 1]}
                b: float[batch,3,2] = Softmax(a) {axis = -1}
                y: float[batch,2,3] = Transpose(b) {perm = [0, 2, 1]}
                output y
                """);
    }
}
