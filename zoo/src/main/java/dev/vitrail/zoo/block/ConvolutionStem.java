package dev.vitrail.zoo.block;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import dev.vitrail.zoo.config.Stem;

/**
 * Convolutions of kernel 3, each with batch norm and ReLU (Xiao et al. 2021, section 3), as
 * torchvision builds them. {@code [batch, channels, height, width]} becomes {@code [batch, last of
 * channels, height / stride, width / stride]}.
 */
final class ConvolutionStem extends Chain {

    /** PyTorch's, and with it torchvision's. */
    private static final float EPSILON = 1e-5f;

    /** The share of the old statistics that a step keeps; PyTorch counts from the other side. */
    private static final float MOMENTUM = 0.9f;

    ConvolutionStem(Stem.Convolution stem) {
        for (int i = 0; i < stem.channels().size(); i++) {
            add(Integer.toString(i), stage(stem.channels().get(i), stem.strides().get(i)));
        }
    }

    private static Chain stage(int channels, int stride) {
        return new Chain()
                .add(
                        "conv",
                        Conv2d.builder()
                                .setKernelShape(new Shape(3, 3))
                                .optStride(new Shape(stride, stride))
                                .optPadding(new Shape(1, 1))
                                .setFilters(channels)
                                .optBias(false)
                                .build())
                .add("bn", BatchNorm.builder().optEpsilon(EPSILON).optMomentum(MOMENTUM).build())
                .add("act", Layers.relu());
    }
}
