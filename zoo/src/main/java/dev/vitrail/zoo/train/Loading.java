package dev.vitrail.zoo.train;

import dev.vitrail.imaging.Preprocessing;

/**
 * How pictures are brought to the network.
 *
 * @param batchSize samples that go through the network together
 * @param threads batches that are prepared at a time, in the background
 * @param cacheBytes bytes of decoded pixels that may stay in memory
 */
public record Loading(int batchSize, int threads, long cacheBytes) {

    private static final int MOST_THREADS = 8;

    /** Decoded pictures may take this share of the heap. */
    private static final int HEAP_SHARE = 4;

    /**
     * Checks the values.
     *
     * @param batchSize samples
     * @param threads batches prepared at a time
     * @param cacheBytes bytes of decoded pixels
     */
    public Loading {
        if (batchSize < 1 || threads < 1 || cacheBytes < 0) {
            throw new IllegalArgumentException(
                    "batch size and threads must be positive: " + batchSize + ", " + threads);
        }
    }

    /**
     * Returns what suits this machine: half of its processors decode, and a quarter of the heap
     * keeps decoded pictures.
     *
     * @param batchSize samples that go through the network together
     * @return the values
     */
    public static Loading of(int batchSize) {
        int processors = Runtime.getRuntime().availableProcessors();
        return new Loading(
                batchSize,
                Math.max(1, Math.min(MOST_THREADS, processors / 2)),
                Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    Loading withCacheBytes(long value) {
        return new Loading(batchSize, threads, value);
    }

    static int sampleFloats(Preprocessing preprocessing) {
        return Math.multiplyExact(
                3, Math.multiplyExact(preprocessing.outputHeight(), preprocessing.outputWidth()));
    }
}
