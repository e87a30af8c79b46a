package dev.vitrail.converter.testing;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/**
 * DenseNet (Huang et al. 2017, table 1), which DJL's zoo has not, of DJL's blocks: every layer is
 * given what all layers before it in its dense block gave.
 */
public final class DenseNet {
    private DenseNet() {}

    /** With (6, 12, 24, 16) layers DenseNet-121. */
    public static Block of(List<Integer> layers, int growth, int classes) {
        int channels = 2 * growth;
        SequentialBlock network =
                new SequentialBlock()
                        .add(convolution(7, 2, 3, channels))
                        .add(BatchNorm.builder().build())
                        .add(Activation.reluBlock())
                        .add(
                                Pool.maxPool2dBlock(
                                        new Shape(3, 3), new Shape(2, 2), new Shape(1, 1)));
        for (int i = 0; i < layers.size(); i++) {
            for (int layer = 0; layer < layers.get(i); layer++) {
                network.add(denseLayer(growth));
                channels += growth;
            }
            if (i < layers.size() - 1) {
                channels /= 2;
                network.add(activated())
                        .add(convolution(1, 1, 0, channels))
                        .add(Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
            }
        }
        return network.add(activated())
                .add(Pool.globalAvgPool2dBlock())
                .add(Linear.builder().setUnits(classes).build());
    }

    private static Block denseLayer(int growth) {
        Block layer =
                new SequentialBlock()
                        .add(activated())
                        .add(convolution(1, 1, 0, 4 * growth))
                        .add(activated())
                        .add(convolution(3, 1, 1, growth));
        return new ParallelBlock(
                branches ->
                        new NDList(
                                NDArrays.concat(
                                        new NDList(branches.get(0).head(), branches.get(1).head()),
                                        1)),
                List.of(Blocks.identityBlock(), layer));
    }

    private static Block activated() {
        return new SequentialBlock().add(BatchNorm.builder().build()).add(Activation.reluBlock());
    }

    private static Block convolution(int kernel, int stride, int padding, int filters) {
        return Conv2d.builder()
                .setKernelShape(new Shape(kernel, kernel))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(padding, padding))
                .optBias(false)
                .setFilters(filters)
                .build();
    }
}
