package dev.vitrail.zoo.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Stored values to 32-bit floats. */
final class Widening {

    private Widening() {}

    /**
     * Appends all of {@code stored}, read in its own byte order, to {@code values}, which has room
     * for it.
     */
    static void put(ByteBuffer stored, ElementType type, FloatBuffer values) {
        if (type == ElementType.F32) {
            values.put(stored.asFloatBuffer());
            stored.position(stored.limit());
        }
        while (stored.hasRemaining()) {
            values.put(next(stored, type));
        }
    }

    private static float next(ByteBuffer stored, ElementType type) {
        return switch (type) {
            case F64 -> (float) stored.getDouble();
            case F32 -> stored.getFloat();
            case F16 -> half(stored.getShort());
            case BF16 -> Float.intBitsToFloat(stored.getShort() << 16);
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL, C64 -> throw notFloat(type);
            case F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ -> throw notFloat(type);
            case F6_E2M3, F6_E3M2, F4 -> throw notFloat(type);
        };
    }

    /** IEEE 754 binary16; {@code Float.float16ToFloat} came with Java 20. */
    static float half(short bits) {
        int sign = bits & 0x8000;
        int exponent = bits >> 10 & 0x1F;
        int fraction = bits & 0x3FF;
        if (exponent == 0) { // zero and subnormal: fraction · 2^-24
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int widened = exponent == 0x1F ? 0xFF : exponent + (127 - 15);
        return Float.intBitsToFloat(sign << 16 | widened << 23 | fraction << 13);
    }

    private static IllegalArgumentException notFloat(ElementType type) {
        return new IllegalArgumentException(type + " is not a float type");
    }
}
