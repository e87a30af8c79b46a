package dev.vitrail.imaging;

import java.util.Arrays;

/**
 * From a JPEG's coefficients to its pixels in full size, column by column: the rows of a column of
 * blocks lie side by side in arrays, because the compiler turns loops over arrays into SIMD. Block
 * by block and pixel by pixel takes two to three times as long, and of a photo from which a resize
 * needs a part, only that part is transformed.
 *
 * <p>Colours of half the resolution are interpolated with a triangle filter and converted as
 * libjpeg does it (jdsample.c, "fancy upsampling", and jdcolor.c), in its rounding.
 */
final class JpegColumns implements PixelColumns {
    private static final int BLOCK = 8;

    /** Rows of units to take at a time, at the most. */
    private static final int MOST_UNITS = 64;

    /** Components that are interpolated where their resolution is less: blue, then red. */
    private static final int CHROMA = 2;

    /** Columns of chroma that are kept: one, and its neighbours. */
    private static final int KEPT = 4;

    private final JpegComponent[] components;

    /** Whether the chroma components have half of the image's columns, and half of its rows. */
    private final boolean halfWidth;

    private final boolean halfHeight;

    /** Rows of pixels in a unit, and rows of units. */
    private final int unitHeight;

    private final int unitsHigh;

    /** Rows of units that are wanted at a time, and with those above and below. */
    private final int most;

    private final int lanes;

    /** The first row of units that is loaded, and how many are. */
    private int firstUnit;

    private int units;

    private final WideInverseDct ofLuma;
    private final WideInverseDct ofChroma;

    /** Coefficients of a column of blocks. */
    private final int[][] lumaRows;

    private final int[][] chromaRows;

    /** Samples of a column of luma blocks, by column. */
    private final int[][] luma;

    /** Which column of blocks it is. */
    private int lumaColumn;

    /** Samples of a column of chroma blocks, by component and column. */
    private final int[][][] chroma;

    private int chromaColumn;

    /** By component and column, whose remainder is its place: see {@link #mix}. */
    private final int[][][] mixed;

    /** The last column of chroma that is mixed. */
    private int mixedColumn;

    private final int[] near;
    private final int[] far;
    private final int[] cb;
    private final int[] cr;

    /**
     * Prepares.
     *
     * @param image with one component, or three of which the first is whole
     * @param wanted how many rows will be loaded altogether
     */
    JpegColumns(JpegCoefficients image, int wanted) {
        this.components = image.components();
        JpegComponent whole = components[0];
        this.halfWidth = whole.across == 2;
        this.halfHeight = whole.down == 2;
        this.unitHeight = BLOCK * whole.down;
        this.unitsHigh = (image.height() + unitHeight - 1) / unitHeight;
        // Rows may begin within a unit.
        int all = Math.min(unitsHigh, (wanted - 2) / unitHeight + 2);
        int bands = (all + MOST_UNITS - 1) / MOST_UNITS;
        this.most = (all + bands - 1) / bands;
        this.lanes = Math.min(unitsHigh, halfHeight ? most + 2 : most) + 1 & ~1;
        int length = unitHeight * lanes;
        this.ofLuma = new WideInverseDct(whole.down, lanes, halfHeight);
        this.ofChroma = new WideInverseDct(1, lanes, false);
        this.lumaRows = new int[BLOCK][length];
        this.chromaRows = new int[BLOCK][BLOCK * lanes];
        this.luma = new int[BLOCK][length];
        this.chroma = new int[CHROMA][BLOCK][BLOCK * lanes];
        this.mixed = new int[CHROMA][KEPT][length];
        this.near = new int[length];
        this.far = new int[length];
        this.cb = new int[length];
        this.cr = new int[length];
    }

    /** Whether such an image is converted here: libjpeg interpolates three columns or more. */
    static boolean canConvert(JpegComponent[] components, JpegColours colours) {
        return components.length == 1
                ? colours == JpegColours.GRAY
                : colours == JpegColours.YCBCR
                        && (components[0].across == 1 || components[1].width > 2);
    }

    @Override
    public int start(int first, int end) {
        int from = first / unitHeight;
        int to = Math.min((end + unitHeight - 1) / unitHeight, from + most);
        firstUnit = halfHeight ? Math.max(0, from - 1) : from;
        units = (halfHeight ? Math.min(unitsHigh, to + 1) : to) - firstUnit;
        lumaColumn = -1;
        chromaColumn = -1;
        mixedColumn = -1;
        return Math.min(end, to * unitHeight);
    }

    @Override
    public int rows() {
        return most * unitHeight;
    }

    @Override
    public int length() {
        return near.length;
    }

    @Override
    public int row(int place) {
        int y = place / lanes;
        if (halfHeight) {
            y = y % BLOCK * 2 + y / BLOCK;
        }
        return (firstUnit + place % lanes) * unitHeight + y;
    }

    @Override
    public void load(int x, int[][][] target, int index) {
        if (x / BLOCK != lumaColumn) {
            lumaColumn = x / BLOCK;
            int seen = loadBlocks(components[0], lumaColumn, lumaRows);
            ofLuma.apply(lumaRows, seen, luma);
        }
        int[] samples = luma[x % BLOCK];
        int[] red = target[0][index];
        int[] green = target[1][index];
        int[] blue = target[2][index];
        if (components.length == 1) {
            System.arraycopy(samples, 0, red, 0, red.length);
            System.arraycopy(samples, 0, green, 0, green.length);
            System.arraycopy(samples, 0, blue, 0, blue.length);
        } else {
            loadChroma(x);
            add(samples, cr, JpegColours.RED_CR, red);
            add(samples, cb, JpegColours.GREEN_CB, cr, JpegColours.GREEN_CR, green);
            add(samples, cb, JpegColours.BLUE_CB, blue);
        }
    }

    private int loadBlocks(JpegComponent component, int x, int[][] rows) {
        for (int[] row : rows) {
            Arrays.fill(row, 0);
        }
        int seen = 0;
        for (int block = 0; block < component.down; block++) {
            int y = firstUnit * component.down + block;
            int start = block * BLOCK * lanes;
            seen |= component.load(x, y, component.down, units, lanes, rows, start);
        }
        return seen;
    }

    /** The chroma of a column of the image. */
    private void loadChroma(int x) {
        if (!halfWidth) {
            mixTo(x);
            centre(mixed[0][x % KEPT], cb);
            centre(mixed[1][x % KEPT], cr);
            return;
        }
        int column = x / 2;
        int beside = column + (x % 2 == 0 ? -1 : 1);
        beside = Math.max(0, Math.min(components[1].width - 1, beside));
        mixTo(Math.max(column, beside));
        int shift = halfHeight ? 4 : 2;
        int round = (1 << shift - 1) - (halfHeight ? x % 2 : 1 - x % 2);
        widen(mixed[0][column % KEPT], mixed[0][beside % KEPT], round, shift, cb);
        widen(mixed[1][column % KEPT], mixed[1][beside % KEPT], round, shift, cr);
    }

    private void mixTo(int column) {
        if (mixedColumn < 0) {
            mixedColumn = Math.max(-1, column - 2);
        }
        while (mixedColumn < column) {
            mixedColumn++;
            if (mixedColumn / BLOCK != chromaColumn) {
                chromaColumn = mixedColumn / BLOCK;
                for (int c = 0; c < CHROMA; c++) {
                    int seen = loadBlocks(components[1 + c], chromaColumn, chromaRows);
                    ofChroma.apply(chromaRows, seen, chroma[c]);
                }
            }
            for (int c = 0; c < CHROMA; c++) {
                mix(c, chroma[c][mixedColumn % BLOCK], mixed[c][mixedColumn % KEPT]);
            }
        }
    }

    /** Three times the samples of a column and once those above or below, in the order of luma. */
    private void mix(int c, int[] samples, int[] sums) {
        int length = samples.length;
        if (!halfHeight) {
            System.arraycopy(samples, 0, sums, 0, length);
            return;
        }
        System.arraycopy(samples, 0, near, 0, length);
        System.arraycopy(samples, 0, near, length, length);
        // The rows above, of the unit before for the first one; then those below.
        System.arraycopy(samples, length - lanes, far, 1, lanes - 1);
        System.arraycopy(samples, 0, far, lanes, length - lanes);
        System.arraycopy(samples, lanes, far, length, length - lanes);
        System.arraycopy(samples, 1, far, 2 * length - lanes, lanes - 1);
        if (firstUnit == 0) {
            far[0] = samples[0];
        }
        if (firstUnit + units == unitsHigh) {
            int last = (components[1 + c].height - 1) % BLOCK * lanes + units - 1;
            far[length + last] = samples[last];
        }
        mix(near, far, sums);
    }

    /**
     * All of an image.
     *
     * @return {@code [height, width, 3]}
     */
    static byte[] toRgb(JpegCoefficients image) {
        int width = image.width();
        int height = image.height();
        byte[] rgb = new byte[3 * width * height];
        JpegColumns columns = new JpegColumns(image, height);
        int[][][] loaded = new int[3][BLOCK][columns.length()];
        int[][] pixels = new int[BLOCK][columns.length()];
        for (int first = 0, end; first < height; first = end) {
            end = columns.start(first, height);
            for (int x = 0; x < width; x += BLOCK) {
                int count = Math.min(BLOCK, width - x);
                for (int i = 0; i < count; i++) {
                    columns.load(x + i, loaded, i);
                    PackedPixels.pack(loaded[0][i], loaded[1][i], loaded[2][i], pixels[i]);
                }
                columns.write(first, end, pixels, count, rgb, x, width);
            }
        }
        return rgb;
    }

    /** Writes columns to the image. */
    private void write(
            int first, int end, int[][] pixels, int count, byte[] rgb, int x, int width) {
        int step = 3 * width * unitHeight;
        for (int line = 0; line < length(); line += lanes) {
            int from = line;
            int to = from + units;
            while (from < to && row(from) < first) {
                from++;
            }
            while (from < to && row(to - 1) >= end) {
                to--;
            }
            int at = 3 * (row(from) * width + x);
            if (count == BLOCK) {
                PackedPixels.put(pixels, from, to - from, rgb, at, step);
                continue;
            }
            for (int i = from; i < to; i++, at += step) {
                for (int k = 0; k < count; k++) {
                    PackedPixels.putAlone(rgb, at + 3 * k, pixels[k][i]);
                }
            }
        }
    }

    private static void mix(int[] near, int[] far, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = 3 * near[i] + far[i];
        }
    }

    private static void widen(int[] near, int[] far, int round, int shift, int[] chroma) {
        for (int i = 0; i < chroma.length; i++) {
            chroma[i] = (3 * near[i] + far[i] + round >> shift) - 128;
        }
    }

    private static void centre(int[] samples, int[] chroma) {
        for (int i = 0; i < chroma.length; i++) {
            chroma[i] = samples[i] - 128;
        }
    }

    private static void add(int[] luma, int[] chroma, int factor, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Taps.clamp(luma[i] + (chroma[i] * factor + JpegColours.HALF >> 16));
        }
    }

    private static void add(
            int[] luma, int[] cb, int factorOfCb, int[] cr, int factorOfCr, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] =
                    Taps.clamp(
                            luma[i]
                                    + (cb[i] * factorOfCb + cr[i] * factorOfCr + JpegColours.HALF
                                            >> 16));
        }
    }
}
