package dev.vitrail.zoo.config;

import static dev.vitrail.zoo.config.Rule.require;

import java.util.Collections;
import java.util.List;

/**
 * What stands between the image and the patch projection. The projection then has a kernel of patch
 * size over stride.
 */
public sealed interface Stem {

    /** Nothing: the projection reads pixels. */
    Stem PATCH = new Patch();

    /**
     * By how much the stem reduces height and width.
     *
     * @return a divisor of the patch size
     */
    int stride();

    /**
     * Channels that the projection reads.
     *
     * @param image channels of the image
     * @return the channels after the stem
     */
    int outputChannels(int image);

    /** Nothing: the projection reads pixels (ViT paper, section 3.1). */
    record Patch() implements Stem {
        @Override
        public int stride() {
            return 1;
        }

        @Override
        public int outputChannels(int image) {
            return image;
        }
    }

    /**
     * Convolutions of kernel 3, each with batch norm and ReLU (Xiao et al. 2021).
     *
     * @param channels of each convolution
     * @param strides of each convolution, 1 or 2
     */
    record Convolution(List<Integer> channels, List<Integer> strides) implements Stem {
        /** The most convolutions that a stem may have. */
        public static final int MOST = 8;

        /**
         * Refuses a stem of nothing.
         *
         * @param channels as the component
         * @param strides as the component
         * @throws IllegalArgumentException if there is none or more than {@value #MOST}, channels
         *     and strides are not as many, a channel count is below 1 or a stride not 1 or 2
         */
        public Convolution {
            channels = List.copyOf(channels);
            strides = List.copyOf(strides);
            require(
                    !channels.isEmpty()
                            && channels.size() <= MOST
                            && channels.stream().allMatch(count -> count > 0),
                    "channels must be 1 to 8 numbers above 0, are " + channels);
            require(
                    strides.size() == channels.size()
                            && strides.stream().allMatch(stride -> stride == 1 || stride == 2),
                    "strides must be 1 or 2 for each of channels, are " + strides);
        }

        /**
         * Convolutions that all have stride 2.
         *
         * @param channels as the component
         * @return the stem
         */
        public static Convolution halving(List<Integer> channels) {
            return new Convolution(channels, Collections.nCopies(channels.size(), 2));
        }

        @Override
        public int stride() {
            return strides.stream().reduce(1, (a, b) -> a * b);
        }

        @Override
        public int outputChannels(int image) {
            return channels.get(channels.size() - 1);
        }
    }

    /**
     * The hybrid of the ViT paper (section 3.1, Kolesnikov et al. 2020): a ResNet with weight
     * standardisation and group norm, without its last pooling.
     *
     * @param depths bottleneck blocks of each stage; R50 has 3, 4 and 9 before a ViT-B/16, and R of
     *     "R-Ti/16" none
     * @param width channels after the first convolution, 64 in the paper
     * @param normEpsilon what every group norm adds to the variance
     */
    record ResNet(List<Integer> depths, int width, double normEpsilon) implements Stem {
        /** The group norm epsilon of timm; that of Google's code is 1e-6. */
        public static final double DEFAULT_NORM_EPSILON = 1e-5;

        private static final int EXPANSION = 4;

        /**
         * Refuses a stem that cannot be built.
         *
         * @param depths as the component
         * @param width as the component
         * @param normEpsilon as the component
         * @throws IllegalArgumentException if a depth is below 1, there are more than 4 stages, the
         *     width is no multiple of the 32 groups of a norm, or the epsilon is out of range
         */
        public ResNet {
            depths = List.copyOf(depths);
            require(
                    depths.size() <= 4 && depths.stream().allMatch(count -> count > 0),
                    "depths must be at most 4 numbers above 0, are " + depths);
            require(width > 0 && width % 32 == 0, "width must be a multiple of 32, is " + width);
            require(normEpsilon > 0 && normEpsilon < 1, "normEpsilon must be in (0, 1)");
        }

        /**
         * With timm's epsilon.
         *
         * @param depths as the component
         * @param width as the component
         * @throws IllegalArgumentException as the other constructor
         */
        public ResNet(List<Integer> depths, int width) {
            this(depths, width, DEFAULT_NORM_EPSILON);
        }

        @Override
        public int stride() {
            return 4 << Math.max(0, depths.size() - 1);
        }

        @Override
        public int outputChannels(int image) {
            return depths.isEmpty() ? width : stageChannels(depths.size() - 1);
        }

        /**
         * Channels of a stage's result.
         *
         * @param stage counted from 0
         * @return four times the middle channels
         */
        public int stageChannels(int stage) {
            return Math.multiplyExact(EXPANSION, middleChannels(stage));
        }

        /**
         * Channels of the 3 by 3 convolutions of a stage.
         *
         * @param stage counted from 0
         * @return the width, doubled with each stage
         */
        public int middleChannels(int stage) {
            return Math.multiplyExact(width, 1 << stage);
        }
    }
}
