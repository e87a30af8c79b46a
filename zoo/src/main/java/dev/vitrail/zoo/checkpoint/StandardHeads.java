package dev.vitrail.zoo.checkpoint;

import java.util.Map;

/** Heads of the variants that are published, since no tensor shows them. */
final class StandardHeads {

    /** ViT paper, table 1; Zhai et al. 2022, table 2; Alabdulmohsin et al. 2023 (So400m). */
    private static final Map<Integer, Integer> BY_DIM =
            Map.of(
                    192, 3, 384, 6, 512, 8, 768, 12, 1024, 16, 1152, 16, 1280, 16, 1408, 16, 1664,
                    16, 1792, 16);

    private static final int USUAL_HEAD_DIM = 64;

    /** Ti's: below it networks are of somebody's own making, whose heads have any size. */
    private static final int LEAST_DIM = 192;

    private StandardHeads() {}

    /** The heads of a standard variant, or of the usual head dimension; 0 where neither fits. */
    static int of(int dim, int depth, int mlpDim, boolean gated) {
        if (dim == 768 && depth == 8 && mlpDim == 2304) {
            return 8; // the "small" of early timm
        }
        if (dim == 1536) {
            return gated ? 24 : 16; // DINOv2's giant, and big_vision's g-opt
        }
        Integer known = BY_DIM.get(dim);
        if (known != null) {
            return known;
        }
        return dim >= LEAST_DIM && dim % USUAL_HEAD_DIM == 0 ? dim / USUAL_HEAD_DIM : 0;
    }
}
