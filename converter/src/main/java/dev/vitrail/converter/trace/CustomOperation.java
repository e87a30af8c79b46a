package dev.vitrail.converter.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A block that is exported as one operation with a translation of the caller's own. It runs as the
 * block that it wraps does; when it is traced, the whole block is one recorded call, whose operands
 * are the inputs and then the block's parameters in their order.
 *
 * <p>This is for whoever writes the network. Who only exports it registers the class of the block,
 * or the name of the array operation, with the exporter.
 */
public final class CustomOperation extends AbstractBlock {
    private final String operation;
    private final Block block;
    private final UnaryOperator<Shape[]> outputShapes;
    private boolean recorded;

    /**
     * Wraps a block.
     *
     * @param operation the word that the translation is registered under
     * @param block what runs in DJL
     * @param outputShapes from the shapes of the inputs to those of the outputs, which have the
     *     number type of the first input
     */
    @SuppressWarnings("this-escape")
    public CustomOperation(String operation, Block block, UnaryOperator<Shape[]> outputShapes) {
        this.operation = operation;
        this.block = addChildBlock(operation, block);
        this.outputShapes = outputShapes;
    }

    Block block() {
        return block;
    }

    boolean hasRecorded() {
        return recorded;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        if (!(inputs.head() instanceof SymbolicArray first)) {
            return block.forward(store, inputs, training, params);
        }
        recorded = true;
        List<NDArray> operands = new ArrayList<>(inputs);
        for (Parameter parameter : block.getParameters().values()) {
            operands.add(store.getValue(parameter, first.getDevice(), training));
        }
        List<ArrayType> results =
                Arrays.stream(getOutputShapes(inputs.getShapes()))
                        .map(shape -> ArrayType.of(first.numbers(), shape.getShape()))
                        .toList();
        return new NDList(
                first.tape()
                        .record(operation, operands, Map.of(), results)
                        .toArray(NDArray[]::new));
    }

    @Override
    protected void initializeChildBlocks(
            NDManager manager, DataType dataType, Shape... inputShapes) {
        block.initialize(manager, dataType, inputShapes);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return outputShapes.apply(inputShapes);
    }
}
