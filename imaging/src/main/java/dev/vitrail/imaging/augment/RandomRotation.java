package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.RgbImage;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A turn about the centre by a random angle: torchvision's {@code RandomRotation}, without making
 * the image larger.
 *
 * @param minDegrees least angle, counter-clockwise
 * @param maxDegrees greatest angle
 * @param interpolation nearest, bilinear or bicubic
 * @param fill red, green and blue, 0 to 255, of what comes from outside the image
 */
public record RandomRotation(
        double minDegrees, double maxDegrees, Interpolation interpolation, List<Integer> fill)
        implements Augmentation {

    /**
     * Checks the range.
     *
     * @param minDegrees as the component
     * @param maxDegrees as the component
     * @param interpolation as the component
     * @param fill as the component
     * @throws IllegalArgumentException if it falls, or nothing can be sampled or filled with that
     */
    public RandomRotation {
        Objects.requireNonNull(interpolation, "interpolation");
        Check.rising("degrees", minDegrees, maxDegrees);
        AffineMap.check(interpolation);
        AffineMap.colour(fill);
        fill = List.copyOf(fill);
    }

    @Override
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        double degrees = Draws.uniform(minDegrees, maxDegrees, random);
        return AffineMap.rotation(image.width(), image.height(), degrees)
                .apply(image, interpolation, AffineMap.colour(fill));
    }
}
