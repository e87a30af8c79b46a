package dev.vitrail.imaging;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** One of a JPEG's tables of codes (ISO/IEC 10918-1, annex C), with the short codes looked up. */
final class HuffmanTable {
    /** Codes have 1 to so many bits. */
    static final int LENGTHS = 16;

    private static final Recent<ByteBuffer, HuffmanTable> RECENT = new Recent<>(32);

    /** Bits that are looked up. */
    static final int LOOK = 11;

    /** By how much the end of a block moves the place in it: far beyond its last coefficient. */
    static final int END = 128;

    /** The most bits of a difference, whose symbol is their number. */
    static final int LONGEST_DIFFERENCE = 15;

    /** The symbol after which sixteen coefficients are zero. */
    private static final int SIXTEEN_ZEROS = 0xF0;

    /** By the next bits: the code's length above its symbol; 0 where the code is longer. */
    private final short[] symbols = new short[1 << LOOK];

    private final int[] firstCode = new int[LENGTHS + 2];
    private final int[] firstIndex = new int[LENGTHS + 2];
    private final byte[] values;
    private volatile long[] pairs;

    /**
     * A table, made now or lately: most encoders write the same ones (annex K) into all files.
     *
     * @param definition how many codes have 1 to 16 bits, and the symbols, shortest codes first
     * @throws OddJpegException if no code can have these lengths
     */
    static HuffmanTable of(byte[] definition) throws OddJpegException {
        ByteBuffer key = ByteBuffer.wrap(definition);
        HuffmanTable table = RECENT.get(key);
        if (table == null) {
            table = new HuffmanTable(definition);
            RECENT.put(key, table);
        }
        return table;
    }

    private HuffmanTable(byte[] definition) throws OddJpegException {
        values = Arrays.copyOfRange(definition, LENGTHS, definition.length);
        int code = 0;
        int index = 0;
        for (int length = 1; length <= LENGTHS; length++) {
            int count = definition[length - 1] & 0xFF;
            firstCode[length] = code;
            firstIndex[length] = index;
            // No code is all ones.
            if (count > 0 && code + count >= 1 << length) {
                throw new OddJpegException();
            }
            for (int i = 0; i < count; i++, code++, index++) {
                if (length <= LOOK) {
                    enter(code, length, values[index] & 0xFF);
                }
            }
            code <<= 1;
        }
        firstIndex[LENGTHS + 1] = index;
    }

    private void enter(int code, int length, int symbol) {
        int start = code << LOOK - length;
        int end = code + 1 << LOOK - length;
        for (int bits = start; bits < end; bits++) {
            symbols[bits] = (short) (length << 8 | symbol);
        }
    }

    /** The largest symbol. */
    int largest() {
        int largest = 0;
        for (byte value : values) {
            largest = Math.max(largest, value & 0xFF);
        }
        return largest;
    }

    /** The next symbol; {@link JpegBits#fill} comes first. */
    int symbol(JpegBits bits) throws OddJpegException {
        int symbol = symbol(bits.peek());
        bits.skip(symbol >> 8);
        return symbol & 0xFF;
    }

    /** The symbol that bits at the top begin with, and above it the length of its code. */
    private int symbol(long bits) throws OddJpegException {
        int symbol = symbols[(int) (bits >>> 64 - LOOK)];
        for (int length = LOOK + 1; symbol == 0 && length <= LENGTHS; length++) {
            int code = (int) (bits >>> 64 - length) - firstCode[length];
            if (code < firstIndex[length + 1] - firstIndex[length]) {
                symbol = length << 8 | values[firstIndex[length] + code] & 0xFF;
            }
        }
        if (symbol == 0) {
            throw new OddJpegException();
        }
        return symbol;
    }

    /**
     * The coefficient that bits at the top begin with: its value above by how much it moves the
     * place in the block, above the bits of code and value together. Sixteen zeros are the last of
     * them; the end of a block is a zero at a place that no block has.
     */
    int coefficient(long bits) throws OddJpegException {
        int symbol = symbol(bits);
        int length = symbol >> 8;
        int size = symbol & 0xF;
        int step = (symbol >> 4 & 0xF) + 1;
        int value = 0;
        if (size > 0) {
            value = JpegBits.signed(bits << length, size);
        } else if ((symbol & 0xFF) != SIXTEEN_ZEROS) {
            step = END;
        }
        return value << 16 | step << 8 | length + size;
    }

    /**
     * By the next bits, one or two coefficients: the second's value, the first's, how many there
     * are, by how much both move the place in the block, by how much the first does, and the bits
     * of their codes and values, each in eight bits but the values in sixteen. 0 where the first is
     * longer than what is looked up.
     */
    long[] pairs() throws OddJpegException {
        long[] known = pairs;
        if (known == null) {
            known = makePairs();
            pairs = known;
        }
        return known;
    }

    private long[] makePairs() throws OddJpegException {
        int[] single = new int[1 << LOOK];
        for (int bits = 0; bits < single.length; bits++) {
            int entry = symbols[bits] == 0 ? 0 : coefficient((long) bits << 64 - LOOK);
            single[bits] = (entry & 0xFF) <= LOOK ? entry : 0;
        }
        long[] made = new long[single.length];
        for (int bits = 0; bits < made.length; bits++) {
            int first = single[bits];
            int length = first & 0xFF;
            int step = first >> 8 & 0xFF;
            if (first != 0) {
                int second = step == END ? 0 : single[bits << length & made.length - 1];
                if (length + (second & 0xFF) > LOOK) {
                    second = 0;
                }
                int steps = step + (second >> 8 & 0xFF) << 8 | step;
                int count = second == 0 ? 1 : 2;
                made[bits] =
                        (long) (second >> 16) << 48
                                | (first >> 16 & 0xFFFFL) << 32
                                | count << 24
                                | steps << 8
                                | length + (second & 0xFF);
            }
        }
        return made;
    }
}
