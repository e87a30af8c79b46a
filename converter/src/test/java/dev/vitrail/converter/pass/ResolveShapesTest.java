package dev.vitrail.converter.pass;

import org.junit.jupiter.api.Test;

class ResolveShapesTest extends PassTest {
    ResolveShapesTest() {
        super(new ResolveShapes());
    }

    @Test
    void givesAReshapeAConstantTarget() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,4,6]
                weight zero: int64[1] = {0}
                weight rest: int64[2] = {2, 12}
                shape: int64[3] = Shape(x)
                first: int64[1] = Gather(shape, zero)
                target: int64[3] = Concat(first, rest) {axis = 0}
                y: float[batch,2,12] = Reshape(x, target)
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,4,6]
                weight y/shape: int64[3] = {-1, 2, 12}
                y: float[batch,2,12] = Reshape(x, y/shape)
                output y
                """);
    }

    @Test
    void copiesAnAxisSoThatAnotherMayBeUnknown() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,batch,6]
                weight rest: int64[2] = {2, 3}
                weight from: int64[1] = {0}
                weight to: int64[1] = {2}
                shape: int64[3] = Shape(x)
                front: int64[2] = Slice(shape, from, to)
                target: int64[4] = Concat(front, rest) {axis = 0}
                y: float[batch,batch,2,3] = Reshape(x, target)
                output y
                """,
                """
                graph g opset 17
                input x: float[batch,batch,6]
                weight y/shape: int64[4] = {0, -1, 2, 3}
                y: float[batch,batch,2,3] = Reshape(x, y/shape)
                output y
                """);
    }

    @Test
    void knowsFixedShapesAndExtents() {
        becomes(
                """
                graph g opset 17
                input x: float[batch,3]
                weight w: float[2,3] = ...
                weight last: int64[] = {1}
                fixed: int64[2] = Shape(w)
                part: int64[1] = Shape(x) {start = 1}
                shape: int64[2] = Shape(x)
                extent: int64[] = Gather(shape, last)
                count: int64[] = Size(w)
                a: int64[2] = Mul(fixed, part)
                b: int64[2] = Mul(a, extent)
                c: int64[2] = Mul(b, count)
                d: float[2] = Cast(c) {to = 1}
                e: float[2,3] = Add(w, x)
                y: float[2] = Relu(d)
                output y
                """
                        .replace("e: float[2,3] = Add(w, x)\n", ""),
                """
                graph g opset 17
                input x: float[batch,3]
                weight fixed: int64[2] = {2, 3}
                weight part: int64[1] = {3}
                weight extent: int64[] = {3}
                weight count: int64[] = {6}
                a: int64[2] = Mul(fixed, part)
                b: int64[2] = Mul(a, extent)
                c: int64[2] = Mul(b, count)
                d: float[2] = Cast(c) {to = 1}
                y: float[2] = Relu(d)
                output y
                """);
    }

    @Test
    void leavesExtentsThatAreKnownOnlyAtRunTime() {
        leavesAlone(
                """
                graph g opset 17
                input x: float[batch,tokens,4]
                weight order: int64[3] = {1, 0, 2}
                shape: int64[3] = Shape(x)
                target: int64[3] = Gather(shape, order)
                y: float[tokens,batch,4] = Reshape(x, target)
                output y
                """);
    }
}
