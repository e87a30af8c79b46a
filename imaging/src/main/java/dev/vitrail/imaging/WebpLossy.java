package dev.vitrail.imaging;

import java.io.InterruptedIOException;
import java.util.Arrays;

/**
 * The lossy form of WebP: one key frame of VP8 (RFC 6386). Predictions are made from pixels that no
 * filter has touched, so the frame is put together first and filtered then; colour differences are
 * interpolated as libwebp does it.
 *
 * <p>A plug-in was not preferred: TwelveMonkeys' repeats colour differences, which is up to 80
 * levels off at edges between strong colours, and takes seconds for a photo.
 */
final class WebpLossy {
    private static final int HEADER = 10;
    private static final int SEGMENTS = 4;

    /** Kinds of blocks: of luma without its first coefficient, those, colour, luma. */
    private static final int LUMA_REST = 0;

    private static final int LUMA_FIRSTS = 1;
    private static final int COLOUR = 2;
    private static final int LUMA = 3;

    private static final int TOKENS = 11;
    private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
    private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
    private static final int[][] LONG_VALUES = {
        {173, 148, 140},
        {176, 155, 140, 135},
        {180, 157, 141, 134, 130},
        {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
    };

    private final ImageSource source;
    private final int width;
    private final int height;
    private final int across;
    private final int down;
    private final WebpPlane luma;
    private final WebpPlane blue;
    private final WebpPlane red;

    private final WebpBooleans header;
    private final WebpBooleans[] partitions;
    private final byte[] probabilities = WebpTables.COEFFICIENTS.clone();

    private boolean segmented;
    private boolean segmentsToldEach;
    private boolean segmentsAbsolute;
    private final int[] segmentQuantisers = new int[SEGMENTS];
    private final int[] segmentLevels = new int[SEGMENTS];
    private final int[] segmentTree = {255, 255, 255};

    private boolean simpleFilter;
    private int filterLevel;
    private int sharpness;
    private boolean levelsDiffer;
    private final int[] sourceDeltas = new int[4];
    private final int[] modeDeltas = new int[4];

    /** By segment, then first and other coefficients of luma, of their firsts, and of colour. */
    private final int[][] quantisers = new int[SEGMENTS][];

    /** Above 0 where blocks without coefficients are told. */
    private int skipProbability;

    /** What of the blocks above and to the left had coefficients: luma, blue, red, firsts. */
    private final boolean[] above;

    private final boolean[] left = new boolean[9];
    private final int[] modesAbove;
    private final int[] modesLeft = new int[4];
    private final int[] modes = new int[16];
    private final int[] coefficients = new int[25 * 16];

    /** Of every block of 16 pixels: the level of its filter, and whether it is filtered within. */
    private final byte[] levels;

    private final boolean[] within;

    private WebpLossy(ImageSource source, int start, int end) throws ImageException {
        this.source = source;
        int bits = source.little16(start) | source.at(start + 2) << 16;
        boolean begins = source.has(start + 3, "\u009D\u0001\u002A");
        require((bits & 1) == 0 && begins && (bits >> 1 & 7) <= 3, "is no key frame of VP8");
        require((bits >> 4 & 1) == 1, "is not to be shown");
        this.width = source.little16(start + 6) & 0x3FFF;
        this.height = source.little16(start + 8) & 0x3FFF;
        this.across = width + 15 >> 4;
        this.down = height + 15 >> 4;
        int first = start + HEADER;
        int second = first + (bits >> 5);
        require(second <= end, "ends within its first part");
        this.header = new WebpBooleans(source.bytes(), first, second);
        this.luma = new WebpPlane(16 * across, 16 * down);
        this.blue = new WebpPlane(8 * across, 8 * down);
        this.red = new WebpPlane(8 * across, 8 * down);
        this.above = new boolean[9 * across];
        this.modesAbove = new int[4 * across];
        this.levels = new byte[across * down];
        this.within = new boolean[across * down];
        header.number(2); // the kind of colours, and whether sums need no limit
        readSegments();
        readFilter();
        this.partitions = partitions(second, end);
        readQuantisers();
        readProbabilities();
        require(!header.wasExhausted(), "ends within its header");
    }

    /**
     * Decodes the content of a chunk.
     *
     * @param start where it begins in the file
     * @param end where it ends
     */
    static RgbImage decode(ImageSource source, int start, int end)
            throws ImageException, InterruptedIOException {
        WebpLossy frame = new WebpLossy(source, start, end);
        frame.readBlocks();
        frame.filter();
        return new RgbImage(
                frame.width,
                frame.height,
                WebpColours.toRgb(frame.luma, frame.blue, frame.red, frame.width, frame.height));
    }

    private void readSegments() {
        segmented = header.flag();
        if (!segmented) {
            return;
        }
        segmentsToldEach = header.flag();
        if (header.flag()) {
            segmentsAbsolute = header.flag();
            for (int i = 0; i < SEGMENTS; i++) {
                segmentQuantisers[i] = header.optional(7);
            }
            for (int i = 0; i < SEGMENTS; i++) {
                segmentLevels[i] = header.optional(6);
            }
        }
        for (int i = 0; segmentsToldEach && i < segmentTree.length; i++) {
            segmentTree[i] = header.flag() ? header.number(8) : 255;
        }
    }

    private void readFilter() {
        simpleFilter = header.flag();
        filterLevel = header.number(6);
        sharpness = header.number(3);
        levelsDiffer = header.flag();
        if (levelsDiffer && header.flag()) {
            for (int i = 0; i < sourceDeltas.length; i++) {
                sourceDeltas[i] = header.optional(6);
            }
            for (int i = 0; i < modeDeltas.length; i++) {
                modeDeltas[i] = header.optional(6);
            }
        }
    }

    private WebpBooleans[] partitions(int start, int end) throws ImageException {
        WebpBooleans[] parts = new WebpBooleans[1 << header.number(2)];
        int at = start + 3 * (parts.length - 1);
        require(at <= end, "ends before its coefficients");
        for (int i = 0; i < parts.length; i++) {
            int size = end - at;
            require(i < parts.length - 1 || size > 0, "ends before its last coefficients");
            if (i < parts.length - 1) {
                int told = start + 3 * i;
                size = Math.min(size, source.little16(told) | source.at(told + 2) << 16);
            }
            parts[i] = new WebpBooleans(source.bytes(), at, at + size);
            at += size;
        }
        return parts;
    }

    private void readQuantisers() {
        int base = header.number(7);
        int lumaFirst = header.optional(4);
        int firstsFirst = header.optional(4);
        int firstsRest = header.optional(4);
        int colourFirst = header.optional(4);
        int colourRest = header.optional(4);
        for (int i = 0; i < SEGMENTS; i++) {
            int at = segmented ? segmentQuantisers[i] + (segmentsAbsolute ? 0 : base) : base;
            quantisers[i] =
                    new int[] {
                        WebpTables.dc(at + lumaFirst),
                        WebpTables.ac(at),
                        2 * WebpTables.dc(at + firstsFirst),
                        Math.max(8, WebpTables.ac(at + firstsRest) * 155 / 100),
                        WebpTables.dc(Math.min(117, at + colourFirst)),
                        WebpTables.ac(at + colourRest)
                    };
        }
    }

    private void readProbabilities() {
        header.flag(); // whether they hold for frames to come
        for (int i = 0; i < probabilities.length; i++) {
            if (header.bit(WebpTables.UPDATES[i] & 0xFF) == 1) {
                probabilities[i] = (byte) header.number(8);
            }
        }
        skipProbability = header.flag() ? header.number(8) : -1;
    }

    private void readBlocks() throws ImageException, InterruptedIOException {
        for (int y = 0; y < down; y++) {
            ImageSource.throwIfInterrupted();
            Arrays.fill(left, false);
            Arrays.fill(modesLeft, WebpPlane.DC);
            WebpBooleans tokens = partitions[y & partitions.length - 1];
            for (int x = 0; x < across; x++) {
                readBlock(tokens, x, y);
            }
            require(!header.wasExhausted() && !tokens.wasExhausted(), "ends early");
        }
    }

    private void readBlock(WebpBooleans tokens, int x, int y) {
        int segment = 0;
        if (segmentsToldEach) {
            int upper = header.bit(segmentTree[0]);
            segment = 2 * upper + header.bit(segmentTree[1 + upper]);
        }
        boolean skipped = skipProbability >= 0 && header.bit(skipProbability) == 1;
        boolean small = header.bit(145) == 0;
        int mode = small ? readSmallModes(x) : readMode(x);
        int colourMode =
                header.bit(142) == 0
                        ? WebpPlane.DC
                        : header.bit(114) == 0
                                ? WebpPlane.VERTICAL
                                : header.bit(183) == 0
                                        ? WebpPlane.HORIZONTAL
                                        : WebpPlane.TRUE_MOTION;
        Arrays.fill(coefficients, 0);
        boolean empty = true;
        if (skipped) {
            boolean firsts = left[8];
            boolean firstsAbove = above[9 * x + 8];
            Arrays.fill(left, false);
            Arrays.fill(above, 9 * x, 9 * x + 9, false);
            left[8] = small && firsts;
            above[9 * x + 8] = small && firstsAbove;
        } else {
            empty = !readCoefficients(tokens, x, small, quantisers[segment]);
        }
        levels[y * across + x] = (byte) level(segment, small);
        within[y * across + x] = small || !empty;
        if (small) {
            for (int i = 0; i < 16; i++) {
                luma.predictSmall(x, y, i, modes[i]);
                luma.add(16 * x + i % 4 * 4, 16 * y + i / 4 * 4, coefficients, 16 * i);
            }
        } else {
            luma.predict(16, x, y, mode);
            for (int i = 0; i < 16; i++) {
                luma.add(16 * x + i % 4 * 4, 16 * y + i / 4 * 4, coefficients, 16 * i);
            }
        }
        blue.predict(8, x, y, colourMode);
        red.predict(8, x, y, colourMode);
        for (int i = 0; i < 4; i++) {
            int column = 8 * x + i % 2 * 4;
            int row = 8 * y + i / 2 * 4;
            blue.add(column, row, coefficients, 16 * (16 + i));
            red.add(column, row, coefficients, 16 * (20 + i));
        }
    }

    private int readMode(int x) {
        int mode =
                header.bit(156) == 1
                        ? header.bit(128) == 1 ? WebpPlane.TRUE_MOTION : WebpPlane.HORIZONTAL
                        : header.bit(163) == 1 ? WebpPlane.VERTICAL : WebpPlane.DC;
        Arrays.fill(modesLeft, mode);
        Arrays.fill(modesAbove, 4 * x, 4 * x + 4, mode);
        return mode;
    }

    private int readSmallModes(int x) {
        for (int i = 0; i < 16; i++) {
            int column = 4 * x + i % 4;
            int at = 9 * (10 * modesAbove[column] + modesLeft[i / 4]);
            modes[i] = readSmallMode(WebpTables.MODES, at);
            modesAbove[column] = modes[i];
            modesLeft[i / 4] = modes[i];
        }
        return -1;
    }

    private int readSmallMode(byte[] chances, int at) {
        if (header.bit(chances[at] & 0xFF) == 0) {
            return WebpPlane.DC;
        }
        if (header.bit(chances[at + 1] & 0xFF) == 0) {
            return WebpPlane.TRUE_MOTION;
        }
        if (header.bit(chances[at + 2] & 0xFF) == 0) {
            return WebpPlane.VERTICAL;
        }
        if (header.bit(chances[at + 3] & 0xFF) == 0) {
            if (header.bit(chances[at + 4] & 0xFF) == 0) {
                return WebpPlane.HORIZONTAL;
            }
            return header.bit(chances[at + 5] & 0xFF) == 0
                    ? WebpPlane.RIGHT_DOWN
                    : WebpPlane.VERTICAL_RIGHT;
        }
        if (header.bit(chances[at + 6] & 0xFF) == 0) {
            return WebpPlane.LEFT_DOWN;
        }
        if (header.bit(chances[at + 7] & 0xFF) == 0) {
            return WebpPlane.VERTICAL_LEFT;
        }
        return header.bit(chances[at + 8] & 0xFF) == 0
                ? WebpPlane.HORIZONTAL_DOWN
                : WebpPlane.HORIZONTAL_UP;
    }

    /** Reads all blocks of 4 by 4 of a block of 16 by 16; whether there is one that is not 0. */
    private boolean readCoefficients(WebpBooleans tokens, int x, boolean small, int[] quantiser) {
        boolean any = false;
        int from = 0;
        int kind = LUMA;
        int aboveAt = 9 * x;
        if (!small) {
            int context = (left[8] ? 1 : 0) + (above[aboveAt + 8] ? 1 : 0);
            int count = readValues(tokens, LUMA_FIRSTS, context, quantiser, 2, 0, 24 * 16);
            left[8] = count > 0;
            above[aboveAt + 8] = count > 0;
            WebpPlane.spreadFirsts(coefficients, 24 * 16);
            any = hasFirsts();
            from = 1;
            kind = LUMA_REST;
        }
        for (int i = 0; i < 16; i++) {
            any |= readValues(tokens, kind, quantiser, 0, from, i, i / 4, aboveAt + i % 4);
        }
        for (int plane = 0; plane < 2; plane++) {
            for (int i = 0; i < 4; i++) {
                int block = 16 + 4 * plane + i;
                int leftAt = 4 + 2 * plane + i / 2;
                int columnAt = aboveAt + 4 + 2 * plane + i % 2;
                any |= readValues(tokens, COLOUR, quantiser, 4, 0, block, leftAt, columnAt);
            }
        }
        return any;
    }

    private boolean hasFirsts() {
        for (int i = 0; i < 16; i++) {
            if (coefficients[16 * i] != 0) {
                return true;
            }
        }
        return false;
    }

    private boolean readValues(
            WebpBooleans tokens,
            int kind,
            int[] quantiser,
            int quantiserAt,
            int from,
            int block,
            int leftAt,
            int aboveAt) {
        int context = (left[leftAt] ? 1 : 0) + (above[aboveAt] ? 1 : 0);
        int count = readValues(tokens, kind, context, quantiser, quantiserAt, from, 16 * block);
        boolean any = count > from;
        left[leftAt] = any;
        above[aboveAt] = any;
        return any;
    }

    /**
     * One block's coefficients (RFC 6386, 13); one more than the place of the last that is told.
     */
    private int readValues(
            WebpBooleans tokens,
            int kind,
            int context,
            int[] quantiser,
            int quantiserAt,
            int from,
            int target) {
        int n = from;
        int at = place(kind, n, context);
        while (n < 16) {
            if (tokens.bit(probabilities[at] & 0xFF) == 0) {
                return n;
            }
            while (tokens.bit(probabilities[at + 1] & 0xFF) == 0) {
                at = place(kind, ++n, 0);
                if (n == 16) {
                    return 16;
                }
            }
            int value = 1;
            boolean isOne = tokens.bit(probabilities[at + 2] & 0xFF) == 0;
            if (!isOne) {
                value = largeValue(tokens, at);
            }
            int product = tokens.signed(value) * quantiser[quantiserAt + (n > 0 ? 1 : 0)];
            coefficients[target + ZIGZAG[n]] = (short) product; // as in libwebp
            at = place(kind, ++n, isOne ? 1 : 2);
        }
        return 16;
    }

    private static int place(int kind, int n, int context) {
        return ((kind * 8 + BANDS[n]) * 3 + context) * TOKENS;
    }

    private int largeValue(WebpBooleans tokens, int at) {
        if (tokens.bit(probabilities[at + 3] & 0xFF) == 0) {
            return tokens.bit(probabilities[at + 4] & 0xFF) == 0
                    ? 2
                    : 3 + tokens.bit(probabilities[at + 5] & 0xFF);
        }
        if (tokens.bit(probabilities[at + 6] & 0xFF) == 0) {
            if (tokens.bit(probabilities[at + 7] & 0xFF) == 0) {
                return 5 + tokens.bit(159);
            }
            int upper = tokens.bit(165);
            return 7 + 2 * upper + tokens.bit(145);
        }
        int upper = tokens.bit(probabilities[at + 8] & 0xFF);
        int category = 2 * upper + tokens.bit(probabilities[at + 9 + upper] & 0xFF);
        int value = 0;
        for (int probability : LONG_VALUES[category]) {
            value = 2 * value + tokens.bit(probability);
        }
        return value + 3 + (8 << category);
    }

    private int level(int segment, boolean small) {
        if (filterLevel == 0) {
            return 0;
        }
        int level = filterLevel;
        if (segmented) {
            level = segmentLevels[segment] + (segmentsAbsolute ? 0 : filterLevel);
        }
        if (levelsDiffer) {
            level += sourceDeltas[0] + (small ? modeDeltas[0] : 0);
        }
        return Math.max(0, Math.min(63, level));
    }

    private void filter() throws InterruptedIOException {
        for (int y = 0; y < down; y++) {
            ImageSource.throwIfInterrupted();
            for (int x = 0; x < across; x++) {
                int level = levels[y * across + x];
                if (level > 0) {
                    filter(x, y, level, within[y * across + x]);
                }
            }
        }
    }

    private void filter(int x, int y, int level, boolean inner) {
        int interior = level;
        if (sharpness > 0) {
            interior = Math.min(interior >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
        }
        interior = Math.max(1, interior);
        int limit = 2 * level + interior;
        if (simpleFilter) {
            luma.filterSimply(x, y, limit, inner);
            return;
        }
        int edges = level >= 40 ? 2 : level >= 15 ? 1 : 0;
        luma.filter(16, x, y, new int[] {limit, interior, edges}, inner);
        blue.filter(8, x, y, new int[] {limit, interior, edges}, inner);
        red.filter(8, x, y, new int[] {limit, interior, edges}, inner);
    }

    private void require(boolean holds, String otherwise) throws ImageException {
        if (!holds) {
            throw source.corrupt("lossy WebP that " + otherwise, null);
        }
    }
}
