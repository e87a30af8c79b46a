package dev.vitrail.imaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads the one kind of .npy file that the reference has: version 1, bytes, C order. */
final class Npy {
    private Npy() {}

    /** An image of shape {@code [height, width, 3]}. */
    static RgbImage image(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int headerLength = (bytes[8] & 0xFF) | (bytes[9] & 0xFF) << 8;
        String header = new String(bytes, 10, headerLength, StandardCharsets.US_ASCII);
        if (!header.contains("'|u1'") || !header.contains("False")) {
            throw new IOException(file + ": not an array of bytes in C order: " + header);
        }
        String shape = header.substring(header.indexOf('(') + 1, header.indexOf(')'));
        int[] sizes =
                Arrays.stream(shape.split(","))
                        .map(String::strip)
                        .mapToInt(Integer::parseInt)
                        .toArray();
        return new RgbImage(
                sizes[1], sizes[0], Arrays.copyOfRange(bytes, 10 + headerLength, bytes.length));
    }
}
