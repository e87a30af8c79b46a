package dev.vitrail.imaging;

import java.util.Arrays;

/** A prefix code of a lossless WebP: canonical, of up to 15 bits (RFC 9649, section 3.7.2). */
final class WebpPrefixCode {
    private static final int LONGEST = 15;
    private static final int TABLE_BITS = 8;
    private static final int[] NONE = {};

    /** The order in which lengths of the code of code lengths are told. */
    private static final int[] ORDER = {
        17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    };

    /**
     * What all tables of a file may hold. A file may have a third of a million codes, each told in
     * a few bytes; those that come late are read bit by bit.
     */
    static final class Budget {
        private int entries = 1 << 22;
    }

    /** How many codes there are of each length. */
    private final int[] counts;

    /** Ordered by their codes. */
    private final short[] symbols;

    /**
     * By the next bits: symbol and length, or 0 where the code is longer; empty without a table.
     */
    private final int[] table;

    private final int tableBits;

    private WebpPrefixCode(int[] counts, short[] symbols, int[] table, int tableBits) {
        this.counts = counts;
        this.symbols = symbols;
        this.table = table;
        this.tableBits = tableBits;
    }

    /**
     * Reads a code.
     *
     * @param size the number of symbols that there can be
     */
    static WebpPrefixCode read(ImageSource source, WebpBits bits, int size, Budget budget)
            throws ImageException {
        int[] lengths = new int[size];
        if (bits.read(1) == 1) {
            boolean two = bits.read(1) == 1;
            int first = bits.read(bits.read(1) == 1 ? 8 : 1);
            int second = two ? bits.read(8) : first;
            if (first >= size || second >= size) {
                throw damaged(source);
            }
            lengths[first] = 1;
            lengths[second] = 1;
        } else {
            readLengths(source, bits, lengths);
        }
        return of(source, lengths, budget);
    }

    private static void readLengths(ImageSource source, WebpBits bits, int[] lengths)
            throws ImageException {
        int[] lengthLengths = new int[ORDER.length];
        int told = 4 + bits.read(4);
        for (int i = 0; i < told; i++) {
            lengthLengths[ORDER[i]] = bits.read(3);
        }
        WebpPrefixCode code = of(source, lengthLengths, new Budget());
        int most = bits.read(1) == 0 ? lengths.length : 2 + bits.read(2 + 2 * bits.read(3));
        if (most > lengths.length) {
            throw damaged(source);
        }
        int before = 8;
        for (int symbol = 0; symbol < lengths.length && most > 0; most--) {
            int length = code.next(bits);
            bits.requireWithin();
            if (length < 16) {
                lengths[symbol++] = length;
                before = length == 0 ? before : length;
                continue;
            }
            int repeat =
                    switch (length) {
                        case 16 -> 3 + bits.read(2);
                        case 17 -> 3 + bits.read(3);
                        default -> 11 + bits.read(7);
                    };
            if (repeat > lengths.length - symbol) {
                throw damaged(source);
            }
            Arrays.fill(lengths, symbol, symbol + repeat, length == 16 ? before : 0);
            symbol += repeat;
        }
    }

    private static WebpPrefixCode of(ImageSource source, int[] lengths, Budget budget)
            throws ImageException {
        int[] counts = new int[LONGEST + 1];
        for (int length : lengths) {
            counts[length]++;
        }
        int used = lengths.length - counts[0];
        counts[0] = 0;
        int[] starts = new int[LONGEST + 2];
        int open = 1;
        int longest = 0;
        for (int length = 1; length <= LONGEST; length++) {
            open = 2 * open - counts[length];
            starts[length + 1] = starts[length] + counts[length];
            longest = counts[length] > 0 ? length : longest;
            if (open < 0) {
                throw damaged(source);
            }
        }
        // A single symbol takes no bits; otherwise every row of bits must be a code.
        if (used == 0 || used > 1 && open != 0) {
            throw damaged(source);
        }
        short[] symbols = new short[used];
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] > 0) {
                symbols[starts[lengths[symbol]]++] = (short) symbol;
            }
        }
        if (used == 1) {
            return new WebpPrefixCode(NONE, symbols, NONE, 0);
        }
        int tableBits = Math.min(longest, TABLE_BITS);
        if (budget.entries < 1 << tableBits) {
            return new WebpPrefixCode(counts, symbols, NONE, 0);
        }
        budget.entries -= 1 << tableBits;
        return new WebpPrefixCode(counts, symbols, table(counts, symbols, tableBits), tableBits);
    }

    private static int[] table(int[] counts, short[] symbols, int tableBits) {
        int[] table = new int[1 << tableBits];
        int code = 0;
        int index = 0;
        for (int length = 1; length <= tableBits; length++, code <<= 1) {
            for (int i = 0; i < counts[length]; i++, code++) {
                int entry = symbols[index++] << 4 | length;
                int reversed = Integer.reverse(code) >>> 32 - length;
                for (int at = reversed; at < table.length; at += 1 << length) {
                    table[at] = entry;
                }
            }
        }
        return table;
    }

    /** The symbol that the next bits stand for; whether there were so many is asked later. */
    int next(WebpBits bits) {
        if (symbols.length == 1) {
            return symbols[0];
        }
        if (table.length > 0) {
            int entry = table[bits.peek(tableBits)];
            if (entry != 0) {
                bits.skip(entry & 0xF);
                return entry >> 4;
            }
        }
        int code = 0;
        int first = 0;
        int index = 0;
        int next = bits.peek(LONGEST);
        for (int length = 1; length <= LONGEST; length++) {
            code |= next & 1;
            next >>= 1;
            int count = counts[length];
            if (code - count < first) {
                bits.skip(length);
                return symbols[index + code - first];
            }
            index += count;
            first = first + count << 1;
            code <<= 1;
        }
        throw new IllegalStateException("a complete code has a symbol for all bits");
    }

    private static ImageException damaged(ImageSource source) {
        return source.corrupt("lossless WebP with a prefix code that is none", null);
    }
}
