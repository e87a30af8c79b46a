package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;

/**
 * A residual block of three convolutions (He et al. 2016, figure 5), here with standardised kernels
 * and group norm; the stride is the middle one's. Where the shape changes, the shortcut is a
 * convolution too. {@code [batch, channels, rows, columns]} becomes {@code [batch, channels of the
 * stage, rows / stride, columns / stride]}.
 */
final class Bottleneck extends UnaryBlock {

    private final Block shortcut;
    private final Chain branch;

    Bottleneck(int middle, int channels, int stride, boolean first, double epsilon) {
        shortcut =
                addChildBlock(
                        "downsample",
                        Layers.optional(
                                first,
                                new Chain()
                                        .add(
                                                "conv",
                                                new StandardizedConvolution(1, stride, channels))
                                        .add("norm", new GroupNorm(epsilon))));
        // No name: its layers stand in the block itself, where timm has them.
        branch =
                addChildBlock(
                        "",
                        new Chain()
                                .add("conv1", new StandardizedConvolution(1, 1, middle))
                                .add("norm1", new GroupNorm(epsilon))
                                .add("act1", Layers.relu())
                                .add("conv2", new StandardizedConvolution(3, stride, middle))
                                .add("norm2", new GroupNorm(epsilon))
                                .add("act2", Layers.relu())
                                .add("conv3", new StandardizedConvolution(1, 1, channels))
                                .add("norm3", new GroupNorm(epsilon)));
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        NDArray residual = pass.through(branch, x);
        // Closed at once: backward needs only what the ReLU gives.
        try (NDArray sum = residual.add(pass.through(shortcut, x))) {
            return sum.getNDArrayInternal().relu();
        }
    }

    @Override
    Shape outputShape(Shape x) {
        return branch.outputShape(x);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        shortcut.initialize(manager, type, inputShapes);
        branch.initialize(manager, type, inputShapes);
    }
}
