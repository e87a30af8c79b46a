package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import dev.vitrail.zoo.config.Architecture;

/**
 * Multi-head attention pooling (MAP; Zhai et al. 2022, section 3.2): a learned query attends to the
 * patches, then an MLP on the normalised result is added to it. {@code [batch, patches, dim]}
 * becomes {@code [batch, dim]}. As in timm the layers have a bias whatever the encoder's have, and
 * the MLP is a plain one.
 */
final class AttentionPooling extends UnaryBlock {

    private final Parameter latent;
    private final Linear q;
    private final Linear kv;
    private final Linear proj;
    private final LayerNorm norm;
    private final Mlp mlp;
    private final int dim;
    private final int heads;
    private final int headDim;

    AttentionPooling(Architecture architecture) {
        dim = architecture.dim();
        heads = architecture.heads();
        headDim = architecture.headDim();
        latent =
                addParameter(
                        Parameter.builder()
                                .setName("latent")
                                .setType(Parameter.Type.OTHER)
                                .optShape(new Shape(1, 1, dim))
                                .build());
        q = addChildBlock("q", Layers.linear(dim));
        kv = addChildBlock("kv", Layers.linear(2L * dim));
        proj = addChildBlock("proj", Layers.linear(dim));
        norm = addChildBlock("norm", Layers.layerNorm(architecture.normEpsilon(), 1));
        mlp =
                addChildBlock(
                        "mlp", new Mlp(dim, architecture.mlpDim(), architecture.activation(), 0));
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        // x: [B, N, D]   B batch, N patches, D dim, H heads, h head dimension
        long B = x.getShape().get(0);
        long N = x.getShape().get(1);
        int D = dim;
        int H = heads;
        int h = headDim;

        // The query is the same for every image: one row, broadcast by the product.
        NDArray query = pass.through(q, pass.weight(latent, x, 1, D)).reshape(1, H, 1, h);
        NDArray split = pass.through(kv, x).reshape(B, N, 2, H, h).transpose(2, 0, 3, 1, 4);
        NDArray key = split.get(0); // [B, H, N, h]
        NDArray value = split.get(1);

        NDArray weights = MultiHeadAttention.weights(query, key); // [B, H, 1, N]
        NDArray joined = weights.matMul(value).reshape(B, D);
        NDArray pooled = pass.through(proj, joined);
        return pooled.add(pass.through(mlp, pass.through(norm, pooled)));
    }

    @Override
    Shape outputShape(Shape x) {
        return new Shape(x.get(0), dim);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape x = inputShapes[0];
        Shape pooled = outputShape(x);
        q.initialize(manager, type, new Shape(1, dim));
        kv.initialize(manager, type, x);
        proj.initialize(manager, type, pooled);
        norm.initialize(manager, type, pooled);
        mlp.initialize(manager, type, pooled);
    }
}
