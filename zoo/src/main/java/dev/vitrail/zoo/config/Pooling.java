package dev.vitrail.zoo.config;

/** How the token sequence becomes one vector, the classifier head's input. */
public enum Pooling {
    /** The class token after the final norm (ViT paper, equation 4). */
    TOKEN("token"),
    /** The average of the patch tokens after the final norm; the class token is left out of it. */
    MEAN("mean");

    private final String id;

    Pooling(String id) {
        this.id = id;
    }

    /**
     * The word that a config uses.
     *
     * @return {@code token} or {@code mean}
     */
    public String id() {
        return id;
    }
}
