package dev.vitrail.imaging;

import java.util.Arrays;

/**
 * Luma or one colour difference of a VP8 frame in whole blocks, with the row above and the columns
 * beside that predictions begin with (RFC 6386, 12, 14 and 15).
 */
final class WebpPlane {
    /** Modes of prediction, in the order of the tables of their probabilities. */
    static final int DC = 0;

    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;
    static final int RIGHT_DOWN = 4;
    static final int VERTICAL_RIGHT = 5;
    static final int LEFT_DOWN = 6;
    static final int VERTICAL_LEFT = 7;
    static final int HORIZONTAL_DOWN = 8;
    static final int HORIZONTAL_UP = 9;

    private static final byte ABOVE = 127;
    private static final byte BESIDE = (byte) 129;

    /** One to the left, and what small blocks of the first row look at to the right. */
    private static final int MARGIN = 5;

    final byte[] samples;
    final int stride;
    private final int width;

    /** The small block's neighbours: upwards on the left, the corner, rightwards above. */
    private final int[] edge = new int[13];

    private final int[] columns = new int[16];

    WebpPlane(int width, int height) {
        this.width = width;
        this.stride = width + MARGIN;
        this.samples = new byte[stride * (height + 1)];
        Arrays.fill(samples, 0, stride, ABOVE);
        for (int y = 1; y <= height; y++) {
            samples[y * stride] = BESIDE;
        }
    }

    /** Where a sample is. */
    int at(int x, int y) {
        return (y + 1) * stride + x + 1;
    }

    private int level(int at) {
        return samples[at] & 0xFF;
    }

    /** Predicts a whole block of 16 or 8 by as many. */
    void predict(int size, int blockX, int blockY, int mode) {
        int at = at(size * blockX, size * blockY);
        switch (mode) {
            case DC -> {
                byte mean = (byte) mean(size, at, blockX > 0, blockY > 0);
                for (int y = 0; y < size; y++) {
                    Arrays.fill(samples, at + y * stride, at + y * stride + size, mean);
                }
            }
            case VERTICAL -> {
                for (int y = 0; y < size; y++) {
                    System.arraycopy(samples, at - stride, samples, at + y * stride, size);
                }
            }
            case HORIZONTAL -> {
                for (int y = 0; y < size; y++) {
                    int row = at + y * stride;
                    Arrays.fill(samples, row, row + size, samples[row - 1]);
                }
            }
            default -> trueMotion(size, at);
        }
    }

    private int mean(int size, int at, boolean hasLeft, boolean hasAbove) {
        if (!hasLeft && !hasAbove) {
            return 128;
        }
        int sum = 0;
        for (int i = 0; i < size; i++) {
            sum += hasAbove ? level(at - stride + i) : 0;
            sum += hasLeft ? level(at + i * stride - 1) : 0;
        }
        int count = hasLeft && hasAbove ? 2 * size : size;
        return (sum + count / 2) / count;
    }

    private void trueMotion(int size, int at) {
        int corner = level(at - stride - 1);
        for (int y = 0; y < size; y++) {
            int row = at + y * stride;
            int slope = level(row - 1) - corner;
            for (int x = 0; x < size; x++) {
                samples[row + x] = clamp(level(at - stride + x) + slope);
            }
        }
    }

    /** Predicts one of the sixteen blocks of 4 by 4 of a block of luma. */
    void predictSmall(int blockX, int blockY, int index, int mode) {
        int at = at(16 * blockX + index % 4 * 4, 16 * blockY + index / 4 * 4);
        if (mode == TRUE_MOTION) {
            trueMotion(4, at);
            return;
        }
        for (int i = 0; i < 4; i++) {
            edge[3 - i] = level(at + i * stride - 1);
            edge[5 + i] = level(at - stride + i);
        }
        edge[4] = level(at - stride - 1);
        readRightAbove(blockX, blockY, index, at);
        switch (mode) {
            case DC -> {
                int sum = 4;
                for (int i = 0; i < 4; i++) {
                    sum += edge[i] + edge[5 + i];
                }
                fill(at, sum >> 3);
            }
            case VERTICAL -> {
                for (int x = 0; x < 4; x++) {
                    for (int y = 0; y < 4; y++) {
                        samples[at + y * stride + x] = (byte) three(5 + x);
                    }
                }
            }
            case HORIZONTAL -> {
                for (int y = 0; y < 4; y++) {
                    int below = y == 3 ? edge[0] : edge[2 - y];
                    int mean = edge[4 - y] + 2 * edge[3 - y] + below + 2 >> 2;
                    Arrays.fill(samples, at + y * stride, at + y * stride + 4, (byte) mean);
                }
            }
            case HORIZONTAL_UP -> horizontalUp(at);
            default -> slanted(at, mode);
        }
    }

    /**
     * The last column of small blocks has what is above the next block of 16, in all four rows; the
     * last such block the sample above its own corner.
     */
    private void readRightAbove(int blockX, int blockY, int index, int at) {
        boolean isLastColumn = index % 4 == 3;
        int from = isLastColumn ? at(16 * blockX + 16, 16 * blockY - 1) : at - stride + 4;
        boolean ends = isLastColumn && blockY > 0 && 16 * blockX + 16 >= width;
        for (int i = 0; i < 4; i++) {
            edge[9 + i] = level(ends ? from - 1 : from + i);
        }
    }

    private void fill(int at, int level) {
        for (int y = 0; y < 4; y++) {
            Arrays.fill(samples, at + y * stride, at + y * stride + 4, (byte) level);
        }
    }

    /** The weighted mean of three neighbours around one. */
    private int three(int middle) {
        return edge[middle - 1] + 2 * edge[middle] + edge[middle + 1] + 2 >> 2;
    }

    private int two(int first) {
        return edge[first] + edge[first + 1] + 1 >> 1;
    }

    private void horizontalUp(int at) {
        // Downwards on the left, the last one again and again.
        int[] levels = {
            two(2),
            three(2),
            two(1),
            three(1),
            two(0),
            edge[1] + 3 * edge[0] + 2 >> 2,
            edge[0],
            edge[0],
            edge[0],
            edge[0]
        };
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                samples[at + y * stride + x] = (byte) levels[2 * y + x];
            }
        }
    }

    private void slanted(int at, int mode) {
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                samples[at + y * stride + x] = (byte) slanted(mode, x, y);
            }
        }
    }

    private int slanted(int mode, int x, int y) {
        switch (mode) {
            case RIGHT_DOWN:
                return three(4 + x - y);
            case LEFT_DOWN:
                return x + y == 6 ? edge[11] + 3 * edge[12] + 2 >> 2 : three(6 + x + y);
            case VERTICAL_RIGHT:
                int along = 2 * x - y;
                if (along < 0) {
                    return along == -1 ? three(4) : three(4 - y + 1);
                }
                return along % 2 == 0 ? two(4 + along / 2) : three(4 + (along + 1) / 2);
            case VERTICAL_LEFT:
                if (x == 3 && y >= 2) {
                    return y == 2 ? three(10) : three(11);
                }
                return y % 2 == 0 ? two(5 + x + y / 2) : three(6 + x + y / 2);
            case HORIZONTAL_DOWN:
                int across = 2 * y - x;
                if (across < 0) {
                    return across == -1 ? three(4) : three(3 + x);
                }
                return across % 2 == 0 ? two(3 - across / 2) : three(4 - (across + 1) / 2);
            default:
                throw new IllegalStateException("no such prediction: " + mode);
        }
    }

    /** The first coefficients of sixteen blocks from their own transform (RFC 6386, 14.3). */
    static void spreadFirsts(int[] coefficients, int from) {
        int[] sums = new int[16];
        for (int i = 0; i < 4; i++) {
            int outer = coefficients[from + i] + coefficients[from + 12 + i];
            int inner = coefficients[from + 4 + i] + coefficients[from + 8 + i];
            int innerLess = coefficients[from + 4 + i] - coefficients[from + 8 + i];
            int outerLess = coefficients[from + i] - coefficients[from + 12 + i];
            sums[i] = outer + inner;
            sums[8 + i] = outer - inner;
            sums[4 + i] = outerLess + innerLess;
            sums[12 + i] = outerLess - innerLess;
        }
        for (int i = 0; i < 4; i++) {
            int first = sums[4 * i] + 3;
            int outer = first + sums[4 * i + 3];
            int inner = sums[4 * i + 1] + sums[4 * i + 2];
            int innerLess = sums[4 * i + 1] - sums[4 * i + 2];
            int outerLess = first - sums[4 * i + 3];
            coefficients[64 * i] = outer + inner >> 3;
            coefficients[64 * i + 16] = outerLess + innerLess >> 3;
            coefficients[64 * i + 32] = outer - inner >> 3;
            coefficients[64 * i + 48] = outerLess - innerLess >> 3;
        }
    }

    /** Adds what a block of 4 by 4 differs by from its prediction (RFC 6386, 14.4). */
    void add(int x, int y, int[] coefficients, int from) {
        boolean any = false;
        for (int i = from; i < from + 16 && !any; i++) {
            any = coefficients[i] != 0;
        }
        if (!any) {
            return;
        }
        for (int i = 0; i < 4; i++) {
            int first = coefficients[from + i];
            int second = coefficients[from + 4 + i];
            int third = coefficients[from + 8 + i];
            int fourth = coefficients[from + 12 + i];
            int a = first + third;
            int b = first - third;
            int c = small(second) - large(fourth);
            int d = large(second) + small(fourth);
            columns[4 * i] = a + d;
            columns[4 * i + 1] = b + c;
            columns[4 * i + 2] = b - c;
            columns[4 * i + 3] = a - d;
        }
        for (int i = 0; i < 4; i++) {
            int first = columns[i] + 4;
            int a = first + columns[8 + i];
            int b = first - columns[8 + i];
            int c = small(columns[4 + i]) - large(columns[12 + i]);
            int d = large(columns[4 + i]) + small(columns[12 + i]);
            int at = at(x, y + i);
            samples[at] = clamp(level(at) + (a + d >> 3));
            samples[at + 1] = clamp(level(at + 1) + (b + c >> 3));
            samples[at + 2] = clamp(level(at + 2) + (b - c >> 3));
            samples[at + 3] = clamp(level(at + 3) + (a - d >> 3));
        }
    }

    /** Times the square root of 2 and the cosine of an eighth of pi. */
    private static int large(int value) {
        return (value * 20091 >> 16) + value;
    }

    /** Times the square root of 2 and the sine of an eighth of pi. */
    private static int small(int value) {
        return value * 35468 >> 16;
    }

    private static byte clamp(int level) {
        return (byte) Taps.clamp(level);
    }

    /**
     * Smooths the edges of a block, and those within it.
     *
     * @param limits of the difference at edges, of those beside, and beyond which edges are sharp
     */
    void filter(int size, int blockX, int blockY, int[] limits, boolean inner) {
        int at = at(size * blockX, size * blockY);
        if (blockX > 0) {
            filterEdge(at, 1, stride, size, limits, true);
        }
        for (int x = 4; inner && x < size; x += 4) {
            filterEdge(at + x, 1, stride, size, limits, false);
        }
        if (blockY > 0) {
            filterEdge(at, stride, 1, size, limits, true);
        }
        for (int y = 4; inner && y < size; y += 4) {
            filterEdge(at + y * stride, stride, 1, size, limits, false);
        }
    }

    /** The simple filter (RFC 6386, 15.2), of luma alone. */
    void filterSimply(int blockX, int blockY, int limit, boolean inner) {
        int at = at(16 * blockX, 16 * blockY);
        if (blockX > 0) {
            filterSimply(at, 1, stride, 2 * (limit + 4) + 1);
        }
        for (int x = 4; inner && x < 16; x += 4) {
            filterSimply(at + x, 1, stride, 2 * limit + 1);
        }
        if (blockY > 0) {
            filterSimply(at, stride, 1, 2 * (limit + 4) + 1);
        }
        for (int y = 4; inner && y < 16; y += 4) {
            filterSimply(at + y * stride, stride, 1, 2 * limit + 1);
        }
    }

    private void filterSimply(int from, int step, int along, int limit) {
        for (int i = 0, at = from; i < 16; i++, at += along) {
            if (isWithin(at, step, limit)) {
                adjustTwo(at, step);
            }
        }
    }

    private boolean isWithin(int at, int step, int limit) {
        int near = Math.abs(level(at - step) - level(at));
        return 4 * near + Math.abs(level(at - 2 * step) - level(at + step)) <= limit;
    }

    private void filterEdge(
            int from, int step, int along, int count, int[] limits, boolean isOuter) {
        int limit = 2 * (limits[0] + (isOuter ? 4 : 0)) + 1;
        for (int i = 0, at = from; i < count; i++, at += along) {
            if (!isWithin(at, step, limit) || !isSmooth(at, step, limits[1])) {
                continue;
            }
            if (isSharp(at, step, limits[2])) {
                adjustTwo(at, step);
            } else if (isOuter) {
                adjustSix(at, step);
            } else {
                adjustFour(at, step);
            }
        }
    }

    private boolean isSmooth(int at, int step, int limit) {
        return differs(at - 4 * step, step) <= limit
                && differs(at - 3 * step, step) <= limit
                && differs(at - 2 * step, step) <= limit
                && differs(at, step) <= limit
                && differs(at + step, step) <= limit
                && differs(at + 2 * step, step) <= limit;
    }

    private boolean isSharp(int at, int step, int limit) {
        return differs(at - 2 * step, step) > limit || differs(at, step) > limit;
    }

    private int differs(int at, int step) {
        return Math.abs(level(at) - level(at + step));
    }

    private static int limited(int value, int least, int most) {
        return Math.max(least, Math.min(most, value));
    }

    private void adjustTwo(int at, int step) {
        int outer = limited(level(at - 2 * step) - level(at + step), -128, 127);
        int change = 3 * (level(at) - level(at - step)) + outer;
        shift(at - step, limited(change + 3 >> 3, -16, 15));
        shift(at, -limited(change + 4 >> 3, -16, 15));
    }

    private void adjustFour(int at, int step) {
        int change = 3 * (level(at) - level(at - step));
        int near = limited(change + 4 >> 3, -16, 15);
        int far = near + 1 >> 1;
        shift(at - step, limited(change + 3 >> 3, -16, 15));
        shift(at, -near);
        shift(at - 2 * step, far);
        shift(at + step, -far);
    }

    private void adjustSix(int at, int step) {
        int outer = limited(level(at - 2 * step) - level(at + step), -128, 127);
        int change = limited(3 * (level(at) - level(at - step)) + outer, -128, 127);
        for (int i = 0; i < 3; i++) {
            int part = (27 - 9 * i) * change + 63 >> 7;
            shift(at - (i + 1) * step, part);
            shift(at + i * step, -part);
        }
    }

    private void shift(int at, int change) {
        samples[at] = clamp(level(at) + change);
    }
}
