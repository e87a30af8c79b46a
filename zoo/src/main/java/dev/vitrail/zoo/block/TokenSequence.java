package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.vitrail.zoo.config.Architecture;
import java.util.ArrayList;
import java.util.List;

/**
 * Patches to the encoder's sequence: class, distillation and register tokens before them, positions
 * added to all of these or to the patches alone. {@code [batch, patches, dim]} becomes {@code
 * [batch, tokens, dim]}.
 */
final class TokenSequence extends UnaryBlock {

    private final List<Parameter> prefix = new ArrayList<>();
    private final Parameter positions;
    private final boolean positionsOnPatchesOnly;
    private final long tokens;

    TokenSequence(Architecture architecture) {
        int dim = architecture.dim();
        positionsOnPatchesOnly = architecture.positionsOnPatchesOnly();
        tokens = architecture.tokens();
        if (architecture.classToken()) {
            prefix.add(addParameter(table("cls_token", 1, dim, true)));
        }
        if (architecture.distillationToken()) {
            prefix.add(addParameter(table("dist_token", 1, dim, true)));
        }
        if (architecture.registers() > 0) {
            prefix.add(addParameter(table("reg_token", architecture.registers(), dim, true)));
        }
        boolean learned = architecture.positionEmbedding().isLearned();
        positions = addParameter(table("pos_embed", architecture.positions(), dim, learned));
    }

    @Override
    NDArray forward(NDArray patches, ForwardPass pass) {
        if (positionsOnPatchesOnly) {
            return withPrefix(withPositions(patches, pass), pass);
        }
        return withPositions(withPrefix(patches, pass), pass);
    }

    /**
     * The sequence of some of the patches, each with the position of its own place.
     *
     * @param patches {@code [batch, patches, dim]}
     * @param kept indexes of patches, {@code [batch, kept]}, whole numbers of 64 bits
     * @return {@code [batch, prefix + kept, dim]}
     */
    NDArray visible(NDArray patches, NDArray kept, ForwardPass pass) {
        Shape table = positions.getShape();
        NDArray places = pass.weight(positions, patches, table.getShape()); // [1, positions, D]
        long first = table.get(1) - patches.getShape().get(1);
        NDArray placed = patches.add(first == 0 ? places : places.get(":, " + first + ":"));
        NDArray visible = withPrefix(PatchMask.gather(placed, kept), pass);
        if (first == 0) {
            return visible;
        }
        NDArray tokens = visible.get(":, :" + first).add(places.get(":, :" + first));
        return tokens.concat(visible.get(":, " + first + ":"), 1);
    }

    private NDArray withPositions(NDArray x, ForwardPass pass) {
        return x.add(pass.weight(positions, x)); // + [1, N, D]
    }

    private NDArray withPrefix(NDArray x, ForwardPass pass) {
        NDList sequence = new NDList();
        prefix.forEach(token -> sequence.add(pass.tokens(token, x)));
        sequence.add(x);
        return sequence.size() == 1 ? x : NDArrays.concat(sequence, 1);
    }

    @Override
    Shape outputShape(Shape patches) {
        return new Shape(patches.get(0), tokens, patches.get(2));
    }

    private static Parameter table(String name, long rows, long dim, boolean trained) {
        return Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.OTHER)
                .optShape(new Shape(1, rows, dim))
                .optRequiresGrad(trained)
                .build();
    }
}
