package dev.vitrail.zoo.config;

/** The function between the two linear layers of an MLP. */
public enum ActivationKind {
    /**
     * {@code x Φ(x)} with the exact error function, as timm, torchvision and Hugging Face have it.
     */
    GELU("gelu"),
    /**
     * {@code x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))} (Hendrycks and Gimpel 2016), as Google's JAX
     * code and SigLIP have it.
     */
    GELU_TANH("gelu_tanh"),
    /** {@code x σ(1.702 x)} (Hendrycks and Gimpel 2016), as OpenAI's CLIP has it. */
    QUICK_GELU("quick_gelu");

    private final String id;

    ActivationKind(String id) {
        this.id = id;
    }

    /**
     * The word that a config uses.
     *
     * @return such as {@code gelu}
     */
    public String id() {
        return id;
    }
}
