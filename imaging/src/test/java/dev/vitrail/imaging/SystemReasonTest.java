package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SystemReasonTest {
    @ParameterizedTest
    @MethodSource
    void saysWhatTheSystemSaid(IOException cause, String reason) {
        assertThat(SystemReason.of(cause)).isEqualTo(reason);
    }

    static Stream<Arguments> saysWhatTheSystemSaid() {
        String full = "No space left on device";
        return Stream.of(
                arguments(new IOException(full), "no space left on device"),
                arguments(new FileSystemException("a", null, full), "no space left on device"),
                arguments(new IOException("a: " + full), "no space left on device"),
                arguments(new AccessDeniedException("a"), "permission denied"),
                arguments(new NoSuchFileException("a"), "no such file or folder: a"),
                arguments(new FileAlreadyExistsException("a"), "a file of that name is there"),
                arguments(new NotDirectoryException("a"), "not a folder"),
                arguments(new FileSystemException("a"), "the system gives no reason"),
                arguments(new IOException(), "the system gives no reason"),
                arguments(
                        new FileSystemException("a", null, "Read-only file system"),
                        "Read-only file system"));
    }
}
