package dev.vitrail.imaging;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * Why the system would not read or write something. It has nothing to do with pixels; it stands
 * here because every module that touches files may use this one, and a full disk should be told in
 * the same words everywhere.
 */
public final class SystemReason {

    private static final String FULL = "No space left on device";

    private SystemReason() {}

    /**
     * The reason in words for the user: the library's own messages are often nothing but the path.
     *
     * @param cause what the system said
     * @return such as {@code no space left on device}
     */
    public static String of(IOException cause) {
        if (cause instanceof NoSuchFileException missing) {
            return "no such file or folder: " + missing.getFile();
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return "a file of that name is there";
        }
        if (cause instanceof NotDirectoryException) {
            return "not a folder";
        }
        String reason =
                cause instanceof FileSystemException system
                        ? system.getReason()
                        : cause.getMessage();
        if (reason == null || reason.isBlank()) {
            return "the system gives no reason";
        }
        // Streams of java.io put the path before it.
        return reason.endsWith(FULL) ? "no space left on device" : reason;
    }
}
