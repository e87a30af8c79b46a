package dev.vitrail.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The attention weights with which a network looked at one image, the average of the heads of each
 * layer.
 *
 * <p>Both maps say how much each patch counts for what the classifier head reads: the class token,
 * the average of the patches, or both, as {@link AttentionOutputs.Reads} has it. Class,
 * distillation and register tokens are no place of the image and left out of the map, after they
 * have played their part in the product.
 */
public final class Attention {
    private final AttentionOutputs outputs;
    private final List<float[]> layers;
    private final float[] pool;

    /**
     * Takes over the weights.
     *
     * @param outputs what they are
     * @param layers {@code [tokens, tokens]} each, the average of the heads, a row a query
     * @param pool {@code [patches]}, the average of the heads of attention pooling; empty where
     *     there is none
     */
    Attention(AttentionOutputs outputs, List<float[]> layers, float[] pool) {
        this.outputs = outputs;
        this.layers = List.copyOf(layers);
        this.pool = pool;
    }

    /** The average of the heads of {@code [heads, size]}, added up in double precision. */
    static float[] overHeads(float[] weights, int size) {
        int heads = weights.length / size;
        float[] average = new float[heads == 0 ? 0 : size];
        for (int i = 0; i < average.length; i++) {
            double sum = 0;
            for (int head = 0; head < heads; head++) {
                sum += weights[head * size + i];
            }
            average[i] = (float) (sum / heads);
        }
        return average;
    }

    /** How the layers' weights become one map. */
    public enum Method {
        /**
         * Attention rollout (Abnar and Zuidema 2020): each layer is half its attention and half the
         * residual, the identity, and the layers are multiplied from the first to the last.
         */
        ROLLOUT,
        /** The attention of the last layer alone, or of attention pooling where that follows it. */
        LAST;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The number of layers.
     *
     * @return at least 1
     */
    public int layers() {
        return layers.size();
    }

    /**
     * How much each patch counts.
     *
     * @param method how it is computed
     * @return the map
     */
    public AttentionMap map(Method method) {
        double[] weights = read();
        switch (method) {
            case ROLLOUT -> {
                // A row times a matrix, from the last layer to the first: the product's wanted row.
                for (int layer = layers.size() - 1; layer >= 0; layer--) {
                    weights = halfResidual(weights, layers.get(layer));
                }
            }
            case LAST -> {
                if (outputs.reads() != AttentionOutputs.Reads.POOL) {
                    weights = times(weights, layers.get(layers.size() - 1));
                }
            }
        }
        return AttentionMap.of(outputs, weights);
    }

    /** How much the head reads of each token of the last layer, {@code [tokens]}; the sum is 1. */
    private double[] read() {
        double[] weights = new double[outputs.tokens()];
        double share = 1.0 / outputs.patches();
        switch (outputs.reads()) {
            case TOKEN -> weights[0] = 1;
            case TOKEN_AND_DISTILLATION -> {
                weights[0] = 0.5;
                weights[1] = 0.5;
            }
            case MEAN -> fillPatches(weights, share);
            case TOKEN_AND_MEAN -> {
                fillPatches(weights, share / 2);
                weights[0] = 0.5;
            }
            case POOL -> {
                for (int patch = 0; patch < pool.length; patch++) {
                    weights[outputs.prefixTokens() + patch] = pool[patch];
                }
            }
        }
        return weights;
    }

    private void fillPatches(double[] weights, double value) {
        Arrays.fill(weights, outputs.prefixTokens(), weights.length, value);
    }

    /** A row times {@code (attention + identity) / 2}, whose rows sum to one as attention's do. */
    private static double[] halfResidual(double[] row, float[] attention) {
        double[] product = times(row, attention);
        for (int token = 0; token < row.length; token++) {
            product[token] = (product[token] + row[token]) / 2;
        }
        return product;
    }

    private static double[] times(double[] row, float[] attention) {
        int tokens = row.length;
        double[] product = new double[tokens];
        for (int query = 0; query < tokens; query++) {
            for (int key = 0; row[query] != 0 && key < tokens; key++) {
                product[key] += row[query] * attention[query * tokens + key];
            }
        }
        return product;
    }
}
