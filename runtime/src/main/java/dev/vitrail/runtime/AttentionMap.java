package dev.vitrail.runtime;

import java.util.Arrays;

/**
 * How much each patch of an image counts, as a grid.
 *
 * @param height patches from top to bottom
 * @param width patches from left to right
 * @param shares {@code [height, width]}, none below 0, their sum 1
 */
public record AttentionMap(int height, int width, float[] shares) {

    /** The patches' part of what all tokens count, scaled to a sum of 1. */
    static AttentionMap of(AttentionOutputs outputs, double[] tokens) {
        double sum = Arrays.stream(tokens, outputs.prefixTokens(), tokens.length).sum();
        float[] shares = new float[outputs.patches()];
        for (int patch = 0; patch < shares.length; patch++) {
            shares[patch] = (float) (tokens[outputs.prefixTokens() + patch] / sum);
        }
        return new AttentionMap(outputs.gridHeight(), outputs.gridWidth(), shares);
    }

    /**
     * The least share.
     *
     * @return from 0 to 1
     */
    public float least() {
        float least = Float.MAX_VALUE;
        for (float share : shares) {
            least = Math.min(least, share);
        }
        return least;
    }

    /**
     * The largest share.
     *
     * @return from 0 to 1
     */
    public float largest() {
        float largest = 0;
        for (float share : shares) {
            largest = Math.max(largest, share);
        }
        return largest;
    }
}
