package dev.vitrail.imaging;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The compressions of TIFF strips and tiles that end in plain bytes. */
final class TiffCompression {
    private static final int CLEAR = 256;
    private static final int END = 257;
    private static final int MOST_CODES = 4096;

    private TiffCompression() {}

    /**
     * Decompresses a strip or tile.
     *
     * @param stored as it lies in the file
     * @param piece takes what comes out; more than it holds is left off
     * @return how many bytes came out: fewer than it holds where the data is cut
     */
    static int undo(ImageSource source, long compression, byte[] stored, byte[] piece)
            throws ImageException {
        if (compression == TiffStrips.PLAIN) {
            int length = Math.min(stored.length, piece.length);
            System.arraycopy(stored, 0, piece, 0, length);
            return length;
        }
        if (compression == TiffStrips.PACK_BITS) {
            return unpackBits(stored, piece);
        }
        return compression == TiffStrips.LZW
                ? lzw(source, stored, piece)
                : inflate(source, stored, piece);
    }

    private static int inflate(ImageSource source, byte[] stored, byte[] piece)
            throws ImageException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(stored);
            int length = 0;
            while (length < piece.length) {
                int count = inflater.inflate(piece, length, piece.length - length);
                if (count == 0) {
                    return length; // at its end, or cut
                }
                length += count;
            }
            return length;
        } catch (DataFormatException e) {
            throw source.corrupt("TIFF with deflated data that is damaged", e);
        } finally {
            inflater.end();
        }
    }

    /** Runs of bytes, and bytes as they are (TIFF 6.0, section 9). */
    private static int unpackBits(byte[] stored, byte[] piece) {
        int length = 0;
        for (int at = 0; at < stored.length && length < piece.length; ) {
            int head = stored[at++];
            if (head >= 0) {
                int count = Math.min(head + 1, Math.min(stored.length - at, piece.length - length));
                System.arraycopy(stored, at, piece, length, count);
                at += head + 1;
                length += count;
            } else if (head != -128 && at < stored.length) {
                byte value = stored[at++];
                for (int end = Math.min(piece.length, length + 1 - head); length < end; ) {
                    piece[length++] = value;
                }
            }
        }
        return length;
    }

    /**
     * Lempel, Ziv and Welch's codes of 9 to 12 bits, the first bit highest (TIFF 6.0, section 13).
     * A code's string is where it was written: one byte more than the code before had.
     */
    private static int lzw(ImageSource source, byte[] stored, byte[] piece) throws ImageException {
        if (stored.length > 1 && stored[0] == 0 && (stored[1] & 1) == 1) {
            throw source.unsupported("a TIFF with LZW of before version 6.0 is not read");
        }
        int[] starts = new int[MOST_CODES];
        int[] lengths = new int[MOST_CODES];
        int next = END + 1;
        int width = 9;
        int length = 0;
        int before = -1; // where the string before was written, of so many bytes
        int beforeLength = 0;
        long bit = 0;
        while (length < piece.length && bit + width <= 8L * stored.length) {
            int code = code(stored, bit, width);
            bit += width;
            if (code == END) {
                break;
            }
            if (code == CLEAR) {
                next = END + 1;
                width = 9;
                before = -1;
                continue;
            }
            if (before >= 0 && next < MOST_CODES) {
                starts[next] = before;
                lengths[next] = beforeLength + 1;
                next++;
            }
            int start = length;
            int count = code < CLEAR ? 1 : code < next ? lengths[code] : 0;
            if (count == 0) {
                throw source.corrupt("TIFF with LZW data that is damaged", null);
            }
            if (code < CLEAR) {
                piece[length++] = (byte) code;
            } else {
                // One after the other: a string may end with its own first byte.
                for (int i = 0; i < count && length < piece.length; i++) {
                    piece[length++] = piece[starts[code] + i];
                }
            }
            before = start;
            beforeLength = count;
            // The width changes one code early, as all writers do.
            width = next < 511 ? 9 : next < 1023 ? 10 : next < 2047 ? 11 : 12;
        }
        return length;
    }

    private static int code(byte[] stored, long bit, int width) {
        int at = (int) (bit >> 3);
        int three = (stored[at] & 0xFF) << 16;
        if (at + 1 < stored.length) {
            three |= (stored[at + 1] & 0xFF) << 8;
        }
        if (at + 2 < stored.length) {
            three |= stored[at + 2] & 0xFF;
        }
        return three >> 24 - width - (int) (bit & 7) & (1 << width) - 1;
    }
}
