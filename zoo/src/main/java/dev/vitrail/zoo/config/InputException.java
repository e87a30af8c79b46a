package dev.vitrail.zoo.config;

import dev.vitrail.zoo.ZooException;

/** An input size or patch size that was asked for and that a network cannot have. */
public final class InputException extends ZooException {

    private static final long serialVersionUID = 1;

    /**
     * Says what would be right.
     *
     * @param message one sentence
     */
    public InputException(String message) {
        super(message);
    }

    /**
     * Says what would be right.
     *
     * @param message one sentence
     * @param cause what refused it
     */
    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
