package dev.vitrail.runtime;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * Bounds the bytes that the images under way take together.
 *
 * <p>Images take in their order, each once, and wait for their turn as for room. So an image never
 * waits for a later one, which might be kept until the earlier one is classified, and the first of
 * those under way can always go on: where it alone is larger than the whole budget, it waits until
 * nothing else is held and goes alone.
 */
final class ByteBudget {
    private final long limit;
    private final Map<Integer, Long> held = new HashMap<>();
    private final Set<Integer> passed = new HashSet<>();
    private long used;
    private int turn;
    private int waiting;

    /**
     * A budget of which nothing is used.
     *
     * @param limit the most bytes, but for a single image that takes more
     * @param first the first image's number; the others follow without gaps
     */
    ByteBudget(long limit, int first) {
        this.limit = limit;
        this.turn = first;
    }

    /**
     * Takes bytes for an image, when it is its turn and there is room.
     *
     * @throws CancellationException if the image was {@linkplain #release released} by another
     *     thread before
     */
    synchronized void take(int image, long bytes) throws InterruptedException {
        waiting++;
        try {
            while (!hasPassed(image) && !mayTake(image, bytes)) {
                wait();
            }
        } finally {
            waiting--;
        }
        if (hasPassed(image)) {
            throw new CancellationException("image " + image + " was given up");
        }
        held.put(image, bytes);
        used += bytes;
        pass(image);
    }

    private boolean mayTake(int image, long bytes) {
        return image == turn && (used == 0 || bytes <= limit - used);
    }

    private boolean hasPassed(int image) {
        return image < turn || passed.contains(image);
    }

    /** Gives back what an image holds; one that holds nothing lets its turn pass. */
    synchronized void release(int image) {
        Long bytes = held.remove(image);
        used -= bytes == null ? 0 : bytes;
        pass(image);
    }

    private void pass(int image) {
        if (!hasPassed(image)) {
            passed.add(image);
            while (passed.remove(turn)) {
                turn++;
            }
        }
        // Which is rare, and telling nobody takes time as well.
        if (waiting > 0) {
            notifyAll();
        }
    }
}
