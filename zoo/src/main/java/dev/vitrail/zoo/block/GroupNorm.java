package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.LayerNorm;

/**
 * Group normalisation (Wu and He 2018) of {@code [batch, channels, rows, columns]} in 32 groups of
 * channels, with a scale and a shift for each channel.
 */
final class GroupNorm extends UnaryBlock {

    private static final int GROUPS = 32;

    private final float epsilon;
    private final Parameter scale;
    private final Parameter shift;

    GroupNorm(double epsilon) {
        this.epsilon = (float) epsilon;
        scale = addParameter(parameter("gamma", Parameter.Type.GAMMA));
        shift = addParameter(parameter("beta", Parameter.Type.BETA));
    }

    private static Parameter parameter(String name, Parameter.Type type) {
        return Parameter.builder().setName(name).setType(type).build();
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        Shape shape = x.getShape();
        long B = shape.get(0);
        long C = shape.get(1);
        Shape group = new Shape(shape.size() / (B * GROUPS));
        NDManager manager = x.getManager();
        // DJL has no group norm. A layer norm over each group's values is one, up to scale and
        // shift, which here belong to channels.
        NDArray ones = manager.ones(group, x.getDataType(), x.getDevice());
        NDArray zeros = manager.zeros(group, x.getDataType(), x.getDevice());
        NDArray groups = x.reshape(B, GROUPS, group.get(0));
        NDArray normalized =
                LayerNorm.layerNorm(groups, group, ones, zeros, epsilon).singletonOrThrow();
        // Closed at once: backward does not need it, and DJL would keep it until the step ends.
        try (NDArray scaled = normalized.reshape(shape).mul(pass.weight(scale, x, 1, C, 1, 1))) {
            return scaled.add(pass.weight(shift, x, 1, C, 1, 1));
        }
    }

    @Override
    Shape outputShape(Shape x) {
        return x;
    }

    @Override
    protected void prepare(Shape[] inputShapes) {
        Shape channels = new Shape(inputShapes[0].get(1));
        scale.setShape(channels);
        shift.setShape(channels);
    }
}
