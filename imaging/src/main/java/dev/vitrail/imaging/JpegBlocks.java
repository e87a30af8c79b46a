package dev.vitrail.imaging;

import java.util.Arrays;
import java.util.List;

/**
 * The coefficients of a baseline scan, those that are not zero, one after another in the file's
 * order: to write them so takes less than to write them where a transform wants them, and of many
 * it will want none.
 */
final class JpegBlocks {
    /** Coefficients for each byte of the file: at first, and at the most if they take four bits. */
    private static final double USUAL = 1.5;

    private static final int MOST = 2;

    /** The most bytes of memory for each pixel that tell where blocks begin. */
    private static final double BYTES_OF_PIXEL = 3.0 * Integer.BYTES / 64;

    /** Entries of a block at the most: its coefficients, and its end. */
    private static final int LARGEST = 65;

    /** The component of each block of a unit. */
    private final JpegComponent[] components;

    /** By block in the file's order, where it begins; and where the last one ends. */
    private final int[] starts;

    /** How many blocks are read. */
    private int read;

    /** Values above their places in the block. */
    private int[] entries;

    private final int most;

    /** The most entries of a unit. */
    private final int room;

    /**
     * Makes room.
     *
     * @param components the component of each block of a unit
     * @param units how many there are
     * @param bytes of the file
     */
    JpegBlocks(List<JpegComponent> components, int units, int bytes) {
        this.components = components.toArray(new JpegComponent[0]);
        this.starts = new int[Math.addExact(Math.multiplyExact(components.size(), units), 1)];
        this.room = LARGEST * components.size();
        this.most = Math.addExact(Math.multiplyExact(MOST, bytes), room);
        this.entries = new int[(int) (USUAL * bytes) + room];
    }

    /**
     * The most bytes of memory.
     *
     * @param file bytes of the file
     * @param pixels of the image
     */
    static long bytes(int file, long pixels) {
        // Both arrays while the larger one is made.
        double entries = (USUAL + MOST) * Integer.BYTES * file;
        return (long) (BYTES_OF_PIXEL * pixels + entries);
    }

    /**
     * Reads the next units (F.2.2).
     *
     * @throws OddJpegException if a code is none, if a block has more than 64 coefficients, if the
     *     data ends early, or if there is more in it than in photos
     */
    void read(JpegBits bits, int units) throws OddJpegException {
        int next = starts[read];
        for (int unit = 0; unit < units; unit++) {
            if (next + room > entries.length) {
                makeRoom();
            }
            for (JpegComponent component : components) {
                component.previous += bits.difference(component.dcTable);
                entries[next] = component.previous << 16;
                next = bits.readBlock(component.acTable, entries, next + 1);
                if (bits.ranOut()) {
                    throw new OddJpegException();
                }
                starts[++read] = next;
            }
        }
    }

    private void makeRoom() throws OddJpegException {
        if (entries.length == most) {
            throw new OddJpegException();
        }
        entries = Arrays.copyOf(entries, most);
    }

    /**
     * Loads blocks, times their quantiser.
     *
     * @param number of the first one in the file's order
     * @param step from one to the next
     * @param count how many
     * @param factors of the quantiser, in the file's order
     * @param lanes from one coefficient's place to the next one's
     * @param rows takes them, {@code [8, any]}, which is zero
     * @param start the place of the first block's first coefficient there
     * @return the places of all coefficients within their block, put together bit by bit
     */
    int load(int number, int step, int count, int[] factors, int lanes, int[][] rows, int start) {
        int[] zigzag = InverseDct.ZIGZAG;
        int block = number;
        int from = starts[block];
        int end = starts[block + 1];
        int first = entries[from];
        int seen = 0;
        for (int lane = start; lane < start + count; lane++) {
            // The next block is far away in memory, and begins to come while this one is loaded.
            block = lane + 1 < start + count ? block + step : number;
            int nextFrom = starts[block];
            int nextEnd = starts[block + 1];
            int nextFirst = entries[nextFrom];
            rows[0][lane] = (first >> 16) * factors[0];
            for (int i = from + 1; i < end; i++) {
                int entry = entries[i];
                int k = entry & 0x3F;
                int place = zigzag[k];
                seen |= place;
                rows[place >> 3][(place & 7) * lanes + lane] = (entry >> 16) * factors[k];
            }
            from = nextFrom;
            end = nextEnd;
            first = nextFirst;
        }
        return seen;
    }

    /**
     * Loads one block, times its quantiser.
     *
     * @param number of the block in the file's order
     * @param onlyFirst whether its first coefficient is enough
     * @param factors of the quantiser, in the file's order
     * @param block takes its coefficients in rows, and is zero
     * @return the last one in the file's order that may not be 0
     */
    int load(int number, boolean onlyFirst, int[] factors, int[] block) {
        int last = 0;
        int end = onlyFirst ? starts[number] + 1 : starts[number + 1];
        for (int i = starts[number]; i < end; i++) {
            last = entries[i] & 0x3F;
            block[InverseDct.ZIGZAG[last]] = (entries[i] >> 16) * factors[last];
        }
        return last;
    }
}
