package dev.vitrail.imaging;

import java.util.concurrent.CancellationException;

/**
 * Is asked before an image takes memory, and may wait until others have given some back. Both
 * methods are called once an image at most, in this order, and not for what is refused before.
 *
 * <p>Where a thread is interrupted while it waits, it throws a {@link CancellationException} and
 * leaves the thread interrupted, as decoding does.
 */
public interface DecodeMemory {
    /** Never waits. */
    DecodeMemory UNBOUNDED =
            new DecodeMemory() {
                @Override
                public void takeFile(long bytes) {}

                @Override
                public void takePixels(long bytes) {}
            };

    /**
     * Before a file is read whole.
     *
     * @param bytes what its content takes until it is decoded
     */
    void takeFile(long bytes);

    /**
     * Before pixels are decoded, when the header is read.
     *
     * @param bytes the most that decoding takes, the result included, besides the file's content
     */
    void takePixels(long bytes);
}
