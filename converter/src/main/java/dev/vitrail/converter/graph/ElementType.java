package dev.vitrail.converter.graph;

import java.util.Locale;

/**
 * What a tensor's elements are, with the numbers that ONNX gives them ({@code
 * TensorProto.DataType}).
 *
 * <p>Strings, complex numbers and types smaller than a byte are left out: nothing that a DJL
 * forward pass computes has them.
 */
public enum ElementType {
    /**
     * Not stated. Only graphs read from files of other tools have it, for values between nodes;
     * {@link GraphCheck} refuses it in ours.
     */
    UNDEFINED(0, 0),
    /** 32-bit float. */
    FLOAT(1, 4),
    /** Unsigned 8-bit integer. */
    UINT8(2, 1),
    /** Signed 8-bit integer. */
    INT8(3, 1),
    /** Unsigned 16-bit integer. */
    UINT16(4, 2),
    /** Signed 16-bit integer. */
    INT16(5, 2),
    /** Signed 32-bit integer. */
    INT32(6, 4),
    /** Signed 64-bit integer. */
    INT64(7, 8),
    /** Truth value, one byte each, 0 or 1. */
    BOOL(9, 1),
    /** IEEE 16-bit float. */
    FLOAT16(10, 2),
    /** 64-bit float. */
    DOUBLE(11, 8),
    /** Unsigned 32-bit integer. */
    UINT32(12, 4),
    /** Unsigned 64-bit integer. */
    UINT64(13, 8),
    /** The upper half of a 32-bit float. */
    BFLOAT16(16, 2);

    private final int onnxCode;
    private final int byteSize;

    ElementType(int onnxCode, int byteSize) {
        this.onnxCode = onnxCode;
        this.byteSize = byteSize;
    }

    /**
     * Finds the type that ONNX knows by a number.
     *
     * @param code a value of {@code TensorProto.DataType}
     * @return the type
     * @throws IllegalArgumentException if the number stands for none of these types
     */
    public static ElementType ofOnnxCode(int code) {
        for (ElementType type : values()) {
            if (type.onnxCode == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("no element type has the ONNX code " + code);
    }

    /**
     * Finds the type by the name that the text form uses.
     *
     * @param text for example {@code float} or {@code int64}
     * @return the type
     * @throws IllegalArgumentException if no type has that name
     */
    public static ElementType ofText(String text) {
        for (ElementType type : values()) {
            if (type.text().equals(text)) {
                return type;
            }
        }
        throw new IllegalArgumentException("no element type is called \"" + text + "\"");
    }

    /**
     * The number of this type in ONNX files.
     *
     * @return a value of {@code TensorProto.DataType}
     */
    public int onnxCode() {
        return onnxCode;
    }

    /**
     * The size of one element.
     *
     * @return bytes; 0 for {@link #UNDEFINED}
     */
    public int byteSize() {
        return byteSize;
    }

    /**
     * Whether the elements are whole numbers, signed or not; truth values are not.
     *
     * @return true for the eight integer types
     */
    public boolean isInteger() {
        return switch (this) {
            case UINT8, INT8, UINT16, INT16, INT32, INT64, UINT32, UINT64 -> true;
            case UNDEFINED, FLOAT, BOOL, FLOAT16, DOUBLE, BFLOAT16 -> false;
        };
    }

    /**
     * The name in the text form, as ONNX's documents write it.
     *
     * @return for example {@code float}
     */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
