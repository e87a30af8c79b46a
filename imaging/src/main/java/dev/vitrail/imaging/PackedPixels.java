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

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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
            putAlone(data, at, pixel);
        }
    }

    /** Writes three bytes and nothing after them. */
    static void putAlone(byte[] data, int at, int pixel) {
        data[at] = (byte) pixel;
        data[at + 1] = (byte) (pixel >> 8);
        data[at + 2] = (byte) (pixel >> 16);
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

    /** Makes pixels of values from 0 to 255, an array for each component. */
    static void pack(int[] first, int[] second, int[] third, int[] pixels) {
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = first[i] | second[i] << 8 | third[i] << 16;
        }
    }

    /** Makes pixels of sums over {@link Taps}, an array for each component. */
    static void packLevels(int[] first, int[] second, int[] third, int[] pixels) {
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] =
                    Taps.level(first[i]) | Taps.level(second[i]) << 8 | Taps.level(third[i]) << 16;
        }
    }

    /**
     * Reads eight columns, 24 bytes of each row; whatever is beside a pixel lies in bits 24 to 31.
     *
     * @param data bytes of an image
     * @param start of the first row's first pixel
     * @param step from row to row, in bytes
     * @param rows how many
     * @param columns take the pixels, {@code [8, at least rows]}
     */
    static void toColumns(byte[] data, int start, int step, int rows, int[][] columns) {
        int[] a = columns[0];
        int[] b = columns[1];
        int[] c = columns[2];
        int[] d = columns[3];
        int[] e = columns[4];
        int[] f = columns[5];
        int[] g = columns[6];
        int[] h = columns[7];
        for (int y = 0, at = start; y < rows; y++, at += step) {
            long first = (long) EIGHT_BYTES.get(data, at);
            long second = (long) EIGHT_BYTES.get(data, at + 8);
            long third = (long) EIGHT_BYTES.get(data, at + 16);
            a[y] = (int) first;
            b[y] = (int) (first >>> 24);
            c[y] = (int) (first >>> 48 | second << 16);
            d[y] = (int) (second >>> 8);
            e[y] = (int) (second >>> 32);
            f[y] = (int) (second >>> 56 | third << 8);
            g[y] = (int) (third >>> 16);
            h[y] = (int) (third >>> 40);
        }
    }

    /**
     * Writes eight columns.
     *
     * @param columns {@code [8, as many as rows]}
     * @param rows take the pixels, {@code [any, at least x + 8]}
     * @param x the first column's place in a row
     */
    static void toRows(int[][] columns, int[][] rows, int x) {
        int[] a = columns[0];
        int[] b = columns[1];
        int[] c = columns[2];
        int[] d = columns[3];
        int[] e = columns[4];
        int[] f = columns[5];
        int[] g = columns[6];
        int[] h = columns[7];
        for (int y = 0; y < rows.length; y++) {
            int[] row = rows[y];
            row[x] = a[y];
            row[x + 1] = b[y];
            row[x + 2] = c[y];
            row[x + 3] = d[y];
            row[x + 4] = e[y];
            row[x + 5] = f[y];
            row[x + 6] = g[y];
            row[x + 7] = h[y];
        }
    }

    /**
     * Writes eight pixels side by side, some times over.
     *
     * @param columns {@code [8, at least from + count]}, with bits 24 to 31 zero
     * @param from where to begin in each
     * @param count how many times
     * @param data takes 24 bytes at a time
     * @param start where the first ones go
     * @param step from those to the next ones, in bytes
     */
    static void put(int[][] columns, int from, int count, byte[] data, int start, int step) {
        int[] a = columns[0];
        int[] b = columns[1];
        int[] c = columns[2];
        int[] d = columns[3];
        int[] e = columns[4];
        int[] f = columns[5];
        int[] g = columns[6];
        int[] h = columns[7];
        for (int i = from, at = start; i < from + count; i++, at += step) {
            EIGHT_BYTES.set(data, at, a[i] | (long) b[i] << 24 | (long) c[i] << 48);
            EIGHT_BYTES.set(
                    data,
                    at + 8,
                    c[i] >>> 16 | (long) d[i] << 8 | (long) e[i] << 32 | (long) f[i] << 56);
            EIGHT_BYTES.set(data, at + 16, f[i] >>> 8 | (long) g[i] << 16 | (long) h[i] << 40);
        }
    }
}
