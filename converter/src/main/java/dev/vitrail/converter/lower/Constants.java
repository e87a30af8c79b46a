package dev.vitrail.converter.lower;

import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.trace.NumberType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The bytes of small constants of any number type. */
final class Constants {
    private Constants() {}

    static TensorData repeated(NumberType numbers, double value, int count) {
        ByteBuffer bytes = buffer(numbers, count);
        for (int i = 0; i < count; i++) {
            put(bytes, numbers, value);
        }
        return TensorData.ofBytes(bytes.array());
    }

    static TensorData pair(NumberType numbers, double first, double second) {
        ByteBuffer bytes = buffer(numbers, 2);
        put(bytes, numbers, first);
        put(bytes, numbers, second);
        return TensorData.ofBytes(bytes.array());
    }

    static ByteBuffer buffer(NumberType numbers, int count) {
        return ByteBuffer.allocate(Math.multiplyExact(numbers.bytes(), count))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    static void put(ByteBuffer bytes, NumberType numbers, double value) {
        switch (numbers) {
            case BOOLEAN -> bytes.put((byte) (value == 0 ? 0 : 1));
            case UINT8, INT8 -> bytes.put((byte) (long) value);
            case INT16 -> bytes.putShort((short) (long) value);
            case INT32 -> bytes.putInt((int) (long) value);
            case INT64 -> bytes.putLong((long) value);
            case FLOAT16 -> bytes.putShort(half((float) value));
            case BFLOAT16 -> bytes.putShort(upperHalf((float) value));
            case FLOAT32 -> bytes.putFloat((float) value);
            case FLOAT64 -> bytes.putDouble(value);
        }
    }

    /** The nearest IEEE half; Java has a conversion only from version 20. */
    private static short half(float value) {
        int bits = Float.floatToIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7e00);
        } else if (magnitude >= 65520f) {
            return (short) (sign | 0x7c00);
        } else if (magnitude < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
        }
        int exponent = Math.getExponent(magnitude);
        int significand = (int) Math.rint(Math.scalb((double) magnitude, 10 - exponent));
        // A significand that rounds up to the next power carries into the exponent by itself.
        return (short) (sign | ((exponent + 14 << 10) + significand));
    }

    private static short upperHalf(float value) {
        int bits = Float.floatToIntBits(value);
        int rounded = bits + 0x7fff + (bits >>> 16 & 1);
        return (short) ((Float.isNaN(value) ? bits | 0x400000 : rounded) >>> 16);
    }
}
