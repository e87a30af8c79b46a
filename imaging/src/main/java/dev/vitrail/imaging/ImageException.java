package dev.vitrail.imaging;

import java.io.IOException;
import java.util.Objects;

/**
 * An image that cannot be read. The message is one sentence that begins with the image's name; the
 * file's owner can mend it, the program cannot. A run over many images records it and goes on.
 */
public final class ImageException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The kind of failure, for result rows. */
    private final ImageErrorCode code;

    /**
     * Creates the exception.
     *
     * @param code the kind of failure
     * @param message one sentence naming the image, what is wrong, and what would be right
     * @param cause what a library threw, or null
     */
    public ImageException(ImageErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    /**
     * The kind of failure.
     *
     * @return the code for result rows
     */
    public ImageErrorCode code() {
        return code;
    }
}
