package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Pooling;

/**
 * Pools normalised tokens {@code [batch, tokens, dim]} and maps them to {@code [batch, classes]}.
 */
final class ClassifierHead extends UnaryBlock {

    private final Pooling pooling;
    private final Linear head;

    ClassifierHead(Architecture architecture, int classes) {
        pooling = architecture.pooling();
        head = addChildBlock("head", Layers.linear(classes));
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        return pass.through(head, pool(x)); // [B, classes]
    }

    private NDArray pool(NDArray x) {
        return switch (pooling) {
            case TOKEN -> x.get(":, 0"); // [B, D]
            case MEAN -> x.get(":, 1:").mean(new int[] {1}); // [B, D]
        };
    }

    @Override
    Shape outputShape(Shape x) {
        return head.getOutputShapes(new Shape[] {pooled(x)})[0];
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        head.initialize(manager, type, pooled(inputShapes[0]));
    }

    private static Shape pooled(Shape x) {
        return new Shape(x.get(0), x.get(2));
    }
}
