package dev.vitrail.imaging;

import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A random change of training images. Everything random comes from the generator given, so the same
 * seed gives the same images.
 */
public sealed interface Augmentation {

    /**
     * Changes an image.
     *
     * @param image any size
     * @param random where the choices come from
     * @return the changed image; the one given is left as it is
     */
    RgbImage apply(RgbImage image, RandomGenerator random);

    /**
     * Several changes in their order.
     *
     * @param steps what is done, first to last
     */
    record Sequence(List<Augmentation> steps) implements Augmentation {
        /**
         * Copies the list.
         *
         * @param steps as the component
         */
        public Sequence {
            steps = List.copyOf(steps);
        }

        @Override
        public RgbImage apply(RgbImage image, RandomGenerator random) {
            RgbImage changed = image;
            for (Augmentation step : steps) {
                changed = step.apply(changed, random);
            }
            return changed;
        }
    }

    /**
     * Left and right change places.
     *
     * @param probability how often, 0 to 1
     */
    record HorizontalFlip(double probability) implements Augmentation {
        /**
         * Checks the probability.
         *
         * @param probability as the component
         * @throws IllegalArgumentException if it is outside 0 to 1
         */
        public HorizontalFlip {
            if (!(probability >= 0 && probability <= 1)) {
                throw new IllegalArgumentException(
                        "flip probability is " + probability + ", must be 0 to 1");
            }
        }

        @Override
        public RgbImage apply(RgbImage image, RandomGenerator random) {
            return random.nextDouble() < probability ? image.mirrored() : image;
        }
    }

    /**
     * A part of random area and shape at a random place, resized to a fixed size: torchvision's
     * {@code RandomResizedCrop} ("Going Deeper with Convolutions", section 6).
     *
     * @param height rows of the result
     * @param width columns of the result
     * @param minScale least part of the image's area
     * @param maxScale greatest part of the image's area, at most 1
     * @param minRatio least width divided by height
     * @param maxRatio greatest width divided by height
     * @param interpolation the filter of the resize
     */
    record RandomResizedCrop(
            int height,
            int width,
            double minScale,
            double maxScale,
            double minRatio,
            double maxRatio,
            Interpolation interpolation)
            implements Augmentation {

        /** Shapes drawn may not fit into a long image; after so many the centre is taken. */
        private static final int ATTEMPTS = 10;

        /**
         * Checks the ranges.
         *
         * @param height as the component
         * @param width as the component
         * @param minScale as the component
         * @param maxScale as the component
         * @param minRatio as the component
         * @param maxRatio as the component
         * @param interpolation as the component
         * @throws IllegalArgumentException if a range is empty or out of bounds
         */
        public RandomResizedCrop {
            Objects.requireNonNull(interpolation, "interpolation");
            Extent.require("crop height", height);
            Extent.require("crop width", width);
            if (!(minScale > 0 && minScale <= maxScale && maxScale <= 1)) {
                throw new IllegalArgumentException(
                        "crop scale is %s to %s, must rise within 0 to 1"
                                .formatted(minScale, maxScale));
            }
            if (!(minRatio > 0 && minRatio <= maxRatio && maxRatio < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "crop ratio is %s to %s, must rise and be above 0"
                                .formatted(minRatio, maxRatio));
            }
        }

        @Override
        public RgbImage apply(RgbImage image, RandomGenerator random) {
            Window part = choose(image.width(), image.height(), random);
            return new Resizer(height, width, interpolation)
                    .resize(image, part, Window.whole(width, height));
        }

        Window choose(int imageWidth, int imageHeight, RandomGenerator random) {
            double area = (double) imageWidth * imageHeight;
            double logMin = Math.log(minRatio);
            double logMax = Math.log(maxRatio);
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                double target = area * between(minScale, maxScale, random);
                double ratio = Math.exp(between(logMin, logMax, random));
                long columns = (long) Math.rint(Math.sqrt(target * ratio));
                long rows = (long) Math.rint(Math.sqrt(target / ratio));
                if (columns > 0 && columns <= imageWidth && rows > 0 && rows <= imageHeight) {
                    int y = random.nextInt(imageHeight - (int) rows + 1);
                    int x = random.nextInt(imageWidth - (int) columns + 1);
                    return new Window(x, y, (int) columns, (int) rows);
                }
            }
            return centre(imageWidth, imageHeight);
        }

        /** The largest part of an allowed shape, in the middle. */
        private Window centre(int imageWidth, int imageHeight) {
            double ratio = (double) imageWidth / imageHeight;
            int columns = imageWidth;
            int rows = imageHeight;
            if (ratio < minRatio) {
                rows = Math.max(1, (int) Math.rint(imageWidth / minRatio));
            } else if (ratio > maxRatio) {
                columns = Math.max(1, (int) Math.rint(imageHeight * maxRatio));
            }
            return new Window((imageWidth - columns) / 2, (imageHeight - rows) / 2, columns, rows);
        }

        private static double between(double low, double high, RandomGenerator random) {
            return low + (high - low) * random.nextDouble();
        }
    }
}
