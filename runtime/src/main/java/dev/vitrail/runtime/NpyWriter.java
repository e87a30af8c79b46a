package dev.vitrail.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes arrays of floats as NumPy files, format version 1.0 (NumPy enhancement proposal 1): a
 * header padded to 64 bytes, then the values in little-endian row-major order.
 */
public final class NpyWriter {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;

    /** Bytes of a {@link #streamHeader}, which hold two axes of any length. */
    static final int STREAM_HEADER = 128;

    private static final int CHUNK_FLOATS = 1 << 14;

    private NpyWriter() {}

    /**
     * Writes a file; it appears under its name only when it is whole.
     *
     * @param file the target, replaced if it is there
     * @param shape sizes of the axes
     * @param values row by row, from the buffer's position; the position stays
     * @throws IllegalArgumentException if the shape holds another number of values
     * @throws RuntimeFailure if the file cannot be written
     */
    public static void write(Path file, List<Long> shape, FloatBuffer values) {
        long count = shape.stream().reduce(1L, Math::multiplyExact);
        if (count != values.remaining()) {
            throw new IllegalArgumentException(
                    "shape " + shape + " does not hold " + values.remaining() + " values");
        }
        try {
            WholeFile.write(
                    file,
                    channel -> {
                        WholeFile.writeFully(channel, ByteBuffer.wrap(header(shape, ALIGNMENT)));
                        writeValues(channel, values.duplicate());
                    });
        } catch (IOException e) {
            throw new RuntimeFailure(file + ": cannot be written: " + FileSink.reason(e), e);
        }
    }

    /** A header that can be written anew when more rows are known: always of the same length. */
    static byte[] streamHeader(List<Long> shape) {
        return header(shape, STREAM_HEADER);
    }

    private static byte[] header(List<Long> shape, int alignment) {
        // A tuple of one element needs its comma, as in Python.
        String sizes =
                shape.stream()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", ", "(", shape.size() == 1 ? ",)" : ")"));
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': " + sizes + ", }";
        int prefix = MAGIC.length + Short.BYTES;
        int padding = Math.floorMod(-(prefix + text.length() + 1), alignment);
        byte[] body = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(prefix + body.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .putShort((short) body.length)
                .put(body)
                .array();
    }

    private static void writeValues(FileChannel channel, FloatBuffer values) throws IOException {
        ByteBuffer chunk =
                ByteBuffer.allocateDirect(CHUNK_FLOATS * Float.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            chunk.clear();
            while (values.hasRemaining() && chunk.hasRemaining()) {
                chunk.putFloat(values.get());
            }
            WholeFile.writeFully(channel, chunk.flip());
        }
    }
}
