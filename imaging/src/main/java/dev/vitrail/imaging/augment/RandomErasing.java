package dev.vitrail.imaging.augment;

import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Boxes of a normalised image overwritten at random: "Random Erasing Data Augmentation" (Zhong et
 * al. 2017) as timm does it. It works on what the network is fed and not on bytes, because 0 is the
 * mean there and normal noise is like the image's.
 *
 * @param probability how often an image is changed, 0 to 1
 * @param mode what boxes are filled with
 * @param minArea least share of the image's area
 * @param maxArea greatest share of the image's area
 * @param minAspect least height divided by width; the greatest is its inverse
 * @param maxCount greatest number of boxes, which share the area
 */
public record RandomErasing(
        double probability,
        Mode mode,
        double minArea,
        double maxArea,
        double minAspect,
        int maxCount) {

    /** Boxes drawn may not fit; after so many there is none. */
    private static final int ATTEMPTS = 10;

    /** What boxes are filled with. */
    public enum Mode {
        /** The mean: 0 after normalisation. */
        CONST("const"),
        /** One random colour a box, normally distributed. */
        RAND("rand"),
        /** Normal noise. */
        PIXEL("pixel");

        private final String id;

        Mode(String id) {
            this.id = id;
        }

        /**
         * The word that a config uses, which is timm's.
         *
         * @return {@code const}, {@code rand} or {@code pixel}
         */
        public String id() {
            return id;
        }
    }

    /**
     * Checks the ranges.
     *
     * @param probability as the component
     * @param mode as the component
     * @param minArea as the component
     * @param maxArea as the component
     * @param minAspect as the component
     * @param maxCount as the component
     * @throws IllegalArgumentException naming what is out of range
     */
    public RandomErasing {
        Objects.requireNonNull(mode, "mode");
        Check.probability(probability);
        Check.rising("area", minArea, maxArea);
        Check.that(minArea > 0 && maxArea <= 1, "area", minArea, "must be within 0 to 1");
        Check.that(minAspect > 0 && minAspect <= 1, "aspect", minAspect, "must be within 0 to 1");
        Check.that(maxCount >= 1, "count", maxCount, "must be at least 1");
    }

    /**
     * Erases parts of an image, or nothing.
     *
     * @param pixels {@code [3, height, width]} from {@code start} on; the position stays
     * @param start index of the first value
     * @param height rows
     * @param width columns
     * @param random where the choices come from
     */
    public void erase(
            FloatBuffer pixels, int start, int height, int width, RandomGenerator random) {
        if (random.nextDouble() >= probability) {
            return;
        }
        int count = maxCount == 1 ? 1 : 1 + random.nextInt(maxCount);
        for (int i = 0; i < count; i++) {
            Box box = choose(height, width, count, random);
            if (box != null) {
                fill(pixels, start, height, width, box, random);
            }
        }
    }

    /** A box for one of so many, or null where none fits. */
    Box choose(int height, int width, int count, RandomGenerator random) {
        double area = (double) height * width;
        double logAspect = Math.log(minAspect);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double target = Draws.uniform(minArea, maxArea, random) * area / count;
            double aspect = Math.exp(Draws.uniform(logAspect, -logAspect, random));
            int rows = (int) Math.rint(Math.sqrt(target * aspect));
            int columns = (int) Math.rint(Math.sqrt(target / aspect));
            if (rows < height && columns < width) {
                return Box.anywhere(rows, columns, height, width, random);
            }
        }
        return null;
    }

    private void fill(
            FloatBuffer pixels, int start, int height, int width, Box box, RandomGenerator random) {
        for (int channel = 0; channel < 3; channel++) {
            float colour = mode == Mode.RAND ? (float) random.nextGaussian() : 0;
            for (int y = box.top(); y < box.top() + box.height(); y++) {
                int row = start + (channel * height + y) * width;
                for (int x = box.left(); x < box.left() + box.width(); x++) {
                    pixels.put(
                            row + x, mode == Mode.PIXEL ? (float) random.nextGaussian() : colour);
                }
            }
        }
    }
}
