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

    /** The part of this rectangle that lies on an image of the given size. */
    Window intersect(int imageWidth, int imageHeight) {
        int left = Math.max(x, 0);
        int top = Math.max(y, 0);
        int right = Math.min(x + width, imageWidth);
        int bottom = Math.min(y + height, imageHeight);
        return new Window(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    }
}
