package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import dev.vitrail.zoo.config.Architecture;

/**
 * Image to tokens: a convolution whose stride is its kernel size, so that each patch is projected
 * once. {@code [batch, channels, height, width]} becomes {@code [batch, patches, dim]}, patches row
 * by row.
 */
final class PatchEmbedding extends UnaryBlock {

    private final Conv2d proj;
    private final int dim;
    private final long patches;

    PatchEmbedding(Architecture architecture) {
        dim = architecture.dim();
        patches = architecture.patches();
        Shape patch = new Shape(architecture.patchSize(), architecture.patchSize());
        proj =
                addChildBlock(
                        "proj",
                        Conv2d.builder()
                                .setKernelShape(patch)
                                .optStride(patch)
                                .setFilters(dim)
                                .build());
    }

    @Override
    NDArray forward(NDArray images, ForwardPass pass) {
        long B = images.getShape().get(0);
        NDArray grid = pass.through(proj, images); // [B, D, rows, columns]
        return grid.reshape(B, dim, patches).transpose(0, 2, 1); // [B, N, D]
    }

    @Override
    Shape outputShape(Shape images) {
        return new Shape(images.get(0), patches, dim);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        proj.initialize(manager, type, inputShapes);
    }
}
