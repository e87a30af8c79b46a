package dev.vitrail.zoo.config;

/** What stands between an MLP's input and its output, both of the embedding's width. */
public enum MlpKind {
    /** Linear, activation, linear (ViT paper, section 3.1). */
    PLAIN("plain", 1),
    /**
     * {@code (SiLU(x W) ∘ x V) W₂} (Shazeer 2020, equation 6), both first layers in one as DINOv2
     * stores them, the gate first. The config's activation has no part in it.
     */
    SWIGLU("swiglu", 2);

    private final String id;
    private final int branches;

    MlpKind(String id, int branches) {
        this.id = id;
        this.branches = branches;
    }

    /**
     * The word that a config uses.
     *
     * @return such as {@code plain}
     */
    public String id() {
        return id;
    }

    /**
     * Outputs of the first linear layer for each of {@code mlpDim}.
     *
     * @return 1, or 2 with a gate
     */
    public int branches() {
        return branches;
    }
}
