package dev.vitrail.runtime;

import java.util.Arrays;

/**
 * How many images of a batch go through the session at once. For any number of runs at a time.
 *
 * <p>Where it is not told, it is tried out on the first images of the run itself, so that trying
 * costs nothing: on the CPU with packed weights an image's row is the same, to the bit, in a run of
 * any size but 1, for which the head is multiplied as a vector. Elsewhere kernels are chosen by the
 * size, and so it is fixed. Whoever asks for memory that is not there halves it.
 */
final class RunSize {
    /** Activations of larger runs leave the caches: 16 and 32 are slower than 8 on every CPU. */
    private static final int[] TRIED = {4, 8, 2};

    /** The fewest images of which a row does not depend on how many they are. */
    static final int LEAST = 2;

    private static final int ROUNDS = 3;

    /** Below this gain a difference is noise, and the first of the sizes stays. */
    private static final double GAIN = 0.95;

    /** A run of fewer images is over before the choice is worth anything. */
    static final int WORTH_TRYING = 200;

    /** The images of one feed batch, which every size divides. */
    static final int CPU_BATCH = 8;

    private final int runs;
    private final int[] tried;
    private final long[] nanos;
    private final long[] images;
    private int current;
    private String reason;
    private int begun;
    private int counted;
    private boolean trying;

    private RunSize(int current, int runs, String reason, int... tried) {
        this.current = current;
        this.runs = runs;
        this.reason = reason;
        this.tried = tried;
        this.nanos = new long[tried.length];
        this.images = new long[tried.length];
        this.trying = tried.length > 0;
        // Those that run first warm caches and arenas up and are not counted.
        this.counted = -runs;
    }

    static RunSize fixed(int images, int runs, String reason) {
        return new RunSize(images, runs, reason);
    }

    /** For the CPU, and a run that has so many images left. */
    static RunSize automatic(int imagesLeft, int runs, int batch) {
        boolean trying = imagesLeft >= WORTH_TRYING;
        int[] sizes = Arrays.stream(TRIED).filter(size -> size <= batch).toArray();
        String reason = "the default for short runs on a CPU";
        return new RunSize(sizes[0], runs, reason, trying ? sizes : new int[0]);
    }

    synchronized int current() {
        return current;
    }

    /** The size for a whole batch, of which the time is {@linkplain #took told} afterwards. */
    synchronized int begin() {
        return trying ? tried[begun++ % tried.length] : current;
    }

    /** A whole batch of so many images went through the session in runs of a size in that time. */
    synchronized void took(int size, int count, long time) {
        int trial = Arrays.stream(tried).boxed().toList().indexOf(size);
        if (!trying || trial < 0) {
            return;
        }
        if (counted++ >= 0) {
            nanos[trial] += time;
            images[trial] += count;
        }
        if (counted == ROUNDS * tried.length) {
            choose();
        }
    }

    private void choose() {
        trying = false;
        int best = 0;
        for (int i = 1; i < tried.length; i++) {
            if (costOf(i) < costOf(best) * (best == 0 ? GAIN : 1)) {
                best = i;
            }
        }
        current = tried[best];
        reason =
                "the best of "
                        + Arrays.toString(tried).replaceAll("[\\[\\]]", "")
                        + " on the first "
                        + Arrays.stream(images).sum()
                        + " images";
    }

    private double costOf(int candidate) {
        return images[candidate] == 0
                ? Double.POSITIVE_INFINITY
                : (double) nanos[candidate] / images[candidate];
    }

    /**
     * Goes on with half of a size, if there is one.
     *
     * @param size what memory was short for; the size may be smaller by now
     * @return whether a run can be tried again
     */
    synchronized boolean halve(int size) {
        if (size == 1) {
            return false;
        }
        if (trying || size <= current) {
            trying = false;
            reason = "halved from " + size + ", for which memory was short";
            current = size / 2;
        }
        return true;
    }

    synchronized BatchChoice choice() {
        return new BatchChoice(current, runs, reason);
    }
}
