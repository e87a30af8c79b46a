package dev.vitrail.zoo;

import dev.vitrail.imaging.SystemReason;
import java.io.IOException;

/**
 * Something that the user can mend: a folder, a picture, a setting, a device. The message is one
 * sentence that names it and says what would be right.
 */
public class ZooException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one sentence: where, what, the value, what would be right
     */
    public ZooException(String message) {
        super(message);
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message one sentence: where, what, the value, what would be right
     * @param cause what was thrown underneath
     */
    public ZooException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Why the system would not do something, in words for the user: the library's own messages are
     * often nothing but the path.
     *
     * @param cause what the system said
     * @return such as {@code no space left on device}
     */
    public static String reason(IOException cause) {
        return SystemReason.of(cause);
    }
}
