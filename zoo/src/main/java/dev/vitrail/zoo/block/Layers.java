package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import dev.vitrail.zoo.config.ActivationKind;

/** DJL's layers as a vision transformer wants them, and those without parameters. */
final class Layers {

    /** √(2/π), twice; and the same with the cubic term's 0.044715. */
    private static final double TANH_LINEAR = 2 * Math.sqrt(2 / Math.PI);

    private static final double TANH_CUBIC = 0.044715 * TANH_LINEAR;

    private Layers() {}

    static Linear linear(long units, boolean bias) {
        return Linear.builder().setUnits(units).optBias(bias).build();
    }

    static Linear linear(long units) {
        return linear(units, true);
    }

    /** A layer norm over the last axis of {@code [batch, tokens, dim]}. */
    static LayerNorm layerNorm(double epsilon) {
        return layerNorm(epsilon, 2);
    }

    /**
     * A layer norm over one axis, which must be the last. DJL's own default is every axis but the
     * batch, with epsilon 1e-5: another function under the same name.
     */
    static LayerNorm layerNorm(double epsilon, int axis) {
        return LayerNorm.builder().axis(axis).optEpsilon((float) epsilon).build();
    }

    static Dropout dropout(double rate) {
        return Dropout.builder().optRate((float) rate).build();
    }

    /** A block, or the identity in its place where a config leaves it out. */
    static Block optional(boolean present, Block block) {
        return present ? block : identity();
    }

    static UnaryBlock identity() {
        return new Pointwise(x -> x);
    }

    static UnaryBlock relu() {
        return new Pointwise(x -> x.getNDArrayInternal().relu());
    }

    static UnaryBlock tanh() {
        return new Pointwise(NDArray::tanh);
    }

    static UnaryBlock activation(ActivationKind kind) {
        return switch (kind) {
            case GELU -> new Pointwise(x -> x.getNDArrayInternal().gelu());
            case GELU_TANH -> new Pointwise(Layers::tanhGelu);
            case QUICK_GELU -> new Pointwise(Layers::quickGelu);
        };
    }

    /**
     * With {@code (1 + tanh z) / 2 = σ(2z)}: the same function in fewer steps, and without the
     * digits that {@code 1 + tanh} loses near -1. What backward does not need is closed at once;
     * DJL would keep it until the step ends.
     */
    private static NDArray tanhGelu(NDArray x) {
        try (NDArray square = x.square();
                NDArray cubic = scaled(square, TANH_CUBIC);
                NDArray slope = cubic.add(TANH_LINEAR);
                NDArray argument = x.mul(slope);
                NDArray gate = sigmoid(argument)) {
            return x.mul(gate);
        }
    }

    private static NDArray quickGelu(NDArray x) {
        try (NDArray argument = scaled(x, 1.702);
                NDArray gate = sigmoid(argument)) {
            return x.mul(gate);
        }
    }

    /** {@code x σ(x)}. */
    static NDArray silu(NDArray x) {
        try (NDArray gate = sigmoid(x)) {
            return x.mul(gate);
        }
    }

    /**
     * {@code x} times a number, for what gradients are recorded of. {@link NDArray#mul(Number)}
     * makes an array over Java's memory, closes it, and leaves the engine's record of the product
     * pointing there: a garbage collection before the backward pass, and the gradient is multiplied
     * by whatever stands there next. This array lives as long as the manager of {@code x}.
     */
    static NDArray scaled(NDArray x, double factor) {
        return x.mul(x.getManager().create((float) factor));
    }

    private static NDArray sigmoid(NDArray x) {
        return x.getNDArrayInternal().sigmoid();
    }
}
