package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.config.Stem;

/**
 * The ResNet of the hybrid (ViT paper, section 3.1; Kolesnikov et al. 2020), as timm builds it for
 * Google's weights: a convolution of kernel 7 and a max pooling, each of stride 2, then stages of
 * bottlenecks. {@code [batch, channels, height, width]} becomes {@code [batch, last stage's
 * channels, height / stride, width / stride]}.
 */
final class ResNetStem extends Chain {

    ResNetStem(Stem.ResNet resNet) {
        // timm's names, whose model without stages is its stem and nothing around it.
        boolean alone = resNet.depths().isEmpty();
        add(alone ? "" : "stem", stem(resNet));
        Chain stages = new Chain();
        for (int stage = 0; stage < resNet.depths().size(); stage++) {
            stages.add(Integer.toString(stage), new Chain().add("blocks", blocks(resNet, stage)));
        }
        add("stages", stages);
    }

    private static Chain stem(Stem.ResNet resNet) {
        return new Chain()
                .add("conv", new StandardizedConvolution(7, 2, resNet.width()))
                .add("norm", new GroupNorm(resNet.normEpsilon()))
                .add("act", Layers.relu())
                .add("pool", new Pool());
    }

    private static Chain blocks(Stem.ResNet resNet, int stage) {
        int middle = resNet.middleChannels(stage);
        int channels = resNet.stageChannels(stage);
        Chain blocks = new Chain();
        for (int block = 0; block < resNet.depths().get(stage); block++) {
            boolean first = block == 0;
            int stride = first && stage > 0 ? 2 : 1;
            blocks.add(
                    Integer.toString(block),
                    new Bottleneck(middle, channels, stride, first, resNet.normEpsilon()));
        }
        return blocks;
    }

    /** Max pooling of kernel 3 and stride 2; padding with 0 is right after a ReLU only. */
    private static final class Pool extends UnaryBlock {
        private static final SamePadding PADDING = new SamePadding(3, 2);

        @Override
        NDArray forward(NDArray x, ForwardPass pass) {
            return PADDING.pad(x)
                    .getNDArrayInternal()
                    .maxPool(new Shape(3, 3), new Shape(2, 2), new Shape(0, 0), false);
        }

        @Override
        Shape outputShape(Shape x) {
            return PADDING.strided(x);
        }
    }
}
