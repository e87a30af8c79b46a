package dev.vitrail.zoo.block;

import ai.djl.nn.Block;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;

/** Two linear layers with an activation between, {@code [batch, tokens, dim]} to the same. */
final class Mlp extends Chain {

    Mlp(int dim, int hidden, ActivationKind activation, double dropout) {
        add("fc1", Layers.linear(hidden));
        add("act", Layers.activation(activation)); // [B, N, hidden]
        add("drop1", Layers.dropout(dropout));
        add("fc2", Layers.linear(dim));
        add("drop2", Layers.dropout(dropout));
    }

    /** The MLP of an encoder block. */
    static Block of(Architecture architecture) {
        int dim = architecture.dim();
        int hidden = architecture.mlpDim();
        double dropout = architecture.dropout();
        return switch (architecture.mlp()) {
            case PLAIN -> new Mlp(dim, hidden, architecture.activation(), dropout);
            case SWIGLU -> new GatedMlp(dim, hidden, dropout);
        };
    }
}
