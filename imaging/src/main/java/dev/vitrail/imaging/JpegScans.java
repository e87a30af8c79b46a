package dev.vitrail.imaging;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Reads JPEGs of the kinds that photos have: 8 bits, baseline or progressive, Huffman codes, gray
 * or three components, of which the last two may be halved in width, or width and height (ISO/IEC
 * 10918-1, annexes F and G). It is strict: whatever else a file holds is an {@link
 * OddJpegException}, after which Java's reader decides, so that one place tells what of a damaged
 * file is still an image.
 */
final class JpegScans {
    private static final int BLOCK = 8;
    private static final int COEFFICIENTS = 64;

    private final ImageSource source;
    private final int reduction;
    private final JpegColours colours;
    private final int[][] quantisers = new int[4][];
    private final HuffmanTable[] dcTables = new HuffmanTable[4];
    private final HuffmanTable[] acTables = new HuffmanTable[4];
    private final InverseDct transform = new InverseDct();
    private final int[] block = new int[COEFFICIENTS];
    private JpegComponent[] components;
    private int width;
    private int height;
    private int unitsWide;
    private int unitsHigh;
    private boolean progressive;
    private int restartInterval;

    private JpegBits bits;
    private JpegComponent[] scanned;
    private int from;
    private int to;
    private int highBit;
    private int lowBit;

    /** Blocks still to come in which a progressive scan has nothing more. */
    private int emptyBlocks;

    private JpegScans(ImageSource source, int reduction, JpegColours colours) {
        this.source = source;
        this.reduction = reduction;
        this.colours = colours;
    }

    /**
     * Decodes an image.
     *
     * @param source a JPEG without its application segments
     * @param reduction 1, 2, 4 or 8: by how much each edge is divided, rounded up
     * @param colours what its components are
     * @throws OddJpegException if the file is damaged, or of another kind
     */
    static RgbImage decode(ImageSource source, int reduction, JpegColours colours)
            throws OddJpegException, ImageException, InterruptedIOException {
        return new JpegScans(source, reduction, colours).readSegments();
    }

    private RgbImage readSegments()
            throws OddJpegException, ImageException, InterruptedIOException {
        int at = 2;
        while (true) {
            require(source.at(at) == 0xFF);
            int marker = source.at(at + 1);
            if (marker == 0xFF) {
                at++;
                continue;
            }
            if (marker == 0xD9) {
                return finish();
            }
            int content = at + 4;
            int end = at + 2 + source.big16(at + 2);
            switch (marker) {
                case 0xC0, 0xC1, 0xC2 -> readFrame(content, end, marker == 0xC2);
                case 0xC4 -> readCodes(content, end);
                case 0xDB -> readQuantisers(content, end);
                case 0xDD -> {
                    require(end == content + 2);
                    restartInterval = source.big16(content);
                }
                case 0xDA -> {
                    readScanHeader(content, end);
                    end = readScan(end);
                }
                default -> require(marker >= 0xE0 && marker <= 0xEF || marker == 0xFE);
            }
            at = end;
        }
    }

    private void readFrame(int content, int end, boolean isProgressive)
            throws OddJpegException, ImageException {
        require(components == null);
        progressive = isProgressive;
        height = source.big16(content + 1);
        width = source.big16(content + 3);
        int count = source.at(content + 5);
        require(width > 0 && height > 0 && (count == 1 || count == 3));
        require(end == content + 6 + 3 * count);
        components = new JpegComponent[count];
        for (int i = 0; i < count; i++) {
            int at = content + 6 + 3 * i;
            int sampling = source.at(at + 1);
            require(isSampling(sampling >> 4) && isSampling(sampling & 0xF));
            components[i] =
                    count == 1 // a single one is never divided into units
                            ? new JpegComponent(source.at(at), 1, 1, source.at(at + 2))
                            : new JpegComponent(
                                    source.at(at),
                                    sampling >> 4,
                                    sampling & 0xF,
                                    source.at(at + 2));
        }
        int across = components[0].across;
        int down = components[0].down;
        require(across == 2 ? down == 1 || down == 2 : across == 1 && down == 1);
        unitsWide = divideUp(width, BLOCK * across);
        unitsHigh = divideUp(height, BLOCK * down);
        for (JpegComponent component : components) {
            require(component == components[0] || component.across == 1 && component.down == 1);
            layOut(component, across, down);
        }
        // Others of full size Java's reader converts well enough.
        require(progressive || reduction > 1 || JpegColumns.canConvert(components, colours));
    }

    private static boolean isSampling(int factor) {
        return factor >= 1 && factor <= 4;
    }

    /** libjpeg's choice of sizes (jdmaster.c): what is halved anyway is reduced less. */
    private void layOut(JpegComponent component, int maxAcross, int maxDown) {
        int least = BLOCK / reduction;
        int size = least;
        while (size < BLOCK
                && maxAcross * least % (component.across * size * 2) == 0
                && maxDown * least % (component.down * size * 2) == 0) {
            size *= 2;
        }
        component.size = size;
        component.timesAcross = maxAcross * least / (component.across * size);
        component.timesDown = maxDown * least / (component.down * size);
        component.width = divideUp(width * component.across * size, maxAcross * BLOCK);
        component.height = divideUp(height * component.down * size, maxDown * BLOCK);
        component.blocksWide = divideUp(width * component.across, maxAcross * BLOCK);
        component.blocksHigh = divideUp(height * component.down, maxDown * BLOCK);
        component.blocksStride = unitsWide * component.across;
        component.stride = component.blocksStride * size;
        int blocks = component.blocksStride * unitsHigh * component.down;
        component.coefficients = progressive ? new short[COEFFICIENTS * blocks] : null;
        component.known = progressive ? new long[blocks] : null;
    }

    private void readQuantisers(int content, int end) throws OddJpegException, ImageException {
        int at = content;
        while (at < end) {
            int head = source.at(at++);
            require(head >> 4 <= 1 && (head & 0xF) < 4);
            int[] factors = new int[COEFFICIENTS];
            for (int k = 0; k < COEFFICIENTS; k++, at += 1 + (head >> 4)) {
                factors[k] = head >> 4 == 0 ? source.at(at) : source.big16(at);
            }
            quantisers[head & 0xF] = factors;
        }
        require(at == end);
    }

    private void readCodes(int content, int end) throws OddJpegException, ImageException {
        int at = content;
        while (at < end) {
            int head = source.at(at++);
            require(head >> 4 <= 1 && (head & 0xF) < 4);
            int total = HuffmanTable.LENGTHS;
            for (int i = 0; i < HuffmanTable.LENGTHS; i++) {
                total += source.at(at + i);
            }
            require(total <= HuffmanTable.LENGTHS + 256 && at + total <= end);
            byte[] definition = Arrays.copyOfRange(source.bytes(), at, at + total);
            (head >> 4 == 0 ? dcTables : acTables)[head & 0xF] = HuffmanTable.of(definition);
            at += total;
        }
        require(at == end);
    }

    private void readScanHeader(int content, int end) throws OddJpegException, ImageException {
        require(components != null);
        int count = source.at(content);
        require(count >= 1 && count <= components.length && end == content + 4 + 2 * count);
        scanned = new JpegComponent[count];
        int at = content + 1;
        int next = 0; // components come in the order of the frame
        for (int i = 0; i < count; i++, at += 2) {
            while (next < components.length && components[next].id != source.at(at)) {
                next++;
            }
            require(next < components.length);
            JpegComponent component = components[next++];
            int tables = source.at(at + 1);
            require(tables >> 4 < 4 && (tables & 0xF) < 4);
            component.dcTable = dcTables[tables >> 4];
            component.acTable = acTables[tables & 0xF];
            if (component.factors == null) {
                require(component.quantiser < 4 && quantisers[component.quantiser] != null);
                component.factors = quantisers[component.quantiser];
            }
            scanned[i] = component;
        }
        from = source.at(at);
        to = source.at(at + 1);
        highBit = source.at(at + 2) >> 4;
        lowBit = source.at(at + 2) & 0xF;
        require(from <= to && to < COEFFICIENTS && lowBit <= 13);
        require(
                progressive
                        ? from == 0 ? to == 0 : count == 1
                        : count == components.length && to == 63 && from + highBit + lowBit == 0);
        for (JpegComponent component : scanned) {
            require(highBit > 0 || from > 0 || isForDifferences(component.dcTable));
            require(to == 0 || component.acTable != null);
            for (int k = from; k <= to; k++) {
                int known = component.lowestBit[k];
                require(highBit == 0 ? known < 0 : known == highBit && lowBit == highBit - 1);
                component.lowestBit[k] = lowBit;
            }
        }
    }

    private static boolean isForDifferences(HuffmanTable table) {
        return table != null && table.largest() <= HuffmanTable.LONGEST_DIFFERENCE;
    }

    /** Goes through the units of a scan, and gives the place of the marker after it. */
    private int readScan(int start)
            throws OddJpegException, ImageException, InterruptedIOException {
        if (bits == null) {
            bits = new JpegBits(source.bytes());
        }
        restart(start);
        JpegBlocks blocks = progressive ? null : makeBlocks();
        JpegComponent only = scanned.length == 1 ? scanned[0] : null;
        int wide = only == null ? unitsWide : only.blocksWide;
        int high = only == null ? unitsHigh : only.blocksHigh;
        int untilRestart = restartInterval == 0 ? Integer.MAX_VALUE : restartInterval;
        int restarts = 0;
        for (int y = 0; y < high; y++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("decoding was interrupted");
            }
            for (int x = 0, count; x < wide; x += count) {
                if (untilRestart == 0) {
                    int marker = endOfScan();
                    require(source.big16(marker) == 0xFFD0 + restarts++ % 8);
                    restart(marker + 2);
                    untilRestart = restartInterval;
                }
                count = Math.min(wide - x, untilRestart);
                if (blocks != null) {
                    blocks.read(bits, count);
                } else {
                    readUnits(only, x, y, count);
                }
                untilRestart -= count;
            }
        }
        return endOfScan();
    }

    private JpegBlocks makeBlocks() {
        List<JpegComponent> unit = new ArrayList<>();
        for (JpegComponent component : components) {
            component.firstOfUnit = unit.size();
            unit.addAll(Collections.nCopies(component.across * component.down, component));
        }
        JpegBlocks blocks = new JpegBlocks(unit, unitsWide * unitsHigh, source.size());
        for (JpegComponent component : components) {
            component.listed = blocks;
            component.blocksOfUnit = unit.size();
        }
        return blocks;
    }

    private void restart(int at) {
        bits.open(at);
        emptyBlocks = 0;
        for (JpegComponent component : scanned) {
            component.previous = 0;
        }
    }

    private int endOfScan() throws OddJpegException {
        require(emptyBlocks == 0);
        return bits.endOfScan();
    }

    /**
     * Reads units of a progressive scan that lie side by side.
     *
     * @param only the component whose blocks they are, if there is only one
     */
    private void readUnits(JpegComponent only, int x, int y, int count) throws OddJpegException {
        for (int i = x; i < x + count; i++) {
            if (only == null) {
                readUnit(i, y);
            } else {
                readBlock(only, i, y);
            }
        }
    }

    private void readUnit(int x, int y) throws OddJpegException {
        for (JpegComponent component : scanned) {
            for (int row = 0; row < component.down; row++) {
                for (int column = 0; column < component.across; column++) {
                    readBlock(component, x * component.across + column, y * component.down + row);
                }
            }
        }
    }

    private void readBlock(JpegComponent component, int x, int y) throws OddJpegException {
        int at = COEFFICIENTS * (y * component.blocksStride + x);
        if (from == 0) {
            readFirst(component, at);
        } else if (highBit == 0) {
            readRest(component, at);
        } else {
            refineRest(component, at);
        }
        require(!bits.ranOut());
    }

    /** The first coefficient of a block of a progressive file, or one more bit of it (G.1.2.1). */
    private void readFirst(JpegComponent component, int at) throws OddJpegException {
        if (highBit == 0) {
            component.previous += bits.difference(component.dcTable);
            component.coefficients[at] = (short) (component.previous << lowBit);
        } else if (bits.takeBit()) {
            component.coefficients[at] |= (short) (1 << lowBit);
        }
    }

    /** The high bits of some other coefficients (G.1.2.2). */
    private void readRest(JpegComponent component, int at) throws OddJpegException {
        if (emptyBlocks > 0) {
            emptyBlocks--;
            return;
        }
        short[] coefficients = component.coefficients;
        for (int k = from; k <= to; k++) {
            bits.fill();
            int symbol = component.acTable.symbol(bits);
            int zeros = symbol >> 4;
            int length = symbol & 0xF;
            if (length > 0) {
                k += zeros;
                require(k <= to);
                short value = (short) (bits.takeSigned(length) << lowBit);
                coefficients[at + k] = value;
                component.known[at / COEFFICIENTS] |= value == 0 ? 0 : 1L << k;
            } else if (zeros == 15) {
                k += 15;
            } else {
                emptyBlocks = emptyRun(zeros) - 1;
                return;
            }
        }
    }

    /** How many blocks have nothing more, the present one among them. */
    private int emptyRun(int length) {
        return length == 0 ? 1 : (1 << length) + bits.take(length);
    }

    /** One more bit of some other coefficients (G.1.2.3). */
    private void refineRest(JpegComponent component, int at) throws OddJpegException {
        short[] coefficients = component.coefficients;
        long[] known = component.known;
        int number = at / COEFFICIENTS;
        int k = from;
        if (emptyBlocks == 0) {
            while (k <= to) {
                bits.fill();
                int symbol = component.acTable.symbol(bits);
                int zeros = symbol >> 4;
                int length = symbol & 0xF;
                int fresh = 0;
                if (length > 0) {
                    require(length == 1);
                    fresh = bits.take(1) != 0 ? 1 << lowBit : -1 << lowBit;
                } else if (zeros < 15) {
                    emptyBlocks = emptyRun(zeros);
                    break;
                }
                k = refineUntil(coefficients, at, known[number], k, zeros);
                require(fresh == 0 || k <= to);
                if (fresh != 0) {
                    coefficients[at + k] = (short) fresh;
                    known[number] |= 1L << k;
                }
                k++;
            }
        }
        if (emptyBlocks > 0) {
            refineUntil(coefficients, at, known[number], k, COEFFICIENTS);
            emptyBlocks--;
        }
    }

    /** Refines what is known already, up to the zero after as many zeros. */
    private int refineUntil(short[] coefficients, int at, long known, int start, int zeros) {
        int k = start;
        int left = zeros;
        while (k <= to) {
            int before = Long.numberOfTrailingZeros(known >>> k);
            if (left < before || k + before > to) {
                return Math.min(k + left, to + 1);
            }
            left -= before;
            k += before;
            int value = coefficients[at + k];
            if (bits.takeBit() && (value & 1 << lowBit) == 0) {
                coefficients[at + k] += (short) (value > 0 ? 1 << lowBit : -1 << lowBit);
            }
            k++;
        }
        return k;
    }

    private RgbImage finish() throws OddJpegException {
        require(components != null);
        for (JpegComponent component : components) {
            // Where bits are missing libjpeg smooths the blocks.
            for (int bit : component.lowestBit) {
                require(bit == 0);
            }
        }
        if (reduction == 1 && JpegColumns.canConvert(components, colours)) {
            return new RgbImage(new JpegCoefficients(components, width, height));
        }
        for (JpegComponent component : components) {
            transformAll(component);
        }
        int smallWidth = divideUp(width, reduction);
        int smallHeight = divideUp(height, reduction);
        return new JpegPlanes(components, smallWidth, smallHeight, reduction).toRgb(colours);
    }

    private void transformAll(JpegComponent component) {
        int wide = component.blocksStride;
        int size = component.size;
        int high = unitsHigh * component.down;
        component.plane = new byte[wide * high * size * size];
        for (int y = 0; y < high; y++) {
            for (int x = 0; x < wide; x++) {
                int last = component.load(x, y, block);
                int at = size * (y * component.stride + x);
                transform.apply(block, last, size, component.plane, at, component.stride);
            }
        }
        component.coefficients = null;
        component.listed = null;
    }

    private static int divideUp(int value, int divisor) {
        return (value + divisor - 1) / divisor;
    }

    private static void require(boolean usual) throws OddJpegException {
        if (!usual) {
            throw new OddJpegException();
        }
    }
}
