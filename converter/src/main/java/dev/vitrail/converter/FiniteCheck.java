package dev.vitrail.converter;

import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.trace.NumberType;
import dev.vitrail.converter.trace.Trace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Reads the bytes of a parameter once, without keeping them, and stops at the first number that is
 * none: a network with one such weight answers everything with it.
 */
final class FiniteCheck implements WritableByteChannel {
    private static final int EXPONENT = 0x7f800000;

    private final String name;
    private long place;

    private FiniteCheck(String name) {
        this.name = name;
    }

    static void check(Trace.Named weight, TensorData data) {
        if (weight.type().numbers() != NumberType.FLOAT32) {
            return;
        }
        try (FiniteCheck check = new FiniteCheck(weight.name())) {
            data.writeTo(check);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int write(ByteBuffer source) {
        int bytes = source.remaining();
        if (bytes % Float.BYTES != 0) {
            throw new IllegalStateException("a float is cut in two in " + name);
        }
        FloatBuffer floats = source.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        int count = floats.remaining();
        for (int i = 0; i < count; i++) {
            float value = floats.get(i);
            if ((Float.floatToRawIntBits(value) & EXPONENT) == EXPONENT) {
                throw new ExportException(
                        "parameter "
                                + name
                                + ": number "
                                + (place + i)
                                + " is "
                                + value
                                + ", must be finite; the training has diverged or the file is"
                                + " damaged");
            }
        }
        place += count;
        source.position(source.limit());
        return bytes;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
