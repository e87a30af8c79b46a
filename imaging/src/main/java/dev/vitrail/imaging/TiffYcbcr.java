package dev.vitrail.imaging;

/**
 * YCbCr of a TIFF that is not compressed as JPEG, to RGB in libtiff's fixed-point arithmetic
 * (tif_color.c, TIFFYCbCrToRGBInit), which Pillow uses.
 */
final class TiffYcbcr {
    private static final int HALF = 1 << 15;
    private static final int WIDEST = 128 * 32;

    /** CCIR 601, over the full range of bytes: what holds where the file says nothing. */
    private static final float[] COEFFICIENTS = {0.299f, 0.587f, 0.114f};

    private static final float[] BLACK_AND_WHITE = {0, 255, 128, 255, 128, 255};

    private final int[] luma = new int[256];
    private final int[] redOfCr = new int[256];
    private final int[] greenOfCr = new int[256];
    private final int[] greenOfCb = new int[256];
    private final int[] blueOfCb = new int[256];

    /** The conversion that a directory asks for. */
    TiffYcbcr(TiffDirectory directory) throws ImageException {
        float[] of = values(directory, TiffDirectory.YCBCR_COEFFICIENTS, COEFFICIENTS);
        float[] range = values(directory, TiffDirectory.REFERENCE_BLACK_WHITE, BLACK_AND_WHITE);
        float red = 2 - 2 * of[0];
        float blue = 2 - 2 * of[2];
        int fixedRed = fixed(red);
        int fixedBlue = fixed(blue);
        int fixedGreenOfRed = -fixed(of[0] * red / of[1]);
        int fixedGreenOfBlue = -fixed(of[2] * blue / of[1]);
        for (int i = 0; i < 256; i++) {
            int cr = level(i - 128, range[4] - 128, range[5] - 128, 127);
            int cb = level(i - 128, range[2] - 128, range[3] - 128, 127);
            luma[i] = level(i, range[0], range[1], 255);
            redOfCr[i] = fixedRed * cr + HALF >> 16;
            blueOfCb[i] = fixedBlue * cb + HALF >> 16;
            greenOfCr[i] = fixedGreenOfRed * cr;
            greenOfCb[i] = fixedGreenOfBlue * cb + HALF;
        }
    }

    private static float[] values(TiffDirectory directory, int tag, float[] otherwise)
            throws ImageException {
        float[] values = new float[otherwise.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) directory.fraction(tag, i).orElse(otherwise[i]);
        }
        return values;
    }

    private static int fixed(float factor) {
        return (int) (Math.max(0, Math.min(2, factor)) * (1 << 16) + 0.5);
    }

    private static int level(int code, float black, float white, float most) {
        float range = white - black == 0 ? 1 : white - black;
        return (int) Math.max(-WIDEST, Math.min(WIDEST, (code - (int) black) * most / range));
    }

    /**
     * Replaces colours in their own array.
     *
     * @param data {@code [pixels, 3]}
     * @return the same array
     */
    byte[] toRgb(byte[] data) {
        for (int i = 0; i < data.length; i += 3) {
            int y = luma[data[i] & 0xFF];
            int cb = data[i + 1] & 0xFF;
            int cr = data[i + 2] & 0xFF;
            data[i] = clamp(y + redOfCr[cr]);
            data[i + 1] = clamp(y + (greenOfCb[cb] + greenOfCr[cr] >> 16));
            data[i + 2] = clamp(y + blueOfCb[cb]);
        }
        return data;
    }

    private static byte clamp(int value) {
        return (byte) Math.max(0, Math.min(255, value));
    }
}
