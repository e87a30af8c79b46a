package dev.vitrail.zoo.grid;

import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.PositionEmbedding;

/** The fixed position tables: sine and cosine of the column, then of the row. */
public final class SinCosPositions {

    private static final double TEMPERATURE = 10_000;

    private SinCosPositions() {}

    /**
     * The table of a network with fixed positions. Tokens before the patches have zeros where the
     * table has rows for them.
     *
     * @param model with sin-cos positions
     * @return {@code [positions, dim]}
     * @throws IllegalArgumentException if its positions are learned
     */
    public static float[] of(Architecture model) {
        double[] frequencies = frequencies(model.positionEmbedding(), model.dim() / 4);
        float[] table =
                new float[Math.toIntExact(Math.multiplyExact(model.positions(), model.dim()))];
        int at = Math.toIntExact(model.positions() - model.patches()) * model.dim();
        for (int row = 0; row < model.gridHeight(); row++) {
            for (int column = 0; column < model.gridWidth(); column++) {
                at = put(table, at, column, frequencies);
                at = put(table, at, row, frequencies);
            }
        }
        return table;
    }

    /** A quarter of the width each for sines and cosines of a coordinate; returns what follows. */
    private static int put(float[] table, int start, int coordinate, double[] frequencies) {
        int quarter = frequencies.length;
        for (int i = 0; i < quarter; i++) {
            table[start + i] = (float) Math.sin(coordinate * frequencies[i]);
            table[start + quarter + i] = (float) Math.cos(coordinate * frequencies[i]);
        }
        return start + 2 * quarter;
    }

    private static double[] frequencies(PositionEmbedding kind, int count) {
        double last =
                switch (kind) {
                    case SINCOS_MAE -> count;
                    case SINCOS_BIG_VISION -> count - 1;
                    case LEARNED ->
                            throw new IllegalArgumentException("learned positions have no formula");
                };
        double[] frequencies = new double[count];
        for (int i = 0; i < count; i++) {
            frequencies[i] = Math.pow(TEMPERATURE, -i / last);
        }
        return frequencies;
    }
}
