package dev.vitrail.imaging;

import java.util.Arrays;

/** One component of a JPEG: how it is coded, and what became of it. */
final class JpegComponent {
    final int id;

    /** Blocks of this component side by side, and above each other, in the smallest unit. */
    final int across;

    final int down;

    final int quantiser;

    /** The quantiser as it was at the component's first scan, in file order. */
    int[] factors;

    HuffmanTable dcTable;
    HuffmanTable acTable;

    /** The last block's first coefficient, from which the next one's is told. */
    int previous;

    /** By coefficient, the lowest bit that is known; -1 where nothing is. */
    final int[] lowestBit = new int[64];

    /** Blocks of the image in a row and rows of them, without those that only fill up units. */
    int blocksWide;

    int blocksHigh;

    /** Blocks in a row of {@link #coefficients} and {@link #plane}. */
    int blocksStride;

    /** {@code [block rows, blocksStride, 64]} in file order, where scans must be put together. */
    short[] coefficients;

    /** By block, a bit for each coefficient after the first: whether it is other than 0. */
    long[] known;

    /** Samples in a row of a block: 8, or less where the image is reduced. */
    int size;

    /** How often a sample is repeated, or interpolated, along a row and a column. */
    int timesAcross;

    int timesDown;

    /** Samples that count, in a row and rows of them. */
    int width;

    int height;

    /** Samples in a row of the plane. */
    int stride;

    byte[] plane;

    JpegComponent(int id, int across, int down, int quantiser) {
        this.id = id;
        this.across = across;
        this.down = down;
        this.quantiser = quantiser;
        Arrays.fill(lowestBit, -1);
    }
}
