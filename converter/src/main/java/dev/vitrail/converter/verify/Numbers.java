package dev.vitrail.converter.verify;

import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;

/**
 * An array as it came out, to be compared number by number.
 *
 * @param type DJL's name of its number type
 * @param shape size of each axis
 * @param bytes the numbers
 */
record Numbers(String type, long[] shape, ByteBuffer bytes) {

    static Numbers of(NDArray array) {
        return new Numbers(
                array.getDataType().name(), array.getShape().getShape(), array.toByteBuffer(false));
    }

    int count() {
        return bytes.remaining() / width();
    }

    boolean isFloating() {
        return type.startsWith("FLOAT");
    }

    double get(int index) {
        int at = bytes.position() + index * width();
        return switch (type) {
            case "FLOAT32" -> bytes.getFloat(at);
            case "FLOAT64" -> bytes.getDouble(at);
            case "INT64" -> bytes.getLong(at);
            case "INT32" -> bytes.getInt(at);
            case "INT16" -> bytes.getShort(at);
            case "INT8", "BOOLEAN" -> bytes.get(at);
            case "UINT8" -> bytes.get(at) & 0xff;
            default -> throw new IllegalStateException("outputs of type " + type);
        };
    }

    private int width() {
        return switch (type) {
            case "FLOAT64", "INT64" -> 8;
            case "FLOAT32", "INT32" -> 4;
            case "INT16", "FLOAT16" -> 2;
            default -> 1;
        };
    }

    long[] place(int index) {
        long[] place = new long[shape.length];
        long rest = index;
        for (int i = shape.length - 1; i >= 0; i--) {
            place[i] = rest % shape[i];
            rest /= shape[i];
        }
        return place;
    }
}
