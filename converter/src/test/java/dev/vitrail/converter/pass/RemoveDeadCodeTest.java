package dev.vitrail.converter.pass;

import org.junit.jupiter.api.Test;

class RemoveDeadCodeTest extends PassTest {
    RemoveDeadCodeTest() {
        super(new RemoveDeadCode());
    }

    @Test
    void removesWhatNoOutputNeeds() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,3]
                input unused: float[batch]
                weight w: float[3] = ...
                weight dead: float[3] = ...
                a: float[batch,3] = Add(x, dead)
                b: float[batch,3] = Relu(a)
                y: float[batch,3] = Add(x, w)
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,3]
                input unused: float[batch]
                weight w: float[3] = ...
                y: float[batch,3] = Add(x, w)
                output y
                """);
    }

    @Test
    void keepsANodeOfWhichOneResultIsRead() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,4]
                weight sizes: int64[2] = {1, 3}
                a: float[batch,1], y: float[batch,3] = Split(x, sizes) {axis = 1} @split
                output y
                """);
    }
}
