package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import dev.vitrail.zoo.config.Architecture;

/**
 * Multi-head self-attention (ViT paper, appendix A), {@code [batch, tokens, dim]} to the same.
 *
 * <p>Query, key and value come from one linear layer of {@code 3 dim} outputs in this order, each
 * split into heads; as in timm, so that its weights fit. Where the config says so, query and key
 * are normalised over the head dimension first (Dehghani et al. 2023, section 2).
 */
final class MultiHeadAttention extends UnaryBlock {

    private final Linear qkv;
    private final Block queryNorm;
    private final Block keyNorm;
    private final Dropout attentionDropout;
    private final Linear proj;
    private final Dropout outputDropout;
    private final int dim;
    private final int heads;
    private final int headDim;

    MultiHeadAttention(Architecture architecture) {
        dim = architecture.dim();
        heads = architecture.heads();
        headDim = architecture.headDim();
        qkv = addChildBlock("qkv", Layers.linear(3L * dim, architecture.qkvBias()));
        queryNorm = addChildBlock("q_norm", headNorm(architecture));
        keyNorm = addChildBlock("k_norm", headNorm(architecture));
        attentionDropout =
                addChildBlock("attn_drop", Layers.dropout(architecture.attentionDropout()));
        proj = addChildBlock("proj", Layers.linear(dim));
        outputDropout = addChildBlock("proj_drop", Layers.dropout(architecture.dropout()));
    }

    /** A layer norm over the head dimension of {@code [batch, heads, tokens, head dimension]}. */
    private static Block headNorm(Architecture architecture) {
        return Layers.optional(
                architecture.qkNorm(), Layers.layerNorm(architecture.normEpsilon(), 3));
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        // x: [B, N, D]   B batch, N tokens, D dim, H heads, h head dimension
        long B = x.getShape().get(0);
        long N = x.getShape().get(1);
        int D = dim;
        int H = heads;
        int h = headDim;

        NDArray split = pass.through(qkv, x).reshape(B, N, 3, H, h).transpose(2, 0, 3, 1, 4);
        NDArray query = pass.through(queryNorm, split.get(0)); // [B, H, N, h]
        NDArray key = pass.through(keyNorm, split.get(1));
        NDArray value = split.get(2);

        NDArray weights = pass.through(attentionDropout, weights(query, key)); // [B, H, N, N]
        NDArray heads = weights.matMul(value); // [B, H, N, h]

        NDArray joined = heads.transpose(0, 2, 1, 3).reshape(B, N, D);
        return pass.through(outputDropout, pass.through(proj, joined));
    }

    /**
     * Attention weights of queries {@code [batch, heads, queries, head dimension]} over keys {@code
     * [batch, heads, keys, head dimension]}: {@code [batch, heads, queries, keys]}.
     */
    static NDArray weights(NDArray query, NDArray key) {
        long h = query.getShape().get(3);
        // Scaling the query rather than the scores touches N·h values a head and not N·N.
        NDArray scaled = Layers.scaled(query, 1 / Math.sqrt(h));
        NDArray scores = scaled.matMul(key.transpose(0, 1, 3, 2));
        return scores.softmax(-1);
    }

    @Override
    Shape outputShape(Shape x) {
        return x;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape x = inputShapes[0];
        Shape scores = new Shape(x.get(0), heads, x.get(1), x.get(1));
        Shape perHead = new Shape(x.get(0), heads, x.get(1), headDim);
        qkv.initialize(manager, type, x);
        queryNorm.initialize(manager, type, perHead);
        keyNorm.initialize(manager, type, perHead);
        attentionDropout.initialize(manager, type, scores);
        proj.initialize(manager, type, x);
        outputDropout.initialize(manager, type, x);
    }
}
