package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.vitrail.zoo.config.Architecture;

/**
 * The two heads of a distilled network (DeiT, Touvron et al. 2021, section 4): one reads the class
 * token, one the distillation token; the logits are their average. {@code [batch, tokens, dim]}
 * becomes {@code [batch, classes]}.
 *
 * <p>In training too it is the average: both heads learn from the labels, as in DeiT's fine-tuning.
 * There is no teacher here, whose labels the second head would learn from.
 *
 * <p>Without classes there are no heads, and the average is that of what they would read, as timm
 * gives it.
 */
final class DistilledHead extends UnaryBlock {

    private final Block norm;
    private final Block head;
    private final Block distilledHead;

    DistilledHead(Architecture architecture, int classes) {
        norm =
                addChildBlock(
                        "fc_norm",
                        Layers.optional(
                                architecture.fcNorm(),
                                Layers.layerNorm(architecture.normEpsilon(), 1)));
        head = addChildBlock("head", linear(classes));
        distilledHead = addChildBlock("head_dist", linear(classes));
    }

    private static Block linear(int classes) {
        return classes > 0 ? Layers.linear(classes) : Layers.identity();
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        NDArray logits = pass.through(head, pass.through(norm, x.get(":, 0"))); // [B, classes]
        NDArray distilled = pass.through(distilledHead, pass.through(norm, x.get(":, 1")));
        return Layers.scaled(logits.add(distilled), 0.5);
    }

    @Override
    Shape outputShape(Shape x) {
        return head.getOutputShapes(new Shape[] {token(x)})[0];
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape token = token(inputShapes[0]);
        getChildren().values().forEach(child -> child.initialize(manager, type, token));
    }

    private static Shape token(Shape x) {
        return new Shape(x.get(0), x.get(2));
    }
}
