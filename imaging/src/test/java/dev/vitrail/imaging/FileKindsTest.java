package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies under a name that should be an image. */
class FileKindsTest {
    @TempDir Path folder;

    @Test
    void tellsTheFormatByContentAndNotByName() throws IOException {
        Path jpeg = Files.write(folder.resolve("a.png"), PillowFiles.bytes("jpeg-420.jpg"));
        Path png = Files.write(folder.resolve("b.jpg"), PillowFiles.bytes("png-rgb.png"));

        assertThat(ImageDecoder.decode(jpeg, DecodeOptions.DEFAULT))
                .isEqualTo(PillowFiles.decode("jpeg-420.jpg", DecodeOptions.DEFAULT));
        assertThat(ImageDecoder.decode(png, DecodeOptions.DEFAULT))
                .isEqualTo(PillowFiles.decode("png-rgb.png", DecodeOptions.DEFAULT));
    }

    @Test
    void followsALinkToAnImage() throws IOException {
        Path image = Files.write(folder.resolve("a.jpg"), PillowFiles.bytes("jpeg-420.jpg"));
        Path link = Files.createSymbolicLink(folder.resolve("link.jpg"), image);

        assertThat(ImageDecoder.decode(link, DecodeOptions.DEFAULT).width()).isEqualTo(37);
    }

    @Test
    void saysThatALinkLeadsInACircle() throws IOException {
        Path self = Files.createSymbolicLink(folder.resolve("self.jpg"), Path.of("self.jpg"));

        refuses(self, ImageErrorCode.UNREADABLE, "its links lead in a circle");
    }

    @Test
    void saysThatAnEmptyFileIsCorrupt() throws IOException {
        Path file = Files.createFile(folder.resolve("empty.jpg"));

        refuses(file, ImageErrorCode.CORRUPT_IMAGE, "the file is empty");
    }

    @Test
    void saysThatTextIsNoImage() throws IOException {
        Path file = Files.writeString(folder.resolve("text.jpg"), "no image at all, just words");

        refuses(
                file,
                ImageErrorCode.UNSUPPORTED_FORMAT,
                "does not begin like an image that can be read; JPEG, PNG, GIF, BMP, TIFF and WebP"
                        + " are");
    }

    @Test
    void saysThatAFolderIsNoFile() throws IOException {
        refuses(
                Files.createDirectory(folder.resolve("folder.jpg")),
                ImageErrorCode.UNREADABLE,
                "not a regular file");
    }

    @Test
    void saysThatAFileIsMissing() {
        refuses(folder.resolve("gone.jpg"), ImageErrorCode.UNREADABLE, "there is no such file");
    }

    @Test
    void doesNotWaitForAPipe() throws Exception {
        Path pipe = folder.resolve("pipe.jpg");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "needs mkfifo");
        assumeTrue(new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor() == 0);

        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> refuses(pipe, ImageErrorCode.UNREADABLE, "not a regular file"));
    }

    @Test
    void saysThatReadingIsNotPermitted() throws IOException {
        Path file = Files.write(folder.resolve("a.jpg"), PillowFiles.bytes("jpeg-420.jpg"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeTrue(!Files.isReadable(file), "needs a user who is not root");

        refuses(file, ImageErrorCode.UNREADABLE, "reading it is not permitted");
    }

    @Test
    void refusesAFileWithMoreBytesThanAllowed() throws IOException {
        Path file = Files.write(folder.resolve("a.jpg"), PillowFiles.bytes("jpeg-420.jpg"));
        long size = Files.size(file);
        DecodeOptions options = DecodeOptions.DEFAULT.withMaxBytes(size - 1);

        assertRefused(
                () -> ImageDecoder.decode(file, options),
                ImageErrorCode.TOO_LARGE,
                file + ": 1,246 bytes are more than the limit of 1,245");
    }

    private static void refuses(Path file, ImageErrorCode code, String message) {
        assertRefused(
                () -> ImageDecoder.decode(file, DecodeOptions.DEFAULT),
                code,
                file + ": " + message);
    }

    static void assertRefused(ThrowingCallable decoding, ImageErrorCode code, String message) {
        assertThatThrownBy(decoding)
                .hasMessage(message)
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void knowsNamesThatAreMeantAsImages() {
        for (String name :
                List.of(
                        "a.jpg", "a.JPEG", "b.c.Png", "a.gif", "a.bmp", "a.webp", "a.tif",
                        "a.TIFF")) {
            assertThat(ImageDecoder.hasExtension(Path.of("folder", name))).as(name).isTrue();
        }
        for (String name : List.of("jpg", "ajpg", "a.jpg.bak", "a.", "a.txt", "a.jpg/b", "/")) {
            assertThat(ImageDecoder.hasExtension(Path.of(name))).as(name).isFalse();
        }
    }

    @Test
    void hasAnExtensionForEveryFormat() {
        for (ImageFormat format : ImageFormat.values()) {
            assertThat(ImageDecoder.EXTENSIONS).contains(format.name().toLowerCase(Locale.ROOT));
        }
    }
}
