package dev.vitrail.zoo.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** 32-bit floats to stored values, rounded to the nearest, ties to the even one (IEEE 754 §4.3). */
final class Narrowing {

    private Narrowing() {}

    /** Appends all values that remain to a little-endian buffer that has room for them. */
    static void put(FloatBuffer values, ElementType type, ByteBuffer stored) {
        switch (type) {
            case F32 -> {
                int bytes = values.remaining() * Float.BYTES;
                stored.asFloatBuffer().put(values);
                stored.position(stored.position() + bytes);
            }
            case F64 -> {
                while (values.hasRemaining()) {
                    stored.putDouble(values.get());
                }
            }
            case F16 -> {
                while (values.hasRemaining()) {
                    stored.putShort(half(values.get()));
                }
            }
            case BF16 -> {
                while (values.hasRemaining()) {
                    stored.putShort(brain(values.get()));
                }
            }
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL, C64 -> throw notFloat(type);
            case F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ -> throw notFloat(type);
            case F6_E2M3, F6_E3M2, F4 -> throw notFloat(type);
        }
    }

    /** IEEE 754 binary16; {@code Float.floatToFloat16} came with Java 20. */
    static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7FFFFFFF;
        if (magnitude > 0x7F800000) { // NaN: quiet, with as much of its payload as fits
            return (short) (sign | 0x7E00 | magnitude >> 13 & 0x3FF);
        }
        if (magnitude < 0x38800000) { // below 2^-14: a multiple of 2^-24, rounded by rint
            return (short) (sign | (int) Math.rint(Math.abs(value) * 0x1p24));
        }
        int rebased = magnitude - (127 - 15 << 23);
        int rounded = rebased + 0xFFF + (rebased >> 13 & 1) >> 13;
        return (short) (sign | Math.min(rounded, 0x7C00)); // beyond 65504: infinity
    }

    /** bfloat16: the upper half of a 32-bit float. */
    static short brain(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40); // rounding could carry a NaN into infinity
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private static IllegalArgumentException notFloat(ElementType type) {
        return new IllegalArgumentException(type + " is not a float type");
    }
}
