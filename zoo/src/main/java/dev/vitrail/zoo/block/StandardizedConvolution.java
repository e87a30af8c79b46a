package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.LayerNorm;

/**
 * A convolution without bias whose kernel is standardised for each filter, mean 0 and variance 1,
 * before it is used (Qiao et al. 2019), with padding {@code SAME}. The epsilon is timm's, added to
 * the variance; Google's code adds 1e-5 to the deviation, which a scale of the kernel makes up for.
 */
final class StandardizedConvolution extends UnaryBlock {

    private static final float EPSILON = 1e-8f;

    private final int kernel;
    private final int stride;
    private final int filters;
    private final SamePadding padding;
    private final Parameter weight;

    StandardizedConvolution(int kernel, int stride, int filters) {
        this.kernel = kernel;
        this.stride = stride;
        this.filters = filters;
        padding = new SamePadding(kernel, stride);
        weight =
                addParameter(
                        Parameter.builder()
                                .setName("weight")
                                .setType(Parameter.Type.WEIGHT)
                                .build());
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        Shape shape = weight.getShape();
        Shape row = new Shape(shape.size() / filters);
        NDManager manager = x.getManager();
        NDArray rows = pass.weight(weight, x, filters, row.get(0)); // [filters, values of one]
        // A layer norm without scale and shift is just that: its own would be of the wrong axis.
        NDArray ones = manager.ones(row, x.getDataType(), x.getDevice());
        NDArray zeros = manager.zeros(row, x.getDataType(), x.getDevice());
        NDArray standardized =
                LayerNorm.layerNorm(rows, row, ones, zeros, EPSILON).singletonOrThrow();
        return Conv2d.conv2d(
                        padding.pad(x),
                        standardized.reshape(shape),
                        null,
                        new Shape(stride, stride),
                        new Shape(0, 0),
                        new Shape(1, 1),
                        1)
                .singletonOrThrow();
    }

    @Override
    Shape outputShape(Shape x) {
        Shape strided = padding.strided(x);
        return new Shape(x.get(0), filters, strided.get(2), strided.get(3));
    }

    @Override
    protected void prepare(Shape[] inputShapes) {
        weight.setShape(new Shape(filters, inputShapes[0].get(1), kernel, kernel));
    }
}
