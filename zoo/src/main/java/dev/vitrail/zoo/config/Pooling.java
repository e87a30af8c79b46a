package dev.vitrail.zoo.config;

/** How the token sequence becomes one vector, the classifier head's input. */
public enum Pooling {
    /** The class token (ViT paper, equation 4). */
    TOKEN("token", true, 1),
    /** The average of the patch tokens; class, distillation and register tokens are left out. */
    MEAN("mean", false, 1),
    /**
     * Multi-head attention pooling (MAP; Zhai et al. 2022, section 3.2): one learned query attends
     * to the patch tokens, then an MLP with a residual.
     */
    ATTENTION("attention", false, 1),
    /** The class token beside the average of the patch tokens, twice as wide (DINOv2's head). */
    TOKEN_AND_MEAN("token_and_mean", true, 2);

    private final String id;
    private final boolean readsClassToken;
    private final int vectors;

    Pooling(String id, boolean readsClassToken, int vectors) {
        this.id = id;
        this.readsClassToken = readsClassToken;
        this.vectors = vectors;
    }

    /**
     * The word that a config uses.
     *
     * @return such as {@code token}
     */
    public String id() {
        return id;
    }

    /**
     * Whether there must be a class token.
     *
     * @return false where the patches are enough
     */
    public boolean readsClassToken() {
        return readsClassToken;
    }

    /**
     * How many vectors of the embedding's width are joined.
     *
     * @return 1 or 2
     */
    public int vectors() {
        return vectors;
    }
}
