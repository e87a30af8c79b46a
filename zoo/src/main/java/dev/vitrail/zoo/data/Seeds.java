package dev.vitrail.zoo.data;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Random generators addressed by numbers instead of by order of use. A picture's augmentation is
 * seeded by (seed, epoch, index), so the result is the same whichever thread prepares it and
 * whatever was prepared before, and a run can go on from any step without replaying the earlier
 * ones.
 *
 * <p>Plain addresses consist of numbers that count something: steps, epochs, pictures. Whatever
 * else a run draws from its seed, the order of its pictures for one, begins its address with a
 * negative number of its own, which names the purpose: no count is negative, so no two purposes
 * share their random numbers.
 */
public final class Seeds {

    /** The golden-ratio increment of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
    private static final long INCREMENT = 0x9e3779b97f4a7c15L;

    private Seeds() {}

    /**
     * Returns the generator at an address.
     *
     * @param seed the run's seed
     * @param address what the numbers are for: epoch, index and so on
     * @return a generator of its own, not shared with any other address
     */
    public static RandomGenerator random(long seed, long... address) {
        return new SplittableRandom(mix(seed, address));
    }

    /**
     * Returns the seed at an address.
     *
     * @param seed the run's seed
     * @param address what the seed is for
     * @return 64 well-mixed bits
     */
    public static long mix(long seed, long... address) {
        long mixed = scramble(seed + INCREMENT);
        for (long part : address) {
            mixed = scramble(mixed ^ scramble(part + INCREMENT) + INCREMENT);
        }
        return mixed;
    }

    /**
     * Returns the numbers from 0 to {@code count - 1} in random order (Fisher and Yates).
     *
     * @param count how many
     * @param random where the order comes from
     * @return a permutation
     */
    public static int[] permutation(int count, RandomGenerator random) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** The finaliser of SplitMix64: a bijection that spreads every input bit over all outputs. */
    private static long scramble(long bits) {
        long z = bits;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
