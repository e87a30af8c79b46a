package dev.vitrail.imaging;

/**
 * The decoded components of a JPEG, each in its own resolution.
 *
 * @param components one, or three of which the first is whole
 * @param width columns of the image
 * @param height rows of the image
 * @param reduction by how much the image's edges were divided; at 8 nothing is interpolated
 */
record JpegPlanes(JpegComponent[] components, int width, int height, int reduction) {

    /**
     * The image in RGB. Colours of half the resolution are interpolated with a triangle filter as
     * libjpeg does it (jdsample.c, "fancy upsampling"), in its rounding.
     */
    RgbImage toRgb(JpegColours colours) {
        if (components.length == 1) {
            return new RgbImage(width, height, JpegColours.toRgb(tight(components[0]), colours));
        }
        byte[] pixels = new byte[3 * width * height];
        byte[][] rows = new byte[components.length][];
        int[] starts = new int[components.length];
        byte[][] own = new byte[components.length][];
        int[] sums = new int[components[0].width / 2 + 1];
        for (int c = 0; c < components.length; c++) {
            own[c] = components[c].timesAcross == 1 ? null : new byte[2 * components[c].width];
        }
        for (int y = 0; y < height; y++) {
            for (int c = 0; c < components.length; c++) {
                JpegComponent component = components[c];
                if (component.timesAcross == 1) {
                    rows[c] = component.plane;
                    starts[c] = y * component.stride;
                } else {
                    rows[c] = own[c];
                    widen(component, y, sums, own[c]);
                }
            }
            colours.convert(rows, starts, pixels, 3 * y * width, width);
        }
        return new RgbImage(width, height, pixels);
    }

    private byte[] tight(JpegComponent component) {
        byte[] samples = new byte[width * height];
        for (int y = 0; y < height; y++) {
            System.arraycopy(component.plane, y * component.stride, samples, y * width, width);
        }
        return samples;
    }

    /** One row of the image from a component of half its width. */
    private void widen(JpegComponent component, int y, int[] sums, byte[] row) {
        int width = component.width;
        int near = y / component.timesDown;
        int start = near * component.stride;
        if (reduction == 8 || width <= 2) {
            for (int x = 0; x < 2 * width; x++) {
                row[x] = component.plane[start + x / 2];
            }
        } else if (component.timesDown == 1) {
            for (int x = 0; x < width; x++) {
                sums[x] = component.plane[start + x] & 0xFF;
            }
            widen(sums, width, 1, 2, 2, row);
        } else {
            int far = near + (y % 2 == 0 ? -1 : 1);
            int other = Math.max(0, Math.min(component.height - 1, far)) * component.stride;
            for (int x = 0; x < width; x++) {
                sums[x] =
                        3 * (component.plane[start + x] & 0xFF)
                                + (component.plane[other + x] & 0xFF);
            }
            widen(sums, width, 8, 7, 4, row);
        }
    }

    /** Each value becomes two, three quarters of it and a quarter of its neighbour. */
    private static void widen(int[] sums, int width, int left, int right, int shift, byte[] row) {
        row[0] = (byte) (4 * sums[0] + left >> shift);
        for (int x = 1; x < width; x++) {
            row[2 * x - 1] = (byte) (3 * sums[x - 1] + sums[x] + right >> shift);
            row[2 * x] = (byte) (3 * sums[x] + sums[x - 1] + left >> shift);
        }
        row[2 * width - 1] = (byte) (4 * sums[width - 1] + right >> shift);
    }
}
