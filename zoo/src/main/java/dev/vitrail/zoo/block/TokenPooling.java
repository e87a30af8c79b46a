package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Pooling;

/**
 * The token sequence as one vector, {@code [batch, tokens, dim]} to {@code [batch, pooled dim]}.
 */
final class TokenPooling extends UnaryBlock {

    private final Pooling pooling;
    private final int prefixTokens;
    private final int pooledDim;
    private final Block attentionPooling;

    TokenPooling(Architecture architecture) {
        pooling = architecture.pooling();
        prefixTokens = architecture.prefixTokens();
        pooledDim = architecture.pooledDim();
        attentionPooling =
                addChildBlock(
                        "attn_pool",
                        Layers.optional(
                                pooling == Pooling.ATTENTION, new AttentionPooling(architecture)));
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        return switch (pooling) {
            case TOKEN -> classToken(x);
            case MEAN -> meanPatch(x);
            case ATTENTION -> pass.through(attentionPooling, patches(x));
            case TOKEN_AND_MEAN -> classToken(x).concat(meanPatch(x), 1); // [B, 2 D]
        };
    }

    private static NDArray classToken(NDArray x) {
        return x.get(":, 0"); // [B, D]
    }

    private NDArray meanPatch(NDArray x) {
        return patches(x).mean(new int[] {1}); // [B, D]
    }

    private NDArray patches(NDArray x) {
        return prefixTokens == 0 ? x : x.get(":, " + prefixTokens + ":");
    }

    @Override
    Shape outputShape(Shape x) {
        return new Shape(x.get(0), pooledDim);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape x = inputShapes[0];
        attentionPooling.initialize(
                manager, type, new Shape(x.get(0), x.get(1) - prefixTokens, x.get(2)));
    }
}
