package dev.vitrail.zoo.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** Files of weights, byte by byte, sound and not. */
final class Samples {

    private Samples() {}

    static byte[] floats(float... values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static byte[] safetensors(String header, byte[] data) {
        return safetensors(header.getBytes(StandardCharsets.UTF_8), data);
    }

    static byte[] safetensors(byte[] header, byte[] data) {
        return ByteBuffer.allocate(Long.BYTES + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data)
                .array();
    }

    /** A safetensors header of one tensor "a". */
    static String entry(String type, String shape, String offsets) {
        return String.format(
                "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}",
                type, shape, offsets);
    }

    /** A safetensors file of 32-bit scalars, one for each name. */
    static byte[] scalars(String... names) {
        StringBuilder header = new StringBuilder("{");
        float[] values = new float[names.length];
        for (int i = 0; i < names.length; i++) {
            header.append(i == 0 ? "" : ",")
                    .append(
                            String.format(
                                    "\"%s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[%d,%d]}",
                                    names[i], 4 * i, 4 * i + 4));
            values[i] = i;
        }
        return safetensors(header.append('}').toString(), floats(values));
    }

    /** A .npy array of version 1, padded as NumPy pads it. */
    static byte[] npy(String descr, boolean fortran, String shape, byte[] data) {
        return npy(
                String.format(
                        "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }",
                        descr, fortran ? "True" : "False", shape),
                data);
    }

    static byte[] npy(String header, byte[] data) {
        int length = (10 + header.length() + 1 + 63) / 64 * 64 - 10;
        return npy(1, header + " ".repeat(length - header.length() - 1) + "\n", data);
    }

    static byte[] npy(int version, String header, byte[] data) {
        byte[] text =
                header.getBytes(
                        version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        ByteBuffer bytes =
                ByteBuffer.allocate(12 + text.length + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put((byte) 0x93)
                        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                        .put((byte) version)
                        .put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) text.length);
        } else {
            bytes.putInt(text.length);
        }
        bytes.put(text).put(data).flip();
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return array;
    }

    /** All values of a tensor, as both ways of reading must give them. */
    static float[] values(Weights weights, String name) {
        FloatBuffer whole = weights.floats(name).asFloatBuffer();
        float[] values = new float[whole.remaining()];
        whole.get(values);
        FloatBuffer pieces = FloatBuffer.allocate(values.length);
        try {
            weights.copyTo(name, pieces::put);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (pieces.hasRemaining()
                || ByteBuffer.wrap(bytes(values)).compareTo(ByteBuffer.wrap(bytes(pieces.array())))
                        != 0) {
            throw new AssertionError("tensor " + name + " is another when it is streamed");
        }
        return values;
    }

    private static byte[] bytes(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        for (float value : values) {
            bytes.putInt(Float.floatToRawIntBits(value));
        }
        return bytes.array();
    }

    /** Writes all that remains; a channel may take less at a time. */
    static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
