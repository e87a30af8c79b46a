package dev.vitrail.imaging;

/**
 * From the 8x8 coefficients of a JPEG's block to its samples, or to fewer where the image is read
 * at a half, a quarter or an eighth of its size. The arithmetic is that of libjpeg (jidctint.c
 * after Loeffler, Ligtenberg and Moschytz; jidctred.c), in its rounding too, because samples must
 * come out equal.
 */
final class InverseDct {
    /** Fractional bits of the factors. */
    private static final int BITS = 13;

    /** Fractional bits kept between columns and rows. */
    private static final int KEPT = 2;

    /** Where the coefficients lie, in the order that files have. */
    static final int[] ZIGZAG = new int[64];

    static {
        int row = 0;
        int column = 0;
        for (int i = 0; i < ZIGZAG.length; i++) {
            ZIGZAG[i] = 8 * row + column;
            boolean up = (row + column) % 2 == 0;
            if (up && column == 7 || !up && row < 7 && column == 0) {
                row++;
            } else if (up && row == 0 || !up && row == 7) {
                column++;
            } else {
                row += up ? -1 : 1;
                column += up ? 1 : -1;
            }
        }
    }

    private final int[] between = new int[64];

    /**
     * Transforms one block.
     *
     * @param block coefficients times their quantiser, in rows
     * @param last the last coefficient in the order of {@link #ZIGZAG} that may not be 0
     * @param size samples in a row and rows of the result: 8, 4, 2 or 1
     * @param plane takes the samples
     * @param at the place of the first one
     * @param stride the length of a row of the plane
     */
    void apply(int[] block, int last, int size, byte[] plane, int at, int stride) {
        if (last == 0 || size == 1) {
            byte sample = sample(block[0], 3);
            for (int y = 0; y < size; y++) {
                int row = at + y * stride;
                for (int x = row; x < row + size; x++) {
                    plane[x] = sample;
                }
            }
        } else if (size == 8) {
            full(block, last, plane, at, stride);
        } else if (size == 4) {
            half(block, plane, at, stride);
        } else {
            quarter(block, plane, at, stride);
        }
    }

    private void full(int[] block, int last, byte[] plane, int at, int stride) {
        // The first ten coefficients lie in the first four columns.
        boolean few = last < 10;
        int columns = few ? 4 : 8;
        int[] ws = between;
        for (int c = 0; c < columns; c++) {
            int c1 = block[8 + c];
            int c2 = block[16 + c];
            int c3 = block[24 + c];
            int c4 = block[32 + c];
            int c5 = block[40 + c];
            int c6 = block[48 + c];
            int c7 = block[56 + c];
            if ((c1 | c2 | c3 | c4 | c5 | c6 | c7) == 0) {
                int all = block[c] << KEPT;
                for (int i = c; i < 64; i += 8) {
                    ws[i] = all;
                }
                continue;
            }
            int shared = (c2 + c6) * 4433;
            int even2 = shared - c6 * 15137;
            int even3 = shared + c2 * 6270;
            int even0 = (block[c] + c4 << BITS) + (1 << BITS - KEPT - 1);
            int even1 = (block[c] - c4 << BITS) + (1 << BITS - KEPT - 1);
            int z5 = (c7 + c3 + c5 + c1) * 9633;
            int z3 = z5 - (c7 + c3) * 16069;
            int z4 = z5 - (c5 + c1) * 3196;
            int z1 = (c7 + c1) * -7373;
            int z2 = (c5 + c3) * -20995;
            int odd0 = c7 * 2446 + z1 + z3;
            int odd1 = c5 * 16819 + z2 + z4;
            int odd2 = c3 * 25172 + z2 + z3;
            int odd3 = c1 * 12299 + z1 + z4;
            ws[c] = even0 + even3 + odd3 >> BITS - KEPT;
            ws[56 + c] = even0 + even3 - odd3 >> BITS - KEPT;
            ws[8 + c] = even1 + even2 + odd2 >> BITS - KEPT;
            ws[48 + c] = even1 + even2 - odd2 >> BITS - KEPT;
            ws[16 + c] = even1 - even2 + odd1 >> BITS - KEPT;
            ws[40 + c] = even1 - even2 - odd1 >> BITS - KEPT;
            ws[24 + c] = even0 - even3 + odd0 >> BITS - KEPT;
            ws[32 + c] = even0 - even3 - odd0 >> BITS - KEPT;
        }
        if (few) {
            for (int r = 0; r < 64; r += 8, at += stride) {
                row(ws[r], ws[r + 1], ws[r + 2], ws[r + 3], 0, 0, 0, 0, plane, at);
            }
        } else {
            for (int r = 0; r < 64; r += 8, at += stride) {
                row(
                        ws[r], ws[r + 1], ws[r + 2], ws[r + 3], ws[r + 4], ws[r + 5], ws[r + 6],
                        ws[r + 7], plane, at);
            }
        }
    }

    private static void row(
            int c0, int c1, int c2, int c3, int c4, int c5, int c6, int c7, byte[] plane, int at) {
        int shared = (c2 + c6) * 4433;
        int even2 = shared - c6 * 15137;
        int even3 = shared + c2 * 6270;
        int even0 = c0 + c4 << BITS;
        int even1 = c0 - c4 << BITS;
        int z5 = (c7 + c3 + c5 + c1) * 9633;
        int z3 = z5 - (c7 + c3) * 16069;
        int z4 = z5 - (c5 + c1) * 3196;
        int z1 = (c7 + c1) * -7373;
        int z2 = (c5 + c3) * -20995;
        int odd0 = c7 * 2446 + z1 + z3;
        int odd1 = c5 * 16819 + z2 + z4;
        int odd2 = c3 * 25172 + z2 + z3;
        int odd3 = c1 * 12299 + z1 + z4;
        int shift = BITS + KEPT + 3;
        plane[at] = sample(even0 + even3 + odd3, shift);
        plane[at + 7] = sample(even0 + even3 - odd3, shift);
        plane[at + 1] = sample(even1 + even2 + odd2, shift);
        plane[at + 6] = sample(even1 + even2 - odd2, shift);
        plane[at + 2] = sample(even1 - even2 + odd1, shift);
        plane[at + 5] = sample(even1 - even2 - odd1, shift);
        plane[at + 3] = sample(even0 - even3 + odd0, shift);
        plane[at + 4] = sample(even0 - even3 - odd0, shift);
    }

    /** Four by four samples; the fifth row and column of coefficients count nothing. */
    private void half(int[] block, byte[] plane, int at, int stride) {
        int[] ws = between;
        int shift = BITS - KEPT + 1;
        int round = 1 << shift - 1;
        for (int c = 0; c < 8; c++) {
            if (c == 4) {
                continue;
            }
            int even = (block[c] << BITS + 1) + round;
            int even2 = block[16 + c] * 15137 - block[48 + c] * 6270;
            int odd0 = halfOdd0(block[8 + c], block[24 + c], block[40 + c], block[56 + c]);
            int odd2 = halfOdd2(block[8 + c], block[24 + c], block[40 + c], block[56 + c]);
            ws[c] = even + even2 + odd2 >> shift;
            ws[24 + c] = even + even2 - odd2 >> shift;
            ws[8 + c] = even - even2 + odd0 >> shift;
            ws[16 + c] = even - even2 - odd0 >> shift;
        }
        shift = BITS + KEPT + 3 + 1;
        for (int r = 0; r < 32; r += 8, at += stride) {
            int even = ws[r] << BITS + 1;
            int even2 = ws[r + 2] * 15137 - ws[r + 6] * 6270;
            int odd0 = halfOdd0(ws[r + 1], ws[r + 3], ws[r + 5], ws[r + 7]);
            int odd2 = halfOdd2(ws[r + 1], ws[r + 3], ws[r + 5], ws[r + 7]);
            plane[at] = sample(even + even2 + odd2, shift);
            plane[at + 3] = sample(even + even2 - odd2, shift);
            plane[at + 1] = sample(even - even2 + odd0, shift);
            plane[at + 2] = sample(even - even2 - odd0, shift);
        }
    }

    private static int halfOdd0(int c1, int c3, int c5, int c7) {
        return c1 * 8697 - c3 * 17799 + c5 * 11893 - c7 * 1730;
    }

    private static int halfOdd2(int c1, int c3, int c5, int c7) {
        return c1 * 20995 + c3 * 7373 - c5 * 4926 - c7 * 4176;
    }

    /** Two by two samples; of the even coefficients only the first counts. */
    private void quarter(int[] block, byte[] plane, int at, int stride) {
        int[] ws = between;
        int shift = BITS - KEPT + 2;
        int round = 1 << shift - 1;
        for (int c = 0; c < 8; c += c == 0 ? 1 : 2) {
            int even = (block[c] << BITS + 2) + round;
            int odd = quarterOdd(block[8 + c], block[24 + c], block[40 + c], block[56 + c]);
            ws[c] = even + odd >> shift;
            ws[8 + c] = even - odd >> shift;
        }
        shift = BITS + KEPT + 3 + 2;
        for (int r = 0; r < 16; r += 8, at += stride) {
            int even = ws[r] << BITS + 2;
            int odd = quarterOdd(ws[r + 1], ws[r + 3], ws[r + 5], ws[r + 7]);
            plane[at] = sample(even + odd, shift);
            plane[at + 1] = sample(even - odd, shift);
        }
    }

    private static int quarterOdd(int c1, int c3, int c5, int c7) {
        return c1 * 29692 - c3 * 10426 + c5 * 6967 - c7 * 5906;
    }

    /** Rounded, brought from around 0 to around 128, and kept to a byte. */
    private static byte sample(int value, int shift) {
        return (byte) Math.max(0, Math.min(255, (value + (1 << shift - 1) >> shift) + 128));
    }
}
