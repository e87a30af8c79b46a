package dev.vitrail.imaging;

import java.io.InterruptedIOException;
import java.util.Arrays;

/**
 * From a JPEG's coefficients to its pixels in full size, some rows of units at a time. The units of
 * such a band lie side by side in arrays, one for each of a unit's samples, because the compiler
 * turns loops over arrays into SIMD: block by block and pixel by pixel takes two to three times as
 * long.
 *
 * <p>Colours of half the resolution are interpolated with a triangle filter and converted as
 * libjpeg does it (jdsample.c, "fancy upsampling", and jdcolor.c), in its rounding.
 */
final class JpegBands {
    private static final int BLOCK = 8;
    private static final int COEFFICIENTS = 64;

    /** Units of a band, about: more leave the cache, fewer are not worth the loops. */
    private static final int UNITS = 256;

    /** See {@link #canConvert}. */
    private static final int WIDEST = 16_384;

    /** Arrays of this length or a multiple are SIMD throughout. */
    private static final int LANES = 16;

    /** Components that are interpolated where their resolution is less: blue, then red. */
    private static final int CHROMA = 2;

    private final JpegComponent[] components;
    private final int width;
    private final int height;

    /** Whether the chroma components have half of the image's columns, and half of its rows. */
    private final boolean halfWidth;

    private final boolean halfHeight;

    /** Pixels of a unit, in a row and rows of them. */
    private final int unitWidth;

    private final int unitHeight;

    /** Units in a row, and rows of units. */
    private final int unitsWide;

    private final int unitsHigh;

    /** Rows of units in a band. */
    private final int most;

    /** By component and block of a unit: {@code [64, units]}. */
    private final int[][][][] blocks;

    private final WideInverseDct transform;
    private final byte[] rgb;

    /** The first row of units of the band, and how many rows it has. */
    private int first;

    private int rows;

    /** By chroma component and column: the row above a unit's first, and the one below its last. */
    private final int[][][] above;

    private final int[][][] below;

    /** By column: samples of the last row of the band before, which waits for the row below. */
    private final int[][] lastLuma;

    private final int[][][] lastChroma;

    /** By chroma component and column: samples of one row, or three and one of its neighbour. */
    private final int[][][] row;

    /**
     * By chroma component: the last column, of the unit before, and the first, of the one after.
     */
    private final int[][] left;

    private final int[][] right;

    private final int[] cb;
    private final int[] cr;
    private final int[] red;
    private final int[] green;
    private final int[] blue;
    private final int[][] luma;
    private final int[][] pixels;

    private JpegBands(JpegComponent[] components, int width, int height) {
        this.components = components;
        this.width = width;
        this.height = height;
        JpegComponent whole = components[0];
        this.halfWidth = whole.across == 2;
        this.halfHeight = whole.down == 2;
        this.unitWidth = BLOCK * whole.across;
        this.unitHeight = BLOCK * whole.down;
        this.unitsWide = (width + unitWidth - 1) / unitWidth;
        this.unitsHigh = (height + unitHeight - 1) / unitHeight;
        this.most = Math.max(1, Math.min(unitsHigh, UNITS / unitsWide));
        int lanes = (most * unitsWide + LANES - 1) / LANES * LANES;
        this.blocks = new int[components.length][][][];
        for (int c = 0; c < components.length; c++) {
            blocks[c] = new int[components[c].across * components[c].down][COEFFICIENTS][lanes];
        }
        this.transform = new WideInverseDct(lanes);
        this.rgb = new byte[3 * width * height];
        this.above = new int[CHROMA][BLOCK][lanes];
        this.below = new int[CHROMA][BLOCK][lanes];
        this.lastLuma = new int[unitWidth][lanes];
        this.lastChroma = new int[CHROMA][BLOCK][lanes];
        this.row = new int[CHROMA][BLOCK][lanes];
        this.left = new int[CHROMA][lanes];
        this.right = new int[CHROMA][lanes];
        this.cb = new int[lanes];
        this.cr = new int[lanes];
        this.red = new int[lanes];
        this.green = new int[lanes];
        this.blue = new int[lanes];
        this.luma = new int[unitWidth][];
        this.pixels = new int[unitWidth][lanes];
    }

    /**
     * Whether such an image is converted here: libjpeg interpolates three columns or more, and a
     * row of units beside the image takes megabytes where it is much wider than photos are.
     */
    static boolean canConvert(JpegComponent[] components, JpegColours colours) {
        return components[0].width <= WIDEST
                && (colours == JpegColours.GRAY && components.length == 1
                        || colours == JpegColours.YCBCR && components[1].width > 2);
    }

    /**
     * Converts an image.
     *
     * @param components with all of their coefficients; one, or three of which the first is whole
     */
    static RgbImage toRgb(JpegComponent[] components, int width, int height)
            throws InterruptedIOException {
        JpegBands bands = new JpegBands(components, width, height);
        bands.convert();
        return new RgbImage(width, height, bands.rgb);
    }

    private void convert() throws InterruptedIOException {
        for (first = 0; first < unitsHigh; first += most) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("decoding was interrupted");
            }
            rows = Math.min(most, unitsHigh - first);
            for (int c = 0; c < components.length; c++) {
                for (int block = 0; block < blocks[c].length; block++) {
                    load(components[c], block, blocks[c][block]);
                    transform.apply(blocks[c][block]);
                }
            }
            if (components.length == 1) {
                convertGray();
            } else {
                convertColours();
            }
        }
    }

    /** One of the blocks of every unit, times its quantiser. */
    private void load(JpegComponent component, int block, int[][] lanes) {
        for (int[] lane : lanes) {
            Arrays.fill(lane, 0);
        }
        short[] coefficients = component.coefficients;
        int[] factors = component.factors;
        int blockRow = first * component.down + block / component.across;
        for (int y = 0, lane = 0; y < rows; y++, blockRow += component.down) {
            int at = COEFFICIENTS * (blockRow * component.blocksStride + block % component.across);
            for (int x = 0; x < unitsWide; x++, lane++) {
                lanes[0][lane] = coefficients[at] * factors[0];
                long known = component.known[at / COEFFICIENTS];
                for (long rest = known; rest != 0; rest &= rest - 1) {
                    int k = Long.numberOfTrailingZeros(rest);
                    lanes[InverseDct.ZIGZAG[k]][lane] = coefficients[at + k] * factors[k];
                }
                at += COEFFICIENTS * component.across;
            }
        }
    }

    /** The samples of a component in all units: those of a row of theirs, by column. */
    private int[] samples(int component, int y, int x) {
        int block = y / BLOCK * components[component].across + x / BLOCK;
        return blocks[component][block][y % BLOCK * BLOCK + x % BLOCK];
    }

    private void convertGray() {
        for (int y = 0; y < unitHeight; y++) {
            for (int x = 0; x < unitWidth; x++) {
                int[] samples = samples(0, y, x);
                pack(samples, samples, samples, pixels[x]);
            }
            write(first * unitHeight + y, rows);
        }
    }

    private void convertColours() {
        int lastRow = unitHeight - 1;
        boolean more = first + rows < unitsHigh;
        if (halfWidth) {
            repeatEdges();
        }
        if (halfHeight) {
            if (first > 0) {
                finishBandBefore();
            }
            collectNeighbours();
        }
        for (int y = 0; y < unitHeight; y++) {
            int near = halfHeight ? y / 2 : y;
            for (int c = 0; c < CHROMA; c++) {
                for (int x = 0; x < BLOCK; x++) {
                    int[] samples = samples(1 + c, near, x);
                    if (halfHeight) {
                        mix(samples, neighbour(c, near + (y % 2 == 0 ? -1 : 1), x), row[c][x]);
                    } else {
                        row[c][x] = samples;
                    }
                }
            }
            for (int x = 0; x < unitWidth; x++) {
                luma[x] = samples(0, y, x);
            }
            boolean waits = halfHeight && more && y == lastRow;
            int count = waits ? rows - 1 : rows;
            if (count > 0) {
                convertRow(luma, first * unitHeight + y, count);
            }
        }
        if (halfHeight && more) {
            keepLastRow();
        }
    }

    /** libjpeg's image ends with its last sample again, to the right and below. */
    private void repeatEdges() {
        int units = rows * unitsWide;
        for (int c = 0; c < CHROMA; c++) {
            int column = components[1 + c].width % BLOCK;
            for (int y = 0; column != 0 && y < BLOCK; y++) {
                int[] last = samples(1 + c, y, column - 1);
                int[] next = samples(1 + c, y, column);
                for (int unit = unitsWide - 1; unit < units; unit += unitsWide) {
                    next[unit] = last[unit];
                }
            }
            int line = components[1 + c].height % BLOCK;
            for (int x = 0; line != 0 && first + rows == unitsHigh && x < BLOCK; x++) {
                int from = units - unitsWide;
                int[] last = samples(1 + c, line - 1, x);
                System.arraycopy(last, from, samples(1 + c, line, x), from, unitsWide);
            }
        }
    }

    /** The rows above and below of units whose neighbours are in this band, or at an edge. */
    private void collectNeighbours() {
        int inner = (rows - 1) * unitsWide;
        for (int c = 0; c < CHROMA; c++) {
            for (int x = 0; x < BLOCK; x++) {
                int[] top = samples(1 + c, 0, x);
                int[] bottom = samples(1 + c, BLOCK - 1, x);
                int[] before = first == 0 ? top : lastChroma[c][x];
                System.arraycopy(before, 0, above[c][x], 0, unitsWide);
                System.arraycopy(bottom, 0, above[c][x], unitsWide, inner);
                System.arraycopy(top, unitsWide, below[c][x], 0, inner);
                System.arraycopy(bottom, inner, below[c][x], inner, unitsWide);
            }
        }
    }

    private int[] neighbour(int c, int y, int x) {
        if (y < 0) {
            return above[c][x];
        }
        return y == BLOCK ? below[c][x] : samples(1 + c, y, x);
    }

    private void keepLastRow() {
        int from = (rows - 1) * unitsWide;
        for (int x = 0; x < unitWidth; x++) {
            System.arraycopy(samples(0, unitHeight - 1, x), from, lastLuma[x], 0, unitsWide);
        }
        for (int c = 0; c < CHROMA; c++) {
            for (int x = 0; x < BLOCK; x++) {
                int[] bottom = samples(1 + c, BLOCK - 1, x);
                System.arraycopy(bottom, from, lastChroma[c][x], 0, unitsWide);
            }
        }
    }

    private void finishBandBefore() {
        for (int c = 0; c < CHROMA; c++) {
            for (int x = 0; x < BLOCK; x++) {
                mix(lastChroma[c][x], samples(1 + c, 0, x), row[c][x]);
            }
        }
        convertRow(lastLuma, first * unitHeight - 1, 1);
    }

    /**
     * Converts a row of every unit and writes it.
     *
     * @param luma by column
     * @param y the row of the image that the first row of units has there
     * @param count rows of units, at least one
     */
    private void convertRow(int[][] luma, int y, int count) {
        for (int c = 0; halfWidth && c < CHROMA; c++) {
            collectColumns(c, count * unitsWide);
        }
        for (int x = 0; x < unitWidth; x++) {
            if (halfWidth) {
                int shift = halfHeight ? 4 : 2;
                int round = (1 << shift - 1) - (halfHeight ? x % 2 : 1 - x % 2);
                widen(row[0][x / 2], beside(0, x), round, shift, cb);
                widen(row[1][x / 2], beside(1, x), round, shift, cr);
            } else {
                centre(row[0][x], cb);
                centre(row[1][x], cr);
            }
            add(luma[x], cr, JpegColours.RED_CR, red);
            add(luma[x], cb, JpegColours.GREEN_CB, cr, JpegColours.GREEN_CR, green);
            add(luma[x], cb, JpegColours.BLUE_CB, blue);
            pack(red, green, blue, pixels[x]);
        }
        write(y, count);
    }

    private void collectColumns(int c, int units) {
        System.arraycopy(row[c][BLOCK - 1], 0, left[c], 1, units - 1);
        System.arraycopy(row[c][0], 1, right[c], 0, units - 1);
        for (int unit = 0; unit < units; unit += unitsWide) {
            int last = unit + unitsWide - 1;
            left[c][unit] = row[c][0][unit];
            right[c][last] = row[c][BLOCK - 1][last];
        }
    }

    /** The column next to the nearest one. */
    private int[] beside(int c, int x) {
        int column = x / 2 + (x % 2 == 0 ? -1 : 1);
        if (column < 0) {
            return left[c];
        }
        return column == BLOCK ? right[c] : row[c][column];
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
            sums[i] = luma[i] + (chroma[i] * factor + JpegColours.HALF >> 16);
        }
    }

    private static void add(
            int[] luma, int[] cb, int factorOfCb, int[] cr, int factorOfCr, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = luma[i] + (cb[i] * factorOfCb + cr[i] * factorOfCr + JpegColours.HALF >> 16);
        }
    }

    private static void pack(int[] red, int[] green, int[] blue, int[] pixels) {
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Taps.clamp(red[i]) | Taps.clamp(green[i]) << 8 | Taps.clamp(blue[i]) << 16;
        }
    }

    /** Writes {@link #pixels} to the image. */
    private void write(int y, int count) {
        int whole = width / unitWidth;
        for (int i = 0; i < count && y + i * unitHeight < height; i++) {
            int at = 3 * width * (y + i * unitHeight);
            int unit = i * unitsWide;
            for (int x = 0; x < unitWidth; x += BLOCK) {
                PackedPixels.put(pixels, x, unit, whole, rgb, at + 3 * x, 3 * unitWidth);
            }
            for (int x = whole * unitWidth; x < width; x++) {
                // The row below may be there already.
                PackedPixels.putAlone(rgb, at + 3 * x, pixels[x % unitWidth][unit + whole]);
            }
        }
    }
}
