package dev.vitrail.converter.trace;

import ai.djl.ndarray.types.DataType;

/**
 * The number types that a traced array can have: DJL's, without strings, complex numbers and
 * unknowns.
 */
public enum NumberType {
    /** Truth values, one byte each. */
    BOOLEAN(DataType.BOOLEAN, 0),
    /** Unsigned 8-bit integers. */
    UINT8(DataType.UINT8, 1),
    /** Signed 8-bit integers. */
    INT8(DataType.INT8, 1),
    /** Signed 16-bit integers. */
    INT16(DataType.INT16, 1),
    /** Signed 32-bit integers. */
    INT32(DataType.INT32, 1),
    /** Signed 64-bit integers. */
    INT64(DataType.INT64, 1),
    /** IEEE half precision. */
    FLOAT16(DataType.FLOAT16, 2),
    /** Half precision with the range of {@link #FLOAT32}. */
    BFLOAT16(DataType.BFLOAT16, 2),
    /** IEEE single precision. */
    FLOAT32(DataType.FLOAT32, 2),
    /** IEEE double precision. */
    FLOAT64(DataType.FLOAT64, 2);

    private final DataType dataType;
    private final int category;

    NumberType(DataType dataType, int category) {
        this.dataType = dataType;
        this.category = category;
    }

    /**
     * Returns whether this is a floating-point type.
     *
     * @return whether numbers of this type have a fraction
     */
    public boolean isFloating() {
        return category == 2;
    }

    /**
     * Returns the size of one number.
     *
     * @return bytes a number takes
     */
    public int bytes() {
        return dataType.getNumOfBytes();
    }

    DataType dataType() {
        return dataType;
    }

    static NumberType of(DataType dataType) {
        for (NumberType type : values()) {
            if (type.dataType == dataType) {
                return type;
            }
        }
        throw new UnsupportedOperationException("arrays of type " + dataType);
    }

    /**
     * The type of float functions of this type: integers become single precision, as in PyTorch.
     */
    NumberType floating() {
        return isFloating() ? this : FLOAT32;
    }

    /** The type of sums of this type: integers and truth values become 64-bit, as in PyTorch. */
    NumberType summed() {
        return isFloating() ? this : INT64;
    }

    /**
     * The type that an operation on two arrays computes in, by PyTorch's promotion rules: an array
     * without axes only counts where its category (truth value, integer, float) is higher.
     */
    static NumberType promote(NumberType left, int leftRank, NumberType right, int rightRank) {
        if ((leftRank == 0) == (rightRank == 0)) {
            return promote(left, right);
        }
        NumberType array = leftRank == 0 ? right : left;
        NumberType scalar = leftRank == 0 ? left : right;
        return scalar.category > array.category ? promote(array, scalar) : array;
    }

    private static NumberType promote(NumberType left, NumberType right) {
        if (left == right) {
            return left;
        }
        if (left.category != right.category) {
            return left.category > right.category ? left : right;
        }
        if (left.isFloating()) {
            // Neither half precision holds the other: PyTorch goes to single.
            return left.bytes() == 2 && right.bytes() == 2 ? FLOAT32 : widest(left, right);
        }
        boolean mixed = left.bytes() == 1 && right.bytes() == 1;
        return mixed ? INT16 : widest(left, right);
    }

    private static NumberType widest(NumberType left, NumberType right) {
        return left.bytes() >= right.bytes() ? left : right;
    }
}
