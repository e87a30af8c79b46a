package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.Dropout;
import java.util.Arrays;

/**
 * Stochastic depth (Huang et al. 2016): in training, a branch's output is dropped for a random part
 * of the samples and divided by the share kept for the others, so that its expectation stays.
 * Outside training, and at rate 0, the identity.
 */
final class DropPath extends UnaryBlock {

    private final float rate;

    DropPath(double rate) {
        this.rate = (float) rate;
    }

    /** The rate of one of {@code depth} encoder blocks: from 0 in the first to {@code last}. */
    static double rate(double last, int index, int depth) {
        return depth == 1 ? 0 : last * index / (depth - 1);
    }

    @Override
    NDArray forward(NDArray branch, ForwardPass pass) {
        if (!pass.training() || rate == 0) {
            return branch;
        }
        long[] perSample = new long[branch.getShape().dimension()];
        Arrays.fill(perSample, 1);
        perSample[0] = branch.getShape().get(0); // [B, 1, 1]
        NDArray ones =
                branch.getManager()
                        .ones(new Shape(perSample), DataType.FLOAT32, branch.getDevice());
        // Dropout of ones is the scaled coin toss: 0 with the rate, 1 / (1 - rate) otherwise.
        return branch.mul(Dropout.dropout(ones, rate, true).singletonOrThrow());
    }

    @Override
    Shape outputShape(Shape branch) {
        return branch;
    }
}
