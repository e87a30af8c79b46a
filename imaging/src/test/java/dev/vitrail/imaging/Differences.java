package dev.vitrail.imaging;

/**
 * How far two images of one size are apart, in grey levels.
 *
 * @param max the largest difference of a channel
 * @param mean the mean difference
 */
record Differences(int max, double mean) {
    static final Differences NONE = new Differences(0, 0);

    static Differences between(RgbImage one, RgbImage other) {
        if (one.width() != other.width() || one.height() != other.height()) {
            throw new AssertionError(one + " and " + other + " differ in size");
        }
        int max = 0;
        long sum = 0;
        for (int i = 0; i < one.pixels().length; i++) {
            int difference = Math.abs((one.pixels()[i] & 0xFF) - (other.pixels()[i] & 0xFF));
            max = Math.max(max, difference);
            sum += difference;
        }
        return new Differences(max, (double) sum / one.pixels().length);
    }
}
