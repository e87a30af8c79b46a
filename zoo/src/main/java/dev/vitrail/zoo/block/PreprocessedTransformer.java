package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/**
 * A network behind its preprocessing: the bytes of one decoded image {@code [height, width, 3]} to
 * logits {@code [1, classes]}, and beside them what the network was fed, {@code [1, 3, height,
 * width]}, so that whoever makes the bytes can compare the pixels.
 */
public final class PreprocessedTransformer extends AbstractBlock {
    private final Preprocessor preprocessor;
    private final VisionTransformer network;

    /**
     * Puts the one before the other. The network's parameters stay its own.
     *
     * @param preprocessor from bytes to the network's input
     * @param network the network
     */
    public PreprocessedTransformer(Preprocessor preprocessor, VisionTransformer network) {
        this.preprocessor = addChildBlock("preprocessing", preprocessor);
        this.network = addChildBlock("", network);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        ForwardPass pass = new ForwardPass(parameterStore, training);
        NDArray pixels = pass.through(preprocessor, inputs.singletonOrThrow());
        return new NDList(pass.through(network, pixels), pixels);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape pixels = preprocessor.outputShape(inputShapes[0]);
        return new Shape[] {network.outputShape(pixels), pixels};
    }
}
