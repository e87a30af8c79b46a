package dev.vitrail.converter.pass;

import org.junit.jupiter.api.Test;

class MergeReshapesTest extends PassTest {
    MergeReshapesTest() {
        super(new MergeReshapes());
    }

    @Test
    void makesOneOfTwoInARow() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,2,6]
                weight s: int64[3] = {-1, 3, 4}
                weight t: int64[4] = {-1, 2, 2, 3}
                a: float[batch,3,4] = Reshape(x, s)
                y: float[batch,2,2,3] = Reshape(a, t)
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,2,6]
                weight t: int64[4] = {-1, 2, 2, 3}
                y: float[batch,2,2,3] = Reshape(x, t)
                output y
                """);
    }

    @Test
    void mergesAFlattenAndACopiedBatch() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,2,6]
                weight t: int64[3] = {0, 4, -1}
                a: float[batch,12] = Flatten(x)
                y: float[batch,4,3] = Reshape(a, t)
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,2,6]
                weight t: int64[3] = {0, 4, -1}
                y: float[batch,4,3] = Reshape(x, t)
                output y
                """);
    }

    @Test
    void leavesACopiedAxisThatIsAnotherBefore() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,2,6]
                weight s: int64[2] = {-1, 6}
                weight t: int64[3] = {0, 2, 3}
                a: float[2*batch,6] = Reshape(x, s)
                y: float[2*batch,2,3] = Reshape(a, t)
                output y
                """);
    }

    @Test
    void leavesAShapeThatIsComputed() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,2,6]
                input t: int64[3]
                a: float[batch,12] = Flatten(x)
                y: float[batch,4,3] = Reshape(a, t)
                output y
                """);
    }
}
