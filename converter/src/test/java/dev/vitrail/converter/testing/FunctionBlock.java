package dev.vitrail.converter.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A block without parameters that is one function, for operations on their own. */
public final class FunctionBlock extends AbstractBlock {
    private final UnaryOperator<NDList> function;

    private FunctionBlock(UnaryOperator<NDList> function) {
        this.function = function;
    }

    public static FunctionBlock of(UnaryOperator<NDList> function) {
        return new FunctionBlock(function);
    }

    public static FunctionBlock ofOne(Function<NDArray, NDArray> function) {
        return new FunctionBlock(list -> new NDList(function.apply(list.singletonOrThrow())));
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        return function.apply(inputs);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        throw new UnsupportedOperationException("not asked for in tests");
    }
}
