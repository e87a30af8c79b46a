package dev.vitrail.imaging;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of a JPEG's scan, highest first, with stuffed zeros taken out (ISO/IEC 10918-1, F.1.2.3
 * and F.2.2.5). At a marker, or where the file ends, zeros follow; {@link #ranOut} tells whether
 * any were used.
 */
final class JpegBits {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] data;
    private int at;

    /** The next {@code count} bits at the top, zeros below. */
    private long bits;

    private int count;
    private int invented;

    JpegBits(byte[] data, int at) {
        this.data = data;
        this.at = at;
    }

    /** Makes at least 32 bits ready: the longest code and the longest number after it. */
    void fill() {
        if (count >= 32) {
            return;
        }
        if (at + 4 <= data.length) {
            int word = (int) WORD.get(data, at);
            if ((~word - 0x01010101 & word & 0x80808080) == 0) { // no byte of them is 0xFF
                bits |= (word & 0xFFFFFFFFL) << 32 - count;
                count += 32;
                at += 4;
                return;
            }
        }
        while (count <= 56) {
            bits |= (long) nextByte() << 56 - count;
            count += 8;
        }
    }

    private int nextByte() {
        if (at < data.length) {
            int value = data[at] & 0xFF;
            if (value != 0xFF) {
                at++;
                return value;
            }
            if (at + 1 < data.length && data[at + 1] == 0) {
                at += 2;
                return value;
            }
        }
        invented += 8;
        return 0;
    }

    /** The next bits, which stay; {@link #fill} comes first. */
    int peek(int length) {
        return (int) (bits >>> 64 - length);
    }

    /** Leaves bits behind that {@link #fill} made ready. */
    void skip(int length) {
        bits <<= length;
        count -= length;
    }

    /** A number of 1 to 16 bits that {@link #fill} made ready. */
    int take(int length) {
        int value = peek(length);
        skip(length);
        return value;
    }

    /** A signed number as F.2.2.1 extends it. */
    int takeSigned(int length) {
        int value = take(length);
        return value < 1 << length - 1 ? value - (1 << length) + 1 : value;
    }

    /** One bit, whether or not any is ready. */
    boolean takeBit() {
        fill();
        return take(1) != 0;
    }

    /** Whether bits were read that the file has not. */
    boolean ranOut() {
        return count < invented;
    }

    /** Leaves what is left of the last byte behind, and gives the place of the marker after it. */
    int endOfScan() {
        if (invented > 0) {
            return at;
        }
        // Whole bytes that were made ready go back, those before which a zero was taken out too.
        for (int unread = count / 8; unread > 0; unread--) {
            at -= at >= 2 && data[at - 1] == 0 && data[at - 2] == (byte) 0xFF ? 2 : 1;
        }
        return at;
    }
}
