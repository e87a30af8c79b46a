package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Resizer;
import dev.vitrail.imaging.RgbImage;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A part of random area and shape at a random place, resized to a fixed size: torchvision's {@code
 * RandomResizedCrop} ("Going Deeper with Convolutions", section 6).
 *
 * @param height rows of the result
 * @param width columns of the result
 * @param minScale least part of the image's area
 * @param maxScale greatest part of the image's area, at most 1
 * @param minRatio least width divided by height
 * @param maxRatio greatest width divided by height
 * @param interpolation the filter of the resize
 */
public record RandomResizedCrop(
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
        Check.that(height > 0, "crop height", height, "must be at least 1");
        Check.that(width > 0, "crop width", width, "must be at least 1");
        Check.that(
                minScale > 0 && minScale <= maxScale && maxScale <= 1,
                "crop scale",
                minScale + " to " + maxScale,
                "must rise within 0 to 1");
        Check.that(
                minRatio > 0 && minRatio <= maxRatio && maxRatio < Double.POSITIVE_INFINITY,
                "crop ratio",
                minRatio + " to " + maxRatio,
                "must rise and be above 0");
    }

    @Override
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        Box part = choose(image.height(), image.width(), random);
        return new Resizer(height, width, interpolation)
                .resizePart(image, part.left(), part.top(), part.width(), part.height());
    }

    Box choose(int imageHeight, int imageWidth, RandomGenerator random) {
        double area = (double) imageWidth * imageHeight;
        double logMin = Math.log(minRatio);
        double logMax = Math.log(maxRatio);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double target = area * Draws.uniform(minScale, maxScale, random);
            double ratio = Math.exp(Draws.uniform(logMin, logMax, random));
            long columns = (long) Math.rint(Math.sqrt(target * ratio));
            long rows = (long) Math.rint(Math.sqrt(target / ratio));
            if (columns > 0 && columns <= imageWidth && rows > 0 && rows <= imageHeight) {
                return Box.anywhere((int) rows, (int) columns, imageHeight, imageWidth, random);
            }
        }
        return centre(imageHeight, imageWidth);
    }

    /** The largest part of an allowed shape, in the middle. */
    private Box centre(int imageHeight, int imageWidth) {
        double ratio = (double) imageWidth / imageHeight;
        int columns = imageWidth;
        int rows = imageHeight;
        if (ratio < minRatio) {
            rows = Math.max(1, (int) Math.rint(imageWidth / minRatio));
        } else if (ratio > maxRatio) {
            columns = Math.max(1, (int) Math.rint(imageHeight * maxRatio));
        }
        return new Box((imageHeight - rows) / 2, (imageWidth - columns) / 2, rows, columns);
    }
}
