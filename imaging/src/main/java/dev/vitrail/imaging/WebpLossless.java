package dev.vitrail.imaging;

import java.io.InterruptedIOException;

/**
 * The lossless form of WebP (RFC 9649, section 3): backward references, a cache of colours and
 * prefix codes, and up to four transforms, which are undone in place.
 *
 * <p>A plug-in was not preferred: TwelveMonkeys' refuses sound files, takes wrong colours from
 * others, and is busy for half a minute with damaged ones.
 */
final class WebpLossless {
    private static final int SIGNATURE = 0x2F;
    private static final int BLACK = 0xFF000000;

    private static final int PREDICTOR = 0;
    private static final int COLOUR = 1;
    private static final int SUBTRACT_GREEN = 2;
    private static final int COLOUR_INDEXING = 3;

    /** What of a code of greens is a colour, and a length of a reference; the rest is the cache. */
    private static final int LITERALS = 256;

    private static final int LENGTHS = 24;
    private static final int DISTANCES = 40;

    /**
     * Distances of the 120 nearest pixels, nearest first (section 3.5.2): rows above in the first
     * digit, 8 minus the columns to the left in the second.
     */
    private static final String NEAR =
            "1807171928062729161a262a38053739151b363a252b48044749141c353b464a242c58454b343c03"
                    + "5759131d565a232d444c555b333d68026769121e666a222e545c434d656b323e78017779535d"
                    + "111f646c424e767a212f757b313f636d525e00747c414f1020626e30737d515f40727e616f50"
                    + "717f6070";

    /** A transform as it was read, for an image of the width it had then. */
    private record Transform(int type, int width, int blockBits, int[] data) {}

    /** The five codes of a group, for green, red, blue, alpha and distance. */
    private record Group(
            WebpPrefixCode green,
            WebpPrefixCode red,
            WebpPrefixCode blue,
            WebpPrefixCode alpha,
            WebpPrefixCode distance) {}

    private final ImageSource source;
    private final WebpBits bits;
    private final WebpPrefixCode.Budget budget = new WebpPrefixCode.Budget();

    private WebpLossless(ImageSource source, int start, int end) {
        this.source = source;
        this.bits = new WebpBits(source, start, end);
    }

    /**
     * Decodes the content of a chunk.
     *
     * @param start where it begins in the file
     * @param end where it ends
     */
    static RgbImage decode(ImageSource source, int start, int end)
            throws ImageException, InterruptedIOException {
        return new WebpLossless(source, start, end).image();
    }

    private RgbImage image() throws ImageException, InterruptedIOException {
        require(bits.read(8) == SIGNATURE, "does not begin as such");
        int width = bits.read(14) + 1;
        int height = bits.read(14) + 1;
        bits.read(1); // whether alpha says anything
        require(bits.read(3) == 0, "is of an unknown version");
        Transform[] transforms = new Transform[4];
        int count = 0;
        int seen = 0;
        int packedWidth = width;
        while (bits.read(1) == 1) {
            int type = bits.read(2);
            require((seen & 1 << type) == 0, "has a transform twice");
            seen |= 1 << type;
            transforms[count] = transform(type, packedWidth, height);
            packedWidth = type == COLOUR_INDEXING ? packed(transforms[count]) : packedWidth;
            count++;
        }
        int[] pixels = pixels(packedWidth, height, true);
        while (--count >= 0) {
            pixels = undo(transforms[count], pixels, height);
        }
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0, at = 0; at < rgb.length; i++) {
            rgb[at++] = (byte) (pixels[i] >> 16);
            rgb[at++] = (byte) (pixels[i] >> 8);
            rgb[at++] = (byte) pixels[i];
        }
        return new RgbImage(width, height, rgb);
    }

    private Transform transform(int type, int width, int height)
            throws ImageException, InterruptedIOException {
        return switch (type) {
            case PREDICTOR, COLOUR -> {
                int blockBits = bits.read(3) + 2;
                yield new Transform(
                        type,
                        width,
                        blockBits,
                        pixels(blocks(width, blockBits), blocks(height, blockBits), false));
            }
            case SUBTRACT_GREEN -> new Transform(type, width, 0, new int[0]);
            default -> {
                int size = bits.read(8) + 1;
                int[] colours = pixels(size, 1, false);
                for (int i = 1; i < size; i++) {
                    colours[i] = sum(colours[i], colours[i - 1]);
                }
                // By how many bits more than one pixel lies in a green.
                int widthBits = size <= 2 ? 3 : size <= 4 ? 2 : size <= 16 ? 1 : 0;
                yield new Transform(type, width, widthBits, colours);
            }
        };
    }

    private static int packed(Transform indexing) {
        return blocks(indexing.width, indexing.blockBits);
    }

    private static int blocks(int edge, int blockBits) {
        return edge + (1 << blockBits) - 1 >> blockBits;
    }

    /** Pixels as they are stored: the image's, or those that steer a transform or the codes. */
    private int[] pixels(int width, int height, boolean isMain)
            throws ImageException, InterruptedIOException {
        boolean hasCache = bits.read(1) == 1;
        int cacheBits = hasCache ? bits.read(4) : 0;
        require(cacheBits <= 11 && cacheBits > 0 == hasCache, "has a cache of no possible size");
        int[] cache = cacheBits == 0 ? null : new int[1 << cacheBits];
        int groupBits = 0;
        int[] groupOf = null;
        int groupCount = 1;
        if (isMain && bits.read(1) == 1) {
            groupBits = bits.read(3) + 2;
            groupOf = pixels(blocks(width, groupBits), blocks(height, groupBits), false);
            for (int i = 0; i < groupOf.length; i++) {
                groupOf[i] = groupOf[i] >> 8 & 0xFFFF;
                groupCount = Math.max(groupCount, groupOf[i] + 1);
            }
        }
        Group[] groups = new Group[groupCount];
        for (int i = 0; i < groupCount; i++) {
            groups[i] = group(cache == null ? 0 : cache.length);
        }
        return pixels(width, height, cache, groups, groupOf, groupBits);
    }

    private Group group(int cached) throws ImageException, InterruptedIOException {
        ImageSource.throwIfInterrupted();
        return new Group(
                WebpPrefixCode.read(source, bits, LITERALS + LENGTHS + cached, budget),
                WebpPrefixCode.read(source, bits, LITERALS, budget),
                WebpPrefixCode.read(source, bits, LITERALS, budget),
                WebpPrefixCode.read(source, bits, LITERALS, budget),
                WebpPrefixCode.read(source, bits, DISTANCES, budget));
    }

    private int[] pixels(
            int width, int height, int[] cache, Group[] groups, int[] groupOf, int groupBits)
            throws ImageException, InterruptedIOException {
        int[] pixels = new int[width * height];
        int cacheShift = cache == null ? 0 : Integer.numberOfLeadingZeros(cache.length - 1);
        int groupsWide = blocks(width, groupBits);
        Group group = groups[0];
        int at = 0;
        int x = 0;
        int y = 0;
        while (at < pixels.length) {
            if (x == 0) {
                ImageSource.throwIfInterrupted();
            }
            if (groupOf != null) {
                group = groups[groupOf[(y >> groupBits) * groupsWide + (x >> groupBits)]];
            }
            int code = group.green.next(bits);
            int end = at + 1;
            if (code < LITERALS) {
                int red = group.red.next(bits);
                int blue = group.blue.next(bits);
                int alpha = group.alpha.next(bits);
                pixels[at] = alpha << 24 | red << 16 | code << 8 | blue;
            } else if (code < LITERALS + LENGTHS) {
                int length = number(code - LITERALS);
                int distance = distance(number(group.distance.next(bits)), width);
                require(distance <= at && length <= pixels.length - at, "refers to no pixel");
                end = at + length;
                for (int i = at; i < end; i++) {
                    pixels[i] = pixels[i - distance];
                }
            } else {
                pixels[at] = cache[code - LITERALS - LENGTHS];
            }
            if (cache != null) {
                for (int i = at; i < end; i++) {
                    cache[0x1E35A7BD * pixels[i] >>> cacheShift] = pixels[i];
                }
            }
            x += end - at;
            at = end;
            y += x / width;
            x %= width;
        }
        bits.requireWithin();
        return pixels;
    }

    /** A length or distance code: its symbol, and as many bits more as that says. */
    private int number(int symbol) throws ImageException {
        if (symbol < 4) {
            return symbol + 1;
        }
        int extra = symbol - 2 >> 1;
        return (2 + (symbol & 1) << extra) + bits.read(extra) + 1;
    }

    private static int distance(int code, int width) {
        int near = NEAR.length() / 2;
        if (code > near) {
            return code - near;
        }
        int rows = Character.digit(NEAR.charAt(2 * code - 2), 16);
        int columns = 8 - Character.digit(NEAR.charAt(2 * code - 1), 16);
        return Math.max(1, rows * width + columns);
    }

    private int[] undo(Transform transform, int[] pixels, int height)
            throws InterruptedIOException {
        switch (transform.type) {
            case PREDICTOR -> undoPredictor(transform, pixels, height);
            case COLOUR -> undoColour(transform, pixels, height);
            case SUBTRACT_GREEN -> {
                for (int i = 0; i < pixels.length; i++) {
                    int green = pixels[i] >> 8 & 0xFF;
                    int others = (pixels[i] & 0xFF00FF) + (green << 16 | green) & 0xFF00FF;
                    pixels[i] = pixels[i] & 0xFF00FF00 | others;
                }
            }
            default -> {
                return undoIndexing(transform, pixels, height);
            }
        }
        return pixels;
    }

    private static void undoPredictor(Transform transform, int[] pixels, int height)
            throws InterruptedIOException {
        int width = transform.width;
        int blocksWide = blocks(width, transform.blockBits);
        pixels[0] = sum(pixels[0], BLACK);
        for (int x = 1; x < width; x++) {
            pixels[x] = sum(pixels[x], pixels[x - 1]);
        }
        for (int y = 1; y < height; y++) {
            ImageSource.throwIfInterrupted();
            int at = y * width;
            pixels[at] = sum(pixels[at], pixels[at - width]);
            int row = (y >> transform.blockBits) * blocksWide;
            for (int x = 1; x < width; x++) {
                int mode = transform.data[row + (x >> transform.blockBits)] >> 8 & 0xF;
                pixels[at + x] = sum(pixels[at + x], predicted(mode, pixels, at + x, width));
            }
        }
    }

    /** What stands to the right above the last column is the row's own first pixel. */
    private static int predicted(int mode, int[] pixels, int at, int width) {
        int left = pixels[at - 1];
        int top = pixels[at - width];
        int topLeft = pixels[at - width - 1];
        int topRight = pixels[at - width + 1];
        return switch (mode) {
            case 1 -> left;
            case 2 -> top;
            case 3 -> topRight;
            case 4 -> topLeft;
            case 5 -> mean(mean(left, topRight), top);
            case 6 -> mean(left, topLeft);
            case 7 -> mean(left, top);
            case 8 -> mean(topLeft, top);
            case 9 -> mean(top, topRight);
            case 10 -> mean(mean(left, topLeft), mean(top, topRight));
            case 11 -> distanceBetween(top, topLeft) < distanceBetween(left, topLeft) ? left : top;
            case 12 -> gradient(left, top, topLeft);
            case 13 -> halfGradient(mean(left, top), topLeft);
            default -> BLACK;
        };
    }

    private static int sum(int a, int b) {
        int outer = (a & 0xFF00FF00) + (b & 0xFF00FF00);
        int inner = (a & 0x00FF00FF) + (b & 0x00FF00FF);
        return outer & 0xFF00FF00 | inner & 0x00FF00FF;
    }

    private static int mean(int a, int b) {
        return ((a ^ b) >>> 1 & 0x7F7F7F7F) + (a & b);
    }

    private static int distanceBetween(int a, int b) {
        int distance = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            distance += Math.abs((a >>> shift & 0xFF) - (b >>> shift & 0xFF));
        }
        return distance;
    }

    private static int gradient(int left, int top, int topLeft) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int level =
                    (left >>> shift & 0xFF) + (top >>> shift & 0xFF) - (topLeft >>> shift & 0xFF);
            result |= Taps.clamp(level) << shift;
        }
        return result;
    }

    private static int halfGradient(int mean, int topLeft) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int level = mean >>> shift & 0xFF;
            result |= Taps.clamp(level + (level - (topLeft >>> shift & 0xFF)) / 2) << shift;
        }
        return result;
    }

    private static void undoColour(Transform transform, int[] pixels, int height)
            throws InterruptedIOException {
        int width = transform.width;
        int blocksWide = blocks(width, transform.blockBits);
        for (int y = 0; y < height; y++) {
            ImageSource.throwIfInterrupted();
            int row = (y >> transform.blockBits) * blocksWide;
            for (int x = 0; x < width; x++) {
                int factors = transform.data[row + (x >> transform.blockBits)];
                int pixel = pixels[y * width + x];
                byte green = (byte) (pixel >> 8);
                int red = (pixel >> 16) + share((byte) factors, green) & 0xFF;
                int blue = pixel + share((byte) (factors >> 8), green);
                blue = blue + share((byte) (factors >> 16), (byte) red) & 0xFF;
                pixels[y * width + x] = pixel & 0xFF00FF00 | red << 16 | blue;
            }
        }
    }

    private static int share(byte factor, byte level) {
        return factor * level >> 5;
    }

    private static int[] undoIndexing(Transform transform, int[] pixels, int height) {
        int widthBits = transform.blockBits;
        int width = transform.width;
        int packedWidth = packed(transform);
        int bitsEach = 8 >> widthBits;
        int[] indexed = widthBits == 0 ? pixels : new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int green = pixels[y * packedWidth + (x >> widthBits)] >> 8 & 0xFF;
                int place = x & (1 << widthBits) - 1;
                int index = green >> place * bitsEach & (1 << bitsEach) - 1;
                indexed[y * width + x] = index < transform.data.length ? transform.data[index] : 0;
            }
        }
        return indexed;
    }

    private void require(boolean holds, String otherwise) throws ImageException {
        if (!holds) {
            throw source.corrupt("lossless WebP that " + otherwise, null);
        }
    }
}
