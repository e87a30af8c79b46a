package dev.vitrail.zoo.config;

/** What is added to tokens so that places differ. */
public enum PositionEmbedding {
    /** One learned vector for each place (ViT paper, equation 1). */
    LEARNED("learned"),
    /**
     * A fixed table: sine and cosine of the column, then of the row, frequencies {@code
     * 10000^(-i/(dim/4))} (MAE, He et al. 2022). Tokens before the patches have zeros.
     */
    SINCOS_MAE("sincos_mae"),
    /**
     * A fixed table: the same order with frequencies {@code 10000^(-i/(dim/4 - 1))} (Beyer et al.
     * 2022, as big_vision has it).
     */
    SINCOS_BIG_VISION("sincos_big_vision");

    private final String id;

    PositionEmbedding(String id) {
        this.id = id;
    }

    /**
     * The word that a config uses.
     *
     * @return such as {@code learned}
     */
    public String id() {
        return id;
    }

    /**
     * Whether training changes the table.
     *
     * @return false for the fixed ones
     */
    public boolean isLearned() {
        return this == LEARNED;
    }
}
