package dev.vitrail.imaging.augment;

import java.util.random.RandomGenerator;

/**
 * A rectangle of pixels inside an image.
 *
 * @param top first row
 * @param left first column
 * @param height rows
 * @param width columns
 */
record Box(int top, int left, int height, int width) {

    /** A box of that size anywhere on an image, evenly. */
    static Box anywhere(
            int height, int width, int imageHeight, int imageWidth, RandomGenerator random) {
        int top = random.nextInt(imageHeight - height + 1);
        int left = random.nextInt(imageWidth - width + 1);
        return new Box(top, left, height, width);
    }
}
