package dev.vitrail.imaging;

/**
 * YCbCr of a lossy WebP to RGB, as libwebp makes it: colour differences of half the width and
 * height, each sample of the image between four of them.
 */
final class WebpColours {
    private static final int FRACTION = 6;
    private static final int MOST = 256 << FRACTION;

    private WebpColours() {}

    static byte[] toRgb(WebpPlane luma, WebpPlane blue, WebpPlane red, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        int[] blues = new int[width];
        int[] reds = new int[width];
        int last = (height + 1) / 2 - 1;
        for (int y = 0; y < height; y++) {
            // The row of differences that is nearer, and the other one.
            int near = y / 2;
            int other = Math.max(0, Math.min(last, y % 2 == 0 ? near - 1 : near + 1));
            spread(blue, near, other, blues);
            spread(red, near, other, reds);
            int from = luma.at(0, y);
            for (int x = 0, at = 3 * y * width; x < width; x++, at += 3) {
                int level = (luma.samples[from + x] & 0xFF) * 19077 >> 8;
                rgb[at] = clip(level + (reds[x] * 26149 >> 8) - 14234);
                rgb[at + 1] = clip(level - (blues[x] * 6419 >> 8) - (reds[x] * 13320 >> 8) + 8708);
                rgb[at + 2] = clip(level + (blues[x] * 33050 >> 8) - 17685);
            }
        }
        return rgb;
    }

    /** One row of differences, as wide as the image: nine, three, three and one sixteenths. */
    private static void spread(WebpPlane plane, int near, int other, int[] row) {
        byte[] samples = plane.samples;
        int at = plane.at(0, near);
        int otherAt = plane.at(0, other);
        int left = samples[at] & 0xFF;
        int otherLeft = samples[otherAt] & 0xFF;
        row[0] = 3 * left + otherLeft + 2 >> 2;
        for (int x = 1; x <= row.length - 1 >> 1; x++) {
            int right = samples[at + x] & 0xFF;
            int otherRight = samples[otherAt + x] & 0xFF;
            int sum = left + right + otherLeft + otherRight + 8;
            row[2 * x - 1] = (sum + 2 * (right + otherLeft) >> 3) + left >> 1;
            row[2 * x] = (sum + 2 * (left + otherRight) >> 3) + right >> 1;
            left = right;
            otherLeft = otherRight;
        }
        if (row.length % 2 == 0) {
            row[row.length - 1] = 3 * left + otherLeft + 2 >> 2;
        }
    }

    private static byte clip(int level) {
        return (byte) (level < 0 ? 0 : level >= MOST ? 255 : level >> FRACTION);
    }
}
