package dev.vitrail.imaging;

/**
 * The colour spaces of JPEG components, and the way to RGB in libjpeg's 16-bit fixed-point
 * arithmetic (jdcolor.c): rounded as it rounds, because pixels must come out equal to the byte.
 */
enum JpegColours {
    GRAY,
    RGB,
    YCBCR,
    /** Stored inverted, as Adobe does and Pillow takes for granted. */
    CMYK,
    YCCK;

    /** What is added before 16 bits are shifted out. */
    static final int HALF = 1 << 15;

    static final int RED_CR = fixed(1.40200);
    static final int BLUE_CB = fixed(1.77200);
    static final int GREEN_CR = -fixed(0.71414);
    static final int GREEN_CB = -fixed(0.34414);
    private static final int[] RED_OF_CR = new int[256];
    private static final int[] BLUE_OF_CB = new int[256];
    private static final int[] GREEN_OF_CR = new int[256];
    private static final int[] GREEN_OF_CB = new int[256];

    static {
        for (int value = 0; value < 256; value++) {
            int chroma = value - 128;
            RED_OF_CR[value] = (RED_CR * chroma + HALF) >> 16;
            BLUE_OF_CB[value] = (BLUE_CB * chroma + HALF) >> 16;
            GREEN_OF_CR[value] = GREEN_CR * chroma;
            GREEN_OF_CB[value] = GREEN_CB * chroma + HALF;
        }
    }

    private static int fixed(double factor) {
        return (int) (factor * (1 << 16) + 0.5);
    }

    /**
     * Converts components to RGB; three components are replaced in their own array.
     *
     * @param data {@code [pixels, components]}
     * @return {@code [pixels, 3]}
     */
    static byte[] toRgb(byte[] data, JpegColours colours) {
        return switch (colours) {
            case GRAY -> replicate(data);
            case RGB -> data;
            case YCBCR -> {
                for (int i = 0; i < data.length; i += 3) {
                    convert(data, i, data, i);
                }
                yield data;
            }
            case CMYK -> mix(data);
            case YCCK -> {
                for (int i = 0; i < data.length; i += 4) {
                    convert(data, i, data, i);
                    // The conversion gives RGB; the inks that libjpeg makes of it are its inverse.
                    for (int k = i; k < i + 3; k++) {
                        data[k] = (byte) ~data[k];
                    }
                }
                yield mix(data);
            }
        };
    }

    private static byte[] replicate(byte[] gray) {
        byte[] rgb = new byte[3 * gray.length];
        for (int i = 0, at = 0; i < gray.length; i++) {
            rgb[at++] = gray[i];
            rgb[at++] = gray[i];
            rgb[at++] = gray[i];
        }
        return rgb;
    }

    /**
     * Converts a row of three components that lie apart.
     *
     * @param rows the components' samples
     * @param starts where each component's row begins
     * @param rgb takes the pixels from {@code at} on
     * @throws IllegalStateException for colours of other than three components
     */
    void convert(byte[][] rows, int[] starts, byte[] rgb, int at, int width) {
        switch (this) {
            case RGB -> {
                for (int c = 0; c < 3; c++) {
                    byte[] row = rows[c];
                    int start = starts[c];
                    for (int x = 0; x < width; x++) {
                        rgb[at + 3 * x + c] = row[start + x];
                    }
                }
            }
            case YCBCR ->
                    convert(
                            rows[0], starts[0], rows[1], starts[1], rows[2], starts[2], rgb, at,
                            width);
            case GRAY, CMYK, YCCK -> throw new IllegalStateException(this + " has not three");
        }
    }

    private static void convert(
            byte[] luma, int l, byte[] cb, int b, byte[] cr, int r, byte[] rgb, int at, int width) {
        int[] redOfCr = RED_OF_CR;
        int[] blueOfCb = BLUE_OF_CB;
        int[] greenOfCr = GREEN_OF_CR;
        int[] greenOfCb = GREEN_OF_CB;
        for (int x = 0; x < width; x++) {
            int y = luma[l + x] & 0xFF;
            int blue = cb[b + x] & 0xFF;
            int red = cr[r + x] & 0xFF;
            rgb[at + 3 * x] = clamp(y + redOfCr[red]);
            rgb[at + 3 * x + 1] = clamp(y + (greenOfCb[blue] + greenOfCr[red] >> 16));
            rgb[at + 3 * x + 2] = clamp(y + blueOfCb[blue]);
        }
    }

    private static void convert(byte[] ycc, int from, byte[] rgb, int to) {
        convert(ycc[from] & 0xFF, ycc[from + 1] & 0xFF, ycc[from + 2] & 0xFF, rgb, to);
    }

    private static void convert(int luma, int cb, int cr, byte[] rgb, int to) {
        rgb[to] = clamp(luma + RED_OF_CR[cr]);
        rgb[to + 1] = clamp(luma + ((GREEN_OF_CB[cb] + GREEN_OF_CR[cr]) >> 16));
        rgb[to + 2] = clamp(luma + BLUE_OF_CB[cb]);
    }

    /** A branch, because nearly every value is within: faster here than two comparisons. */
    private static byte clamp(int value) {
        return (byte) ((value & ~0xFF) == 0 ? value : ~value >> 31);
    }

    /**
     * Inverted CMYK to RGB, by Pillow's formula: what the black lets through, less the ink's share
     * of it, with its division by 255.
     */
    private static byte[] mix(byte[] cmyk) {
        byte[] rgb = new byte[cmyk.length / 4 * 3];
        for (int from = 0, to = 0; from < cmyk.length; from += 4) {
            int light = cmyk[from + 3] & 0xFF;
            for (int ink = 0; ink < 3; ink++) {
                int product = (255 - (cmyk[from + ink] & 0xFF)) * light + 128;
                rgb[to++] = clamp(light - (((product >> 8) + product) >> 8));
            }
        }
        return rgb;
    }
}
