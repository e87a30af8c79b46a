package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A block of one array in, one array out: what every part of a vision transformer is. */
abstract class UnaryBlock extends AbstractBlock {

    /** The function that this block is. */
    abstract NDArray forward(NDArray x, ForwardPass pass);

    /** The shape that {@link #forward(NDArray, ForwardPass)} gives for a shape. */
    abstract Shape outputShape(Shape input);

    @Override
    protected final NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        return new NDList(
                forward(inputs.singletonOrThrow(), new ForwardPass(parameterStore, training)));
    }

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {outputShape(inputShapes[0])};
    }
}
