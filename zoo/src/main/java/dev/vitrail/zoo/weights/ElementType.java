package dev.vitrail.zoo.weights;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The element types that the safetensors format names. All may stand in a file; those that {@link
 * #isFloat} can be read as weights.
 */
public enum ElementType {
    /** IEEE 754 binary64. */
    F64(64),
    /** IEEE 754 binary32. */
    F32(32),
    /** IEEE 754 binary16. */
    F16(16),
    /** bfloat16: the upper half of a binary32. */
    BF16(16),
    /** Signed integer of 64 bits. */
    I64(64),
    /** Signed integer of 32 bits. */
    I32(32),
    /** Signed integer of 16 bits. */
    I16(16),
    /** Signed integer of 8 bits. */
    I8(8),
    /** Unsigned integer of 64 bits. */
    U64(64),
    /** Unsigned integer of 32 bits. */
    U32(32),
    /** Unsigned integer of 16 bits. */
    U16(16),
    /** Unsigned integer of 8 bits. */
    U8(8),
    /** Truth value, a byte. */
    BOOL(8),
    /** Complex number of two binary32. */
    C64(64),
    /** 8-bit float, 5 bits exponent, 2 bits fraction. */
    F8_E5M2(8),
    /** 8-bit float, 4 bits exponent, 3 bits fraction. */
    F8_E4M3(8),
    /** 8-bit power of two. */
    F8_E8M0(8),
    /** {@link #F8_E4M3} without infinities and negative zero. */
    F8_E4M3FNUZ(8),
    /** {@link #F8_E5M2} without infinities and negative zero. */
    F8_E5M2FNUZ(8),
    /** 6-bit float, 2 bits exponent, 3 bits fraction. */
    F6_E2M3(6),
    /** 6-bit float, 3 bits exponent, 2 bits fraction. */
    F6_E3M2(6),
    /** 4-bit float. */
    F4(4);

    private final int bits;

    ElementType(int bits) {
        this.bits = bits;
    }

    /**
     * Size of an element.
     *
     * @return in bits; below 8 for the packed types
     */
    public int bits() {
        return bits;
    }

    /**
     * Whether values can be widened to 32-bit floats here.
     *
     * @return true for F64, F32, F16 and BF16
     */
    public boolean isFloat() {
        return switch (this) {
            case F64, F32, F16, BF16 -> true;
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL, C64 -> false;
            case F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ -> false;
            case F6_E2M3, F6_E3M2, F4 -> false;
        };
    }

    /** The type of this exact name; names are upper-case. */
    static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** For messages: the types that weights may have. */
    static String readable() {
        return Arrays.stream(values())
                .filter(ElementType::isFloat)
                .map(Enum::name)
                .collect(Collectors.joining(", "));
    }
}
