package dev.vitrail.converter.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntUnaryOperator;

/**
 * A tensor whose elements are at hand as numbers: what passes compute with and the text form
 * prints.
 *
 * @param type element type and shape, which is fixed
 * @param data the elements, inline
 */
public record Constant(TensorType type, TensorData data) {

    /**
     * Checks that the parts fit.
     *
     * @param type as the component
     * @param data as the component
     */
    public Constant {
        if (!data.isInline() || type.byteSize() != data.byteSize()) {
            throw new IllegalArgumentException(data + " are no constant of type " + type.text());
        }
    }

    /**
     * Makes a constant of any number type from whole numbers.
     *
     * @param type element type and shape
     * @param values one number an element
     * @return the constant
     */
    public static Constant ofLongs(TensorType type, long... values) {
        ByteBuffer bytes = allocate(type, values.length);
        for (long value : values) {
            switch (type.elementType()) {
                case FLOAT -> bytes.putFloat(value);
                case DOUBLE -> bytes.putDouble(value);
                case UINT8, INT8, BOOL -> bytes.put((byte) value);
                case UINT16, INT16, FLOAT16, BFLOAT16 -> bytes.putShort((short) value);
                case INT32, UINT32 -> bytes.putInt((int) value);
                case INT64, UINT64 -> bytes.putLong(value);
                case UNDEFINED -> throw new IllegalArgumentException("a constant needs a type");
            }
        }
        return new Constant(type, TensorData.ofBytes(bytes.array()));
    }

    /**
     * Makes a constant of 32- or 64-bit floats.
     *
     * @param type element type and shape
     * @param values one number an element
     * @return the constant
     */
    public static Constant ofDoubles(TensorType type, double... values) {
        ByteBuffer bytes = allocate(type, values.length);
        boolean isDouble = type.elementType() == ElementType.DOUBLE;
        if (!isDouble && type.elementType() != ElementType.FLOAT) {
            throw new IllegalArgumentException(type.text() + " does not hold 32- or 64-bit floats");
        }
        for (double value : values) {
            if (isDouble) {
                bytes.putDouble(value);
            } else {
                bytes.putFloat((float) value);
            }
        }
        return new Constant(type, TensorData.ofBytes(bytes.array()));
    }

    /**
     * A constant whose elements are some of these.
     *
     * @param selected element type, which is this one's, and shape
     * @param source for each place of the result, the place here
     * @return the constant
     */
    public Constant pick(TensorType selected, IntUnaryOperator source) {
        int size = type.elementType().byteSize();
        byte[] from = new byte[Math.toIntExact(data.byteSize())];
        data.bytes().get(from);
        byte[] to = new byte[Math.toIntExact(selected.byteSize())];
        for (int i = 0; i < to.length / size; i++) {
            System.arraycopy(from, source.applyAsInt(i) * size, to, i * size, size);
        }
        return new Constant(selected, TensorData.ofBytes(to));
    }

    /**
     * Whether {@link #doubles} gives the elements: 32- and 64-bit floats.
     *
     * @return true for those two types
     */
    public boolean isFloating() {
        return type.elementType() == ElementType.FLOAT || type.elementType() == ElementType.DOUBLE;
    }

    /**
     * The elements as whole numbers; 16-bit floats as their bits, truth values as 0 and 1.
     *
     * @return one number an element
     * @throws IllegalStateException for 32- and 64-bit floats
     */
    public long[] longs() {
        ByteBuffer bytes = data.bytes();
        long[] values = new long[Math.toIntExact(type.elementCount())];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    switch (type.elementType()) {
                        case INT8 -> bytes.get();
                        case UINT8, BOOL -> bytes.get() & 0xFF;
                        case INT16 -> bytes.getShort();
                        case UINT16, FLOAT16, BFLOAT16 -> bytes.getShort() & 0xFFFF;
                        case INT32 -> bytes.getInt();
                        case UINT32 -> bytes.getInt() & 0xFFFFFFFFL;
                        case INT64, UINT64 -> bytes.getLong();
                        case FLOAT, DOUBLE, UNDEFINED ->
                                throw new IllegalStateException(
                                        type.text() + " does not hold whole numbers");
                    };
        }
        return values;
    }

    /**
     * The elements as floats.
     *
     * @return one number an element
     * @throws IllegalStateException for anything but 32- and 64-bit floats
     */
    public double[] doubles() {
        if (!isFloating()) {
            throw new IllegalStateException(type.text() + " does not hold 32- or 64-bit floats");
        }
        ByteBuffer bytes = data.bytes();
        double[] values = new double[Math.toIntExact(type.elementCount())];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    type.elementType() == ElementType.FLOAT ? bytes.getFloat() : bytes.getDouble();
        }
        return values;
    }

    private static ByteBuffer allocate(TensorType type, int elements) {
        if (type.elementCount() != elements) {
            throw new IllegalArgumentException(
                    elements + " elements were given for " + type.text());
        }
        return ByteBuffer.allocate(Math.toIntExact(type.byteSize())).order(ByteOrder.LITTLE_ENDIAN);
    }
}
