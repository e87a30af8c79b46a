package dev.vitrail.imaging;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Pixels as one int each, their components in bits 0, 8 and 16: read and written at once, which is
 * faster than byte by byte, and taken apart and put together many at a time. Loops are on int
 * arrays alone, because the compiler turns this form into SIMD.
 */
final class PackedPixels {
    /** Four bytes of which the first is the lowest. */
    private static final VarHandle FOUR_BYTES =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private PackedPixels() {}

    /** Three bytes, and whatever is beside them in bits 24 to 31. */
    static int get(byte[] data, int at) {
        return at + Integer.BYTES <= data.length
                ? (int) FOUR_BYTES.get(data, at)
                : data[at] & 255 | (data[at + 1] & 255) << 8 | (data[at + 2] & 255) << 16;
    }

    /** Writes three bytes, and a zero after them unless the array ends there. */
    static void put(byte[] data, int at, int pixel) {
        if (at + Integer.BYTES <= data.length) {
            FOUR_BYTES.set(data, at, pixel);
        } else {
            data[at] = (byte) pixel;
            data[at + 1] = (byte) (pixel >> 8);
            data[at + 2] = (byte) (pixel >> 16);
        }
    }

    /**
     * Takes one component out.
     *
     * @param shift 0, 8 or 16
     * @param values as many as pixels
     */
    static void unpack(int[] pixels, int shift, int[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = pixels[i] >>> shift & 255;
        }
    }

    /** Makes pixels of sums over {@link Taps}, an array for each component. */
    static void packLevels(int[] first, int[] second, int[] third, int[] pixels) {
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] =
                    Taps.level(first[i]) | Taps.level(second[i]) << 8 | Taps.level(third[i]) << 16;
        }
    }
}
