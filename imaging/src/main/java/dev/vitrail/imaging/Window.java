package dev.vitrail.imaging;

/**
 * A rectangle of pixels.
 *
 * @param x first column; negative when it begins left of the image
 * @param y first row; negative when it begins above the image
 * @param width columns; 0 only in an empty intersection
 * @param height rows; 0 only in an empty intersection
 */
record Window(int x, int y, int width, int height) {

    static Window whole(int width, int height) {
        return new Window(0, 0, width, height);
    }

    /**
     * The centre of an image. The offset is half the difference rounded to the nearest, ties to the
     * even number, as Python's {@code round} does it in torchvision and timm: 52.5 gives 52 and
     * 53.5 gives 54.
     *
     * <p>Where the image is the smaller one, torchvision pads it with half the difference first,
     * rounded down on the left and at the top.
     */
    static Window centred(int imageWidth, int imageHeight, int width, int height) {
        return new Window(offset(imageWidth, width), offset(imageHeight, height), width, height);
    }

    private static int offset(int edge, int crop) {
        return crop > edge ? -((crop - edge) / 2) : (int) Math.rint((edge - crop) / 2.0);
    }

    /** The part of this rectangle that lies on an image of the given size. */
    Window intersect(int imageWidth, int imageHeight) {
        int left = Math.max(x, 0);
        int top = Math.max(y, 0);
        int right = Math.min(x + width, imageWidth);
        int bottom = Math.min(y + height, imageHeight);
        return new Window(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    }
}
