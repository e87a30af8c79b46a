package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Stem;

/**
 * Image to tokens: the stem, then a convolution whose stride is its kernel size, so that each patch
 * is projected once. {@code [batch, channels, height, width]} becomes {@code [batch, patches,
 * dim]}, patches row by row.
 */
final class PatchEmbedding extends UnaryBlock {

    private final Block backbone;
    private final Conv2d proj;
    private final int dim;
    private final long patches;

    PatchEmbedding(Architecture architecture) {
        dim = architecture.dim();
        patches = architecture.patches();
        backbone = addChildBlock("backbone", backbone(architecture.stem()));
        int edge = architecture.patchSize() / architecture.stem().stride();
        Shape patch = new Shape(edge, edge);
        proj =
                addChildBlock(
                        "proj",
                        Conv2d.builder()
                                .setKernelShape(patch)
                                .optStride(patch)
                                .setFilters(dim)
                                .optBias(architecture.patchBias())
                                .build());
    }

    private static Block backbone(Stem stem) {
        if (stem instanceof Stem.Convolution convolution) {
            return new ConvolutionStem(convolution);
        }
        if (stem instanceof Stem.ResNet resNet) {
            return new ResNetStem(resNet);
        }
        return Layers.identity();
    }

    @Override
    NDArray forward(NDArray images, ForwardPass pass) {
        long B = images.getShape().get(0);
        NDArray features = pass.through(backbone, images); // [B, C, rows, columns]
        NDArray grid = pass.through(proj, features); // [B, D, rows, columns]
        return grid.reshape(B, dim, patches).transpose(0, 2, 1); // [B, N, D]
    }

    @Override
    Shape outputShape(Shape images) {
        return new Shape(images.get(0), patches, dim);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        backbone.initialize(manager, type, inputShapes);
        proj.initialize(manager, type, backbone.getOutputShapes(inputShapes));
    }
}
