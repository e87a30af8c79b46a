package dev.vitrail.imaging;

/** The arithmetic decoder of VP8: bits of which is known how likely they are 0 (RFC 6386, 7). */
final class WebpBooleans {
    private static final int EVEN = 128;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int value;
    private int range = 255;

    /** How many bits of the value lie below the eight that are compared. */
    private int below = -8;

    private boolean exhausted;

    /** Bytes from a start up to an end. */
    WebpBooleans(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** Whether more was asked for than there is. */
    boolean wasExhausted() {
        return exhausted;
    }

    /**
     * The next bit.
     *
     * @param probability of a 0, in 256ths
     */
    int bit(int probability) {
        if (below < 0) {
            load();
        }
        int split = 1 + ((range - 1) * probability >> 8);
        int least = split << below;
        int bit = 0;
        if (value >= least) {
            value -= least;
            range -= split;
            bit = 1;
        } else {
            range = split;
        }
        int shift = Integer.numberOfLeadingZeros(range) - 24;
        range <<= shift;
        below -= shift;
        return bit;
    }

    private void load() {
        if (at + 1 < end) {
            value = value << 16 | (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
            at += 2;
            below += 16;
            return;
        }
        exhausted |= at >= end;
        value = value << 8 | (at < end ? bytes[at++] & 0xFF : 0);
        below += 8;
    }

    boolean flag() {
        return bit(EVEN) == 1;
    }

    /** A number of so many bits, the highest first. */
    int number(int bits) {
        int number = 0;
        for (int i = 0; i < bits; i++) {
            number = number << 1 | bit(EVEN);
        }
        return number;
    }

    /** A number and its sign, or 0 where a flag says that there is none. */
    int optional(int bits) {
        return flag() ? signed(number(bits)) : 0;
    }

    int signed(int number) {
        return flag() ? -number : number;
    }
}
