package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.ArrayList;
import java.util.List;

/** Blocks that feed one another, in the order in which they were added. */
class Chain extends UnaryBlock {

    private final List<Block> blocks = new ArrayList<>();

    /** Adds a block to the end; its name is part of its parameters' names. */
    final Chain add(String name, Block block) {
        blocks.add(addChildBlock(name, block));
        return this;
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        for (Block block : blocks) {
            x = pass.through(block, x);
        }
        return x;
    }

    @Override
    Shape outputShape(Shape x) {
        for (Block block : blocks) {
            x = block.getOutputShapes(new Shape[] {x})[0];
        }
        return x;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape x = inputShapes[0];
        for (Block block : blocks) {
            block.initialize(manager, type, x);
            x = block.getOutputShapes(new Shape[] {x})[0];
        }
    }
}
