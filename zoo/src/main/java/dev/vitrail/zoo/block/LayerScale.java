package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;

/**
 * One learned factor for each channel of a branch, small at first, so that a deep network begins
 * near the identity (Touvron et al. 2021, "Going deeper", section 2).
 */
final class LayerScale extends UnaryBlock {

    private final Parameter gamma;

    LayerScale(int dim) {
        // Not DJL's GAMMA, which names a norm's scale, "weight" in a checkpoint.
        gamma =
                addParameter(
                        Parameter.builder()
                                .setName("gamma")
                                .setType(Parameter.Type.OTHER)
                                .optShape(new Shape(dim))
                                .build());
    }

    @Override
    NDArray forward(NDArray branch, ForwardPass pass) {
        return branch.mul(pass.weight(gamma, branch));
    }

    @Override
    Shape outputShape(Shape branch) {
        return branch;
    }
}
