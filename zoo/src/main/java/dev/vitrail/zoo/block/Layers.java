package dev.vitrail.zoo.block;

import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;

/** DJL's layers as a vision transformer wants them. */
final class Layers {

    private Layers() {}

    static Linear linear(long units, boolean bias) {
        return Linear.builder().setUnits(units).optBias(bias).build();
    }

    static Linear linear(long units) {
        return linear(units, true);
    }

    /**
     * A layer norm over the last axis of {@code [batch, tokens, dim]}. DJL's own default is every
     * axis but the batch, with epsilon 1e-5: another function under the same name.
     */
    static LayerNorm layerNorm(double epsilon) {
        return LayerNorm.builder().axis(2).optEpsilon((float) epsilon).build();
    }

    static Dropout dropout(double rate) {
        return Dropout.builder().optRate((float) rate).build();
    }
}
