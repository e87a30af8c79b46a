package dev.vitrail.zoo.weights;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The element types that the safetensors format names. All may stand in a file; those that {@link
 * #isFloat} can be read as weights.
 */
enum ElementType {
    F64(64),
    F32(32),
    F16(16),
    BF16(16),
    I64(64),
    I32(32),
    I16(16),
    I8(8),
    U64(64),
    U32(32),
    U16(16),
    U8(8),
    BOOL(8),
    C64(64),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    F6_E2M3(6),
    F6_E3M2(6),
    F4(4);

    private final int bits;

    ElementType(int bits) {
        this.bits = bits;
    }

    int bits() {
        return bits;
    }

    /** Whether values can be widened to 32-bit floats here. */
    boolean isFloat() {
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
