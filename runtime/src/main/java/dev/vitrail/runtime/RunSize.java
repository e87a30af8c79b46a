package dev.vitrail.runtime;

import java.util.Arrays;

/**
 * How many images of a batch go through the session at once.
 *
 * <p>Where it is not told, it is tried out on the first images of the run itself, so that trying
 * costs nothing: on the CPU with packed weights an image's row is the same, to the bit, in a run of
 * any size. Elsewhere kernels are chosen by the size, and so it is fixed. Whoever asks for memory
 * that is not there halves it.
 */
final class RunSize {
    /** Activations of larger runs leave the caches: 16 and 32 are slower than 8 on every CPU. */
    private static final int[] TRIED = {4, 8, 2, 1};

    private static final int ROUNDS = 3;

    /** Below this gain a difference is noise, and the first of the sizes stays. */
    private static final double GAIN = 0.95;

    /** A run of fewer images is over before the choice is worth anything. */
    static final int WORTH_TRYING = 200;

    /** The images of one feed batch, which every size divides. */
    static final int CPU_BATCH = 8;

    private final long[] nanos = new long[TRIED.length];
    private final long[] images = new long[TRIED.length];
    private int current;
    private String reason;
    // The first batch warms caches and arenas up and is not counted.
    private int trial = -1;
    private boolean trying;

    private RunSize(int current, String reason, boolean trying) {
        this.current = current;
        this.reason = reason;
        this.trying = trying;
    }

    static RunSize fixed(int images, String reason) {
        return new RunSize(images, reason, false);
    }

    /** For the CPU, and a run that has so many images left. */
    static RunSize automatic(int imagesLeft) {
        boolean trying = imagesLeft >= WORTH_TRYING;
        return new RunSize(TRIED[0], "the default for short runs on a CPU", trying);
    }

    int current() {
        return current;
    }

    /** A whole batch of that many images went through the session in that time. */
    void took(int count, long time) {
        if (!trying) {
            return;
        }
        if (trial >= 0) {
            nanos[trial % TRIED.length] += time;
            images[trial % TRIED.length] += count;
        }
        trial++;
        if (trial < ROUNDS * TRIED.length) {
            current = TRIED[trial % TRIED.length];
        } else {
            choose();
        }
    }

    private void choose() {
        trying = false;
        int best = 0;
        for (int i = 1; i < TRIED.length; i++) {
            if (costOf(i) < costOf(best) * (best == 0 ? GAIN : 1)) {
                best = i;
            }
        }
        current = TRIED[best];
        reason =
                "the best of "
                        + Arrays.toString(TRIED).replaceAll("[\\[\\]]", "")
                        + " on the first "
                        + Arrays.stream(images).sum()
                        + " images";
    }

    private double costOf(int candidate) {
        return images[candidate] == 0
                ? Double.POSITIVE_INFINITY
                : (double) nanos[candidate] / images[candidate];
    }

    /** Goes on with half the size, if there is one. */
    boolean halve() {
        if (current == 1) {
            return false;
        }
        trying = false;
        reason = "halved from " + current + ", for which memory was short";
        current /= 2;
        return true;
    }

    BatchChoice choice() {
        return new BatchChoice(current, reason);
    }
}
