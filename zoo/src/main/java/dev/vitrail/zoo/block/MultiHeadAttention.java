package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import dev.vitrail.zoo.config.Architecture;

/**
 * Multi-head self-attention (ViT paper, appendix A), {@code [batch, tokens, dim]} to the same.
 *
 * <p>Query, key and value come from one linear layer of {@code 3 dim} outputs in this order, each
 * split into heads; as in timm, so that its weights fit.
 */
final class MultiHeadAttention extends UnaryBlock {

    private final Linear qkv;
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
        attentionDropout =
                addChildBlock("attn_drop", Layers.dropout(architecture.attentionDropout()));
        proj = addChildBlock("proj", Layers.linear(dim));
        outputDropout = addChildBlock("proj_drop", Layers.dropout(architecture.dropout()));
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
        NDArray query = split.get(0); // [B, H, N, h]
        NDArray key = split.get(1);
        NDArray value = split.get(2);

        // Scaling the query rather than the scores touches N·h values a head and not N·N.
        NDArray scores = query.mul(1 / Math.sqrt(h)).matMul(key.transpose(0, 1, 3, 2));
        NDArray weights = pass.through(attentionDropout, scores.softmax(-1)); // [B, H, N, N]
        NDArray heads = weights.matMul(value); // [B, H, N, h]

        NDArray joined = heads.transpose(0, 2, 1, 3).reshape(B, N, D);
        return pass.through(outputDropout, pass.through(proj, joined));
    }

    @Override
    Shape outputShape(Shape x) {
        return x;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape x = inputShapes[0];
        Shape scores = new Shape(x.get(0), heads, x.get(1), x.get(1));
        qkv.initialize(manager, type, x);
        attentionDropout.initialize(manager, type, scores);
        proj.initialize(manager, type, x);
        outputDropout.initialize(manager, type, x);
    }
}
