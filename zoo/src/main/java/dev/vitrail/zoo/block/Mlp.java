package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;

/** Two linear layers with an activation between, {@code [batch, tokens, dim]} to the same. */
final class Mlp extends UnaryBlock {

    private final Linear fc1;
    private final Dropout dropout1;
    private final Linear fc2;
    private final Dropout dropout2;
    private final ActivationKind activation;

    Mlp(Architecture architecture) {
        activation = architecture.activation();
        fc1 = addChildBlock("fc1", Layers.linear(architecture.mlpDim()));
        dropout1 = addChildBlock("drop1", Layers.dropout(architecture.dropout()));
        fc2 = addChildBlock("fc2", Layers.linear(architecture.dim()));
        dropout2 = addChildBlock("drop2", Layers.dropout(architecture.dropout()));
    }

    @Override
    NDArray forward(NDArray x, ForwardPass pass) {
        NDArray hidden = pass.through(dropout1, activate(pass.through(fc1, x))); // [B, N, mlpDim]
        return pass.through(dropout2, pass.through(fc2, hidden)); // [B, N, D]
    }

    private NDArray activate(NDArray x) {
        return switch (activation) {
            case GELU -> x.getNDArrayInternal().gelu();
        };
    }

    @Override
    Shape outputShape(Shape x) {
        return x;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputShapes) {
        Shape x = inputShapes[0];
        fc1.initialize(manager, type, x);
        Shape hidden = fc1.getOutputShapes(inputShapes)[0];
        dropout1.initialize(manager, type, hidden);
        fc2.initialize(manager, type, hidden);
        dropout2.initialize(manager, type, x);
    }
}
