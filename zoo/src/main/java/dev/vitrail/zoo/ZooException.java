package dev.vitrail.zoo;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

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
     * @return such as {@code No space left on device}
     */
    public static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException missing) {
            return "no such file or folder: " + missing.getFile();
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return cause.getMessage();
    }
}
