package dev.vitrail.imaging;

import java.io.InterruptedIOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Bytes as readers of ImageIO want them, without the temporary file that ImageIO itself would make.
 *
 * <p>It notes whether a reader asked for more than there is, which is how a cut JPEG shows, and
 * ends the work of a reader that never stops asking or whose thread was interrupted.
 */
final class MemoryStream extends ImageInputStreamImpl {
    /**
     * Readers look back and peek past the end a few times; damaged files make them do so forever.
     */
    private static final int PATIENCE = 4096;

    private final byte[] bytes;
    private int readsPastEnd;

    MemoryStream(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Whether more was asked for than there is. */
    boolean wasExhausted() {
        return readsPastEnd > 0;
    }

    @Override
    public int read() throws InterruptedIOException {
        bitOffset = 0;
        if (streamPos >= bytes.length) {
            return pastEnd();
        }
        return bytes[(int) streamPos++] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws InterruptedIOException {
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("decoding was interrupted");
        }
        if (streamPos >= bytes.length) {
            return pastEnd();
        }
        int count = (int) Math.min(length, bytes.length - streamPos);
        System.arraycopy(bytes, (int) streamPos, target, offset, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    private int pastEnd() throws InterruptedIOException {
        if (++readsPastEnd > PATIENCE) {
            throw new InterruptedIOException("its data ends early");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("decoding was interrupted");
        }
        return -1;
    }
}
