package dev.vitrail.imaging;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads the two kinds of .npy file that the references have: version 1, C order. */
final class Npy {
    private Npy() {}

    /** An image of shape {@code [height, width, 3]}. */
    static RgbImage image(Path file) throws IOException {
        return image(Files.readAllBytes(file), file.toString());
    }

    /** An image of shape {@code [height, width, 3]}. */
    static RgbImage image(byte[] bytes, String name) throws IOException {
        String header = header(bytes, "'|u1'", name);
        String shape = header.substring(header.indexOf('(') + 1, header.indexOf(')'));
        int[] sizes =
                Arrays.stream(shape.split(","))
                        .map(String::strip)
                        .mapToInt(Integer::parseInt)
                        .toArray();
        byte[] pixels = Arrays.copyOfRange(bytes, 10 + header.length(), bytes.length);
        return new RgbImage(sizes[1], sizes[0], pixels);
    }

    /** All floats of an array, whatever its shape. */
    static float[] floats(byte[] bytes, String name) throws IOException {
        int start = 10 + header(bytes, "'<f4'", name).length();
        ByteBuffer data = ByteBuffer.wrap(bytes, start, bytes.length - start);
        float[] floats = new float[data.remaining() / Float.BYTES];
        data.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    private static String header(byte[] bytes, String type, String name) throws IOException {
        int length = (bytes[8] & 0xFF) | (bytes[9] & 0xFF) << 8;
        String header = new String(bytes, 10, length, StandardCharsets.US_ASCII);
        if (!header.contains(type) || !header.contains("False")) {
            throw new IOException(name + ": not an array of " + type + " in C order: " + header);
        }
        return header;
    }
}
