package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.LayerNorm;
import dev.vitrail.zoo.config.Architecture;

/**
 * One pre-norm encoder block (ViT paper, equations 2 and 3): attention, then MLP, each on the
 * normalised input and added to it. {@code [batch, tokens, dim]} to the same.
 */
final class EncoderBlock extends UnaryBlock {

    private final LayerNorm norm1;
    private final MultiHeadAttention attention;
    private final DropPath dropPath1;
    private final LayerNorm norm2;
    private final Mlp mlp;
    private final DropPath dropPath2;

    EncoderBlock(Architecture architecture, int index) {
        double dropRate = DropPath.rate(architecture.dropPath(), index, architecture.depth());
        norm1 = addChildBlock("norm1", Layers.layerNorm(architecture.normEpsilon()));
        attention = addChildBlock("attn", new MultiHeadAttention(architecture));
        dropPath1 = addChildBlock("drop_path1", new DropPath(dropRate));
        norm2 = addChildBlock("norm2", Layers.layerNorm(architecture.normEpsilon()));
        mlp = addChildBlock("mlp", new Mlp(architecture));
        dropPath2 = addChildBlock("drop_path2", new DropPath(dropRate));
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        NDArray attended = pass.through(attention, pass.through(norm1, x));
        NDArray y = x.add(pass.through(dropPath1, attended));
        NDArray transformed = pass.through(mlp, pass.through(norm2, y));
        return y.add(pass.through(dropPath2, transformed));
    }

    @Override
    Shape outputShape(Shape x) {
        return x;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        getChildren().values().forEach(child -> child.initialize(manager, type, inputShapes));
    }
}
