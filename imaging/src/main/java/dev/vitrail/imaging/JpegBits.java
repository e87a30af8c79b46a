package dev.vitrail.imaging;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The bits of a JPEG's scan up to its next marker, highest first (ISO/IEC 10918-1, F.1.2.3 and
 * F.2.2.5). Stuffed zeros are taken out beforehand, so that eight bytes can be read at a time.
 * Zeros follow after the last bit, more than a block can use up: who has read a block asks {@link
 * #ranOut}.
 */
final class JpegBits {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Each of a block's 64 coefficients takes 33 bits at the most; a word may be read ahead. */
    private static final int BEYOND = 64 * 33 / 8 + 2 * Long.BYTES;

    /** The place of a block's last coefficient. */
    private static final int LAST = 63;

    private final byte[] file;

    /** Without stuffed zeros. */
    private final byte[] data;

    /** Bytes of data. */
    private int size;

    /** The place of the marker in the file. */
    private int marker;

    /** The byte after those that are counted in {@link #count}. */
    private int at;

    /** The next bits at the top: {@code count} of them, and maybe some of the byte after them. */
    private long bits;

    private int count;

    /**
     * Makes room.
     *
     * @param file whose scans are read, one after another
     */
    JpegBits(byte[] file) {
        this.file = file;
        this.data = new byte[file.length + BEYOND];
    }

    /** Goes to a place of the file. */
    void open(int start) {
        int from = start;
        int found = indexOfMark(start);
        size = 0;
        while (found + 1 < file.length && file[found + 1] == 0) {
            copy(from, found + 1);
            from = found + 2;
            found = indexOfMark(from);
        }
        copy(from, found);
        Arrays.fill(data, size, size + BEYOND, (byte) 0);
        marker = found;
        at = 0;
        bits = 0;
        count = 0;
    }

    private void copy(int from, int end) {
        System.arraycopy(file, from, data, size, end - from);
        size += end - from;
    }

    /** The next byte that is 0xFF, the file's end where there is none. */
    private int indexOfMark(int from) {
        int i = from;
        while (i + Long.BYTES <= file.length) {
            long word = (long) WORD.get(file, i);
            if ((~word - 0x0101010101010101L & word & 0x8080808080808080L) != 0) {
                break;
            }
            i += Long.BYTES;
        }
        while (i < file.length && file[i] != (byte) 0xFF) {
            i++;
        }
        return i;
    }

    /** Makes at least 56 bits ready: the longest code and the longest number after it are 32. */
    void fill() {
        bits |= (long) WORD.get(data, at) >>> count;
        at += 63 - count >> 3;
        count |= 56;
    }

    /** The next bits at the top, which stay; {@link #fill} comes first. */
    long peek() {
        return bits;
    }

    /** Leaves bits behind that {@link #fill} made ready. */
    void skip(int length) {
        bits <<= length;
        count -= length;
    }

    /** A number of 1 to 16 bits that {@link #fill} made ready. */
    int take(int length) {
        int value = (int) (bits >>> 64 - length);
        skip(length);
        return value;
    }

    /** A signed number as F.2.2.1 extends it. */
    int takeSigned(int length) {
        int value = signed(bits, length);
        skip(length);
        return value;
    }

    /**
     * The signed number that bits at the top are, as F.2.2.1 extends it; without a branch, because
     * nobody can foretell a sign.
     *
     * @param length 1 to 16
     */
    static int signed(long bits, int length) {
        int positive = (int) (bits >> 63);
        return (int) (bits >>> 64 - length) - (~positive & (1 << length) - 1);
    }

    /** One bit, whether or not any is ready. */
    boolean takeBit() {
        if (count == 0) {
            fill();
        }
        return take(1) != 0;
    }

    /** Whether bits were read that the file has not. */
    boolean ranOut() {
        return left() < 0;
    }

    private long left() {
        return 8L * (size - at) + count;
    }

    /**
     * The place of the marker after the last bit.
     *
     * @throws OddJpegException if whole bytes are left before it
     */
    int endOfScan() throws OddJpegException {
        if (left() >= 8) {
            throw new OddJpegException();
        }
        return marker;
    }

    /**
     * By how much a block's first coefficient differs from the last block's (F.2.2.1).
     *
     * @throws OddJpegException if a code is none
     */
    int difference(HuffmanTable table) throws OddJpegException {
        fill();
        int length = table.symbol(this);
        return length == 0 ? 0 : takeSigned(length);
    }

    /**
     * Reads a block of a baseline file but for its first coefficient (F.2.2.2), those that are not
     * zero.
     *
     * @param table of their codes
     * @param entries takes them from {@code start} on, each as its value above its place in the
     *     block; some may be zero
     * @return the place after the last one
     * @throws OddJpegException if a code is none, or a coefficient lies beyond the block
     */
    int readBlock(HuffmanTable table, int[] entries, int start) throws OddJpegException {
        // Local ones stay in registers.
        byte[] data = this.data;
        int at = this.at;
        long bits = this.bits;
        int count = this.count;
        long[] pairs = table.pairs();
        int next = start;
        int k = 0;
        while (k < LAST) {
            bits |= (long) WORD.get(data, at) >>> count;
            at += 63 - count >> 3;
            count |= 56;
            // Of two that are read at once the second must still be of this block.
            long pair = k < LAST - 16 ? pairs[(int) (bits >>> 64 - HuffmanTable.LOOK)] : 0;
            if (pair == 0) {
                int entry = table.coefficient(bits);
                bits <<= entry & 0xFF;
                count -= entry & 0xFF;
                k += entry >> 8 & 0xFF;
                entries[next++] = entry & 0xFFFF0000 | k;
            } else {
                int steps = (int) pair;
                bits <<= steps & 0xFF;
                count -= steps & 0xFF;
                entries[next] = (int) (pair >>> 16) & 0xFFFF0000 | k + (steps >> 8 & 0xFF);
                k += steps >> 16 & 0xFF;
                entries[next + 1] = (int) (pair >>> 32) & 0xFFFF0000 | k;
                next += steps >> 24;
            }
        }
        this.at = at;
        this.bits = bits;
        this.count = count;
        if (k > LAST) {
            next--; // the end of the block, or a fault
            if (k < HuffmanTable.END) {
                throw new OddJpegException();
            }
        }
        return next;
    }
}
