package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;

/**
 * An MLP with a SiLU gate (SwiGLU; Shazeer 2020, equation 6), {@code [batch, tokens, dim]} to the
 * same. Gate and value come from one linear layer of {@code 2 hidden} outputs, the gate first, as
 * in DINOv2 and in timm's packed form.
 */
final class GatedMlp extends Chain {

    GatedMlp(int dim, int hidden, double dropout) {
        add("fc1", Layers.linear(2L * hidden));
        add("act", new Gate(hidden));
        add("drop1", Layers.dropout(dropout));
        add("fc2", Layers.linear(dim));
        add("drop2", Layers.dropout(dropout));
    }

    /** {@code SiLU(gate) ∘ value}, {@code [batch, tokens, 2 hidden]} to half as wide. */
    private static final class Gate extends UnaryBlock {
        private final int hidden;

        Gate(int hidden) {
            this.hidden = hidden;
        }

        @Override
        NDArray forward(NDArray x, ForwardPass pass) {
            NDList halves = x.split(2, 2);
            NDArray gate = halves.get(0); // [B, N, hidden]
            NDArray value = halves.get(1);
            try (NDArray activated = Layers.silu(gate)) {
                return activated.mul(value);
            }
        }

        @Override
        Shape outputShape(Shape x) {
            return new Shape(x.get(0), x.get(1), hidden);
        }
    }
}
