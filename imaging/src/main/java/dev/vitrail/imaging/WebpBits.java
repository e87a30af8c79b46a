package dev.vitrail.imaging;

/** The bits of a lossless WebP, the lowest of each byte first. */
final class WebpBits {
    private final ImageSource source;
    private final byte[] bytes;
    private final int end;
    private int at;
    private long window;
    private int held;

    WebpBits(ImageSource source, int start, int end) {
        this.source = source;
        this.bytes = source.bytes();
        this.at = start;
        this.end = end;
    }

    /**
     * The next bits, which stay the next.
     *
     * @param count up to 24; what is beyond the end reads as zeros
     */
    int peek(int count) {
        while (held < count) {
            window |= (at < end ? bytes[at] & 0xFFL : 0) << held;
            at++;
            held += 8;
        }
        return (int) window & (1 << count) - 1;
    }

    /** Passes over bits that were peeked at. */
    void skip(int count) {
        window >>>= count;
        held -= count;
    }

    /** The next bits as a number. */
    int read(int count) throws ImageException {
        int value = peek(count);
        skip(count);
        requireWithin();
        return value;
    }

    /** Sees that no more bits were taken than there are. */
    void requireWithin() throws ImageException {
        if (at - held / 8 > end) {
            throw source.corrupt("lossless WebP whose data ends early", null);
        }
    }
}
