package dev.vitrail.imaging;

/** One of a JPEG's tables of codes (ISO/IEC 10918-1, annex C), with the short codes looked up. */
final class HuffmanTable {
    private static final int LOOK = 10;

    /** By the next bits: the code's length above its symbol; 0 where the code is longer. */
    private final short[] symbols = new short[1 << LOOK];

    /**
     * By the next bits: a coefficient's value, then the zeros before it, then the bits of code and
     * value together; 0 where they are more than looked up, and for codes without a value.
     */
    private final int[] coefficients = new int[1 << LOOK];

    private final int[] firstCode = new int[18];
    private final int[] firstIndex = new int[18];
    private final byte[] values;

    /**
     * Reads a table.
     *
     * @param counts how many codes have 1 to 16 bits
     * @param values the symbols, shortest codes first
     * @throws OddJpegException if no code can have these lengths
     */
    HuffmanTable(int[] counts, byte[] values) throws OddJpegException {
        this.values = values;
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++) {
            firstCode[length] = code;
            firstIndex[length] = index;
            if (code + counts[length - 1] > 1 << length) {
                throw new OddJpegException();
            }
            for (int i = 0; i < counts[length - 1]; i++, code++, index++) {
                if (length <= LOOK) {
                    enter(code, length, values[index] & 0xFF);
                }
            }
            code <<= 1;
        }
        firstIndex[17] = index;
    }

    private void enter(int code, int length, int symbol) {
        int start = code << LOOK - length;
        int end = code + 1 << LOOK - length;
        int size = symbol & 0xF;
        int total = length + size;
        for (int bits = start; bits < end; bits++) {
            symbols[bits] = (short) (length << 8 | symbol);
            if (size > 0 && total <= LOOK) {
                int value = bits >> LOOK - total & (1 << size) - 1;
                if (value < 1 << size - 1) {
                    value -= (1 << size) - 1;
                }
                coefficients[bits] = value << 16 | symbol >> 4 << 8 | total;
            }
        }
    }

    /** The next symbol; {@link JpegBits#fill} comes first. */
    int symbol(JpegBits bits) throws OddJpegException {
        int entry = symbols[bits.peek(LOOK)];
        if (entry != 0) {
            bits.skip(entry >> 8);
            return entry & 0xFF;
        }
        for (int length = LOOK + 1; length <= 16; length++) {
            int code = bits.peek(length) - firstCode[length];
            if (code < firstIndex[length + 1] - firstIndex[length]) {
                bits.skip(length);
                return values[firstIndex[length] + code] & 0xFF;
            }
        }
        throw new OddJpegException();
    }

    /**
     * A coefficient whose code and value are short, as {@code value << 16 | zeros before it << 8 |
     * bits}, which stay in the stream; 0 for others.
     */
    int coefficient(JpegBits bits) {
        return coefficients[bits.peek(LOOK)];
    }
}
