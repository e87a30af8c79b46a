package dev.vitrail.imaging;

/**
 * The weights of one axis of a resize: which source positions make each result position, and how
 * much each counts, with 22 fractional bits.
 *
 * <p>The rules are Pillow's ({@code Resample.c}), because pixels must come out equal to the byte:
 * the filter is stretched by the factor of a reduction (this is the antialiasing) and never
 * squeezed by an enlargement; positions beyond the edge do not count, and the rest is scaled to a
 * sum of one; weights are rounded half away from zero.
 */
final class Taps {
    /** 32 bits less 8 for the pixel and 2 for negative weights and sums above one. */
    private static final int FRACTION_BITS = 22;

    /** Taps that are added at a time, so that sums are read and written less often. */
    private static final int AT_A_TIME = 4;

    /** Arrays of this length or a multiple are SIMD throughout. */
    static final int LANES = 16;

    private static final int ONE = 1 << FRACTION_BITS;

    /** What a sum begins with, so that {@link #level} rounds. */
    private static final int HALF = 1 << (FRACTION_BITS - 1);

    private static final Recent<Key, Taps> RECENT = new Recent<>(32);

    /** More are not kept: 256 KB. */
    private static final int MOST_WEIGHTS = 1 << 16;

    /** First source position of each result position. */
    final int[] first;

    /** Number of source positions of each result position. */
    final int[] count;

    /** Weights, {@code [result positions, stride]}; 0 beyond a position's count. */
    private final int[] weights;

    /** The largest count, or somewhat more, so that {@link #AT_A_TIME} divides it. */
    final int stride;

    private record Key(
            int sourceSize, int resultSize, int start, int positions, Interpolation filter) {}

    private Taps(int positions, int most) {
        this.first = new int[positions];
        this.count = new int[positions];
        this.stride = (most + AT_A_TIME - 1) / AT_A_TIME * AT_A_TIME;
        this.weights = new int[Math.multiplyExact(positions, stride)];
    }

    /**
     * The weights for a part of the result.
     *
     * @param sourceSize positions there are
     * @param resultSize positions that the whole result has
     * @param start the first result position wanted
     * @param positions how many are wanted
     */
    static Taps of(int sourceSize, int resultSize, int start, int positions, Interpolation filter) {
        Key key = new Key(sourceSize, resultSize, start, positions, filter);
        Taps taps = RECENT.get(key);
        if (taps == null) {
            taps = make(sourceSize, resultSize, start, positions, filter);
            if (taps.weights.length <= MOST_WEIGHTS) {
                RECENT.put(key, taps);
            }
        }
        return taps;
    }

    private static Taps make(
            int sourceSize, int resultSize, int start, int positions, Interpolation filter) {
        if (sourceSize == resultSize) {
            return identity(start, positions);
        }
        double scale = (double) sourceSize / resultSize;
        if (filter == Interpolation.NEAREST) {
            return nearest(scale, start, positions);
        }
        double stretch = Math.max(scale, 1);
        double inverseStretch = 1 / stretch;
        double support = filter.support() * stretch;
        Taps taps = new Taps(positions, (int) Math.min(Math.ceil(support) * 2 + 1, sourceSize));
        double[] exact = new double[taps.stride];
        for (int i = 0; i < positions; i++) {
            double centre = (start + i + 0.5) * scale;
            int from = Math.max((int) (centre - support + 0.5), 0);
            int count = Math.min((int) (centre + support + 0.5), sourceSize) - from;
            double sum = 0;
            for (int k = 0; k < count; k++) {
                exact[k] = filter.weight((k + from - centre + 0.5) * inverseStretch);
                sum += exact[k];
            }
            taps.first[i] = from;
            taps.count[i] = count;
            for (int k = 0; k < count; k++) {
                double weight = (sum == 0 ? exact[k] : exact[k] / sum) * ONE;
                taps.weights[i * taps.stride + k] =
                        (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
            }
        }
        return taps;
    }

    /** Pillow adds the scale up from the first position on, and so must whoever begins later. */
    private static Taps nearest(double scale, int start, int positions) {
        Taps taps = new Taps(positions, 1);
        double centre = scale * 0.5;
        for (int i = 0; i < start + positions; i++, centre += scale) {
            if (i >= start) {
                taps.first[i - start] = (int) centre;
                taps.count[i - start] = 1;
                taps.weights[(i - start) * taps.stride] = ONE;
            }
        }
        return taps;
    }

    /** Every position as it is. */
    static Taps identity(int start, int positions) {
        Taps taps = new Taps(positions, 1);
        for (int i = 0; i < positions; i++) {
            taps.first[i] = start + i;
            taps.count[i] = 1;
            taps.weights[i * taps.stride] = ONE;
        }
        return taps;
    }

    /** The length of an array for so many values. */
    static int lanes(int values) {
        return (values + LANES - 1) / LANES * LANES;
    }

    /**
     * Many values at a time of one result position.
     *
     * @param position of the result
     * @param lines source position {@code i} at index {@code i} modulo their number, which is
     *     {@link #stride} at least
     * @param sums takes the sums, for {@link #level}
     */
    void sum(int position, int[][] lines, int[] sums) {
        int from = first[position];
        int weight = position * stride;
        if (count[position] == 1) {
            weigh(lines[from % lines.length], weights[weight], HALF, sums);
            return;
        }
        // The last ones may be beyond the count: any line will do, as they weigh nothing.
        weigh(
                lines[from % lines.length],
                weights[weight],
                lines[(from + 1) % lines.length],
                weights[weight + 1],
                lines[(from + 2) % lines.length],
                weights[weight + 2],
                lines[(from + 3) % lines.length],
                weights[weight + 3],
                HALF,
                sums);
        int tap = AT_A_TIME;
        for (; tap + 2 < count[position]; tap += AT_A_TIME) {
            add(
                    lines[(from + tap) % lines.length],
                    weights[weight + tap],
                    lines[(from + tap + 1) % lines.length],
                    weights[weight + tap + 1],
                    lines[(from + tap + 2) % lines.length],
                    weights[weight + tap + 2],
                    lines[(from + tap + 3) % lines.length],
                    weights[weight + tap + 3],
                    sums);
        }
        if (tap < count[position]) {
            add(
                    lines[(from + tap) % lines.length],
                    weights[weight + tap],
                    lines[(from + tap + 1) % lines.length],
                    weights[weight + tap + 1],
                    sums);
        }
    }

    /** Loops on int arrays alone, because the compiler turns this form into SIMD. */
    private static void weigh(int[] values, int factor, int bias, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = values[i] * factor + bias;
        }
    }

    /** Two arrays, each times its factor, and a number. */
    static void weigh(int[] a, int factorOfA, int[] b, int factorOfB, int bias, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = a[i] * factorOfA + b[i] * factorOfB + bias;
        }
    }

    /** The same of four. */
    static void weigh(
            int[] a,
            int factorOfA,
            int[] b,
            int factorOfB,
            int[] c,
            int factorOfC,
            int[] d,
            int factorOfD,
            int bias,
            int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] =
                    a[i] * factorOfA
                            + b[i] * factorOfB
                            + c[i] * factorOfC
                            + d[i] * factorOfD
                            + bias;
        }
    }

    private static void add(int[] a, int factorOfA, int[] b, int factorOfB, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += a[i] * factorOfA + b[i] * factorOfB;
        }
    }

    private static void add(
            int[] a,
            int factorOfA,
            int[] b,
            int factorOfB,
            int[] c,
            int factorOfC,
            int[] d,
            int factorOfD,
            int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += a[i] * factorOfA + b[i] * factorOfB + c[i] * factorOfC + d[i] * factorOfD;
        }
    }

    /** What a sum amounts to, 0 to 255. */
    static int level(int sum) {
        return clamp(sum >> FRACTION_BITS);
    }

    /**
     * The nearest value from 0 to 255. Of shifts, because the compiler turns these into SIMD and
     * {@link Math#min} and {@link Math#max} not.
     */
    static int clamp(int value) {
        return (value | (255 - value >> 31)) & ~(value >> 31) & 255;
    }
}
