package dev.vitrail.imaging;

import java.io.InterruptedIOException;
import java.util.Locale;

/**
 * The bytes of an image file and the name that messages call it by. Reads of numbers beyond the end
 * are failures of the file, so that parsers of headers need no checks of their own.
 */
record ImageSource(String name, byte[] bytes) {

    int size() {
        return bytes.length;
    }

    /** The unsigned byte at an offset. */
    int at(long offset) throws ImageException {
        if (offset < 0 || offset >= bytes.length) {
            throw corrupt("ends after " + count(bytes.length) + " bytes, within its header", null);
        }
        return bytes[(int) offset] & 0xFF;
    }

    /** An unsigned big-endian number of 2 bytes. */
    int big16(long offset) throws ImageException {
        return at(offset) << 8 | at(offset + 1);
    }

    /** An unsigned big-endian number of 4 bytes. */
    long big32(long offset) throws ImageException {
        return (long) big16(offset) << 16 | big16(offset + 2);
    }

    /** An unsigned little-endian number of 2 bytes. */
    int little16(long offset) throws ImageException {
        return at(offset) | at(offset + 1) << 8;
    }

    /** An unsigned little-endian number of 4 bytes. */
    long little32(long offset) throws ImageException {
        return little16(offset) | (long) little16(offset + 2) << 16;
    }

    /** Whether ASCII text stands at an offset; false where the file is too short for it. */
    boolean has(long offset, String ascii) {
        if (offset < 0 || offset + ascii.length() > bytes.length) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[(int) offset + i] != (byte) ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Ends a decoding that nobody waits for any more; called once a row or a block, as no file may
     * keep a thread longer than its time limit.
     */
    static void throwIfInterrupted() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("decoding was interrupted");
        }
    }

    /** A failure of a damaged file. */
    ImageException corrupt(String what, Throwable cause) {
        return new ImageException(ImageErrorCode.CORRUPT_IMAGE, name + ": " + what, cause);
    }

    /** A failure of a file of a kind that is not read here. */
    ImageException unsupported(String what) {
        return new ImageException(ImageErrorCode.UNSUPPORTED_FORMAT, name + ": " + what, null);
    }

    /** A failure of a file that takes more than it may. */
    ImageException tooLarge(String what, Throwable cause) {
        return new ImageException(ImageErrorCode.TOO_LARGE, name + ": " + what, cause);
    }

    /** A count for people: groups of three digits. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
