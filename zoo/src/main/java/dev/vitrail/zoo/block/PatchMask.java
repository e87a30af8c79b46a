package dev.vitrail.zoo.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Which patches of each image of a batch an encoder sees; the others are hidden from it. The
 * patches of an image are put into an order of their own, and the first of that order are seen (He
 * et al. 2022, section 3).
 */
public final class PatchMask {

    private final List<int[]> orders;
    private final int patches;
    private final int kept;

    /**
     * A mask of a batch.
     *
     * @param orders for each image a permutation of its patches' indexes
     * @param kept how many of each order are seen, at least one and not all
     * @throws IllegalArgumentException if there is no image, or {@code kept} is out of range
     */
    public PatchMask(List<int[]> orders, int kept) {
        this.orders = orders.stream().map(int[]::clone).toList();
        this.patches = orders.isEmpty() ? 0 : orders.get(0).length;
        this.kept = kept;
        if (kept < 1 || kept >= patches) {
            throw new IllegalArgumentException(
                    "of " + patches + " patches " + kept + " cannot be the seen ones");
        }
    }

    /** Indexes of the patches that are seen, {@code [batch, kept]}. */
    NDArray kept(NDManager manager) {
        long[] indexes = new long[orders.size() * kept];
        for (int image = 0; image < orders.size(); image++) {
            for (int i = 0; i < kept; i++) {
                indexes[image * kept + i] = orders.get(image)[i];
            }
        }
        return manager.create(indexes, new Shape(orders.size(), kept));
    }

    /** Where in the order each patch stands, {@code [batch, patches]}: what undoes the order. */
    NDArray restore(NDManager manager) {
        long[] indexes = new long[orders.size() * patches];
        for (int image = 0; image < orders.size(); image++) {
            for (int i = 0; i < patches; i++) {
                indexes[image * patches + orders.get(image)[i]] = i;
            }
        }
        return manager.create(indexes, new Shape(orders.size(), patches));
    }

    /**
     * One for a patch that is hidden, zero for one that is seen.
     *
     * @param manager owner of the result
     * @return {@code [batch, patches]}
     */
    public NDArray hidden(NDManager manager) {
        float[] hidden = new float[orders.size() * patches];
        Arrays.fill(hidden, 1);
        for (int image = 0; image < orders.size(); image++) {
            for (int i = 0; i < kept; i++) {
                hidden[image * patches + orders.get(image)[i]] = 0;
            }
        }
        return manager.create(hidden, new Shape(orders.size(), patches));
    }

    /** Rows of {@code x [batch, rows, width]} in the order of {@code indexes [batch, count]}. */
    static NDArray gather(NDArray x, NDArray indexes) {
        Shape count = indexes.getShape();
        Shape rows = new Shape(count.get(0), count.get(1), x.getShape().get(2));
        return x.gather(indexes.expandDims(2).broadcast(rows), 1);
    }
}
