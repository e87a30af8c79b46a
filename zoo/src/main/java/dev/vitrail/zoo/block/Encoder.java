package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.config.Architecture;
import java.util.List;
import java.util.stream.IntStream;

/** The encoder blocks in order, named by their index; {@code [batch, tokens, dim]} to the same. */
final class Encoder extends UnaryBlock {

    private final List<EncoderBlock> blocks;

    Encoder(Architecture architecture) {
        blocks =
                IntStream.range(0, architecture.depth())
                        .mapToObj(
                                i ->
                                        addChildBlock(
                                                Integer.toString(i),
                                                new EncoderBlock(architecture, i)))
                        .toList();
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        for (EncoderBlock block : blocks) {
            x = pass.through(block, x);
        }
        return x;
    }

    @Override
    Shape outputShape(Shape x) {
        return x;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        blocks.forEach(block -> block.initialize(manager, type, inputShapes));
    }
}
