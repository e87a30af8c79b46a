package dev.vitrail.zoo.block;

import dev.vitrail.zoo.config.Architecture;

/**
 * Fixed positions in two dimensions: for each patch {@code [sin x, cos x, sin y, cos y]}, each of
 * {@code dim / 4} frequencies, {@code x} the column and {@code y} the row. Two families exist whose
 * tables differ in the exponent's divisor, see {@link dev.vitrail.zoo.config.PositionEmbedding}.
 */
final class SinCosTable {

    private static final double TEMPERATURE = 10_000;

    private SinCosTable() {}

    /** Values of {@code [positions, dim]}; rows of class, distillation and registers are zero. */
    static float[] of(Architecture architecture) {
        int dim = architecture.dim();
        int quarter = dim / 4;
        double divisor =
                switch (architecture.positionEmbedding()) {
                    case SINCOS_MAE -> quarter;
                    case SINCOS_BIG_VISION -> quarter - 1;
                    case LEARNED ->
                            throw new IllegalArgumentException("learned positions are no table");
                };
        float[] table = new float[Math.toIntExact(architecture.positions() * dim)];
        int row = Math.toIntExact(architecture.positions() - architecture.patches());
        for (int y = 0; y < architecture.gridHeight(); y++) {
            for (int x = 0; x < architecture.gridWidth(); x++, row++) {
                for (int i = 0; i < quarter; i++) {
                    double frequency = Math.pow(TEMPERATURE, -i / divisor);
                    int at = row * dim + i;
                    table[at] = (float) Math.sin(x * frequency);
                    table[at + quarter] = (float) Math.cos(x * frequency);
                    table[at + 2 * quarter] = (float) Math.sin(y * frequency);
                    table[at + 3 * quarter] = (float) Math.cos(y * frequency);
                }
            }
        }
        return table;
    }
}
