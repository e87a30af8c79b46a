package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.norm.LayerNorm;
import dev.vitrail.zoo.config.Architecture;

/**
 * One pre-norm encoder block (ViT paper, equations 2 and 3): attention, then MLP, each on the
 * normalised input, scaled where the config has layer scale, and added to it. {@code [batch,
 * tokens, dim]} to the same.
 */
final class EncoderBlock extends UnaryBlock {

    private final LayerNorm norm1;
    private final MultiHeadAttention attention;
    private final Block layerScale1;
    private final DropPath dropPath1;
    private final LayerNorm norm2;
    private final Block mlp;
    private final Block layerScale2;
    private final DropPath dropPath2;

    EncoderBlock(Architecture architecture, int index) {
        double dropRate = DropPath.rate(architecture.dropPath(), index, architecture.depth());
        norm1 = addChildBlock("norm1", Layers.layerNorm(architecture.normEpsilon()));
        attention = addChildBlock("attn", new MultiHeadAttention(architecture));
        layerScale1 = addChildBlock("ls1", layerScale(architecture));
        dropPath1 = addChildBlock("drop_path1", new DropPath(dropRate));
        norm2 = addChildBlock("norm2", Layers.layerNorm(architecture.normEpsilon()));
        mlp = addChildBlock("mlp", Mlp.of(architecture));
        layerScale2 = addChildBlock("ls2", layerScale(architecture));
        dropPath2 = addChildBlock("drop_path2", new DropPath(dropRate));
    }

    private static Block layerScale(Architecture architecture) {
        return Layers.optional(architecture.layerScale() > 0, new LayerScale(architecture.dim()));
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        NDArray attended = pass.through(attention, pass.through(norm1, x));
        NDArray y = x.add(pass.through(dropPath1, pass.through(layerScale1, attended)));
        NDArray transformed = pass.through(mlp, pass.through(norm2, y));
        return y.add(pass.through(dropPath2, pass.through(layerScale2, transformed)));
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
