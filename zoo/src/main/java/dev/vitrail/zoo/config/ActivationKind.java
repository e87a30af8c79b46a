package dev.vitrail.zoo.config;

/** The function between the two linear layers of an MLP. */
public enum ActivationKind {
    /**
     * {@code x Φ(x)} with the exact error function, as timm, torchvision and Hugging Face have it.
     */
    GELU("gelu");

    private final String id;

    ActivationKind(String id) {
        this.id = id;
    }

    /**
     * The word that a config uses.
     *
     * @return {@code gelu}
     */
    public String id() {
        return id;
    }
}
