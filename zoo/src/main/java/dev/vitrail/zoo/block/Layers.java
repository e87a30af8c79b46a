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
            case QUICK_GELU -> new Pointwise(x -> x.mul(sigmoid(x.mul(1.702))));
        };
    }

    /**
     * With {@code (1 + tanh z) / 2 = σ(2z)}: the same function in fewer steps, two of whose results
     * are kept for backward and not six, and without the digits that {@code 1 + tanh} loses near
     * -1.
     */
    private static NDArray tanhGelu(NDArray x) {
        NDArray slope = x.square().mul(TANH_CUBIC).add(TANH_LINEAR);
        return x.mul(sigmoid(x.mul(slope)));
    }

    static NDArray sigmoid(NDArray x) {
        return x.getNDArrayInternal().sigmoid();
    }
}
