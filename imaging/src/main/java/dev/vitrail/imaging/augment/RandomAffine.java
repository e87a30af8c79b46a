package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.RgbImage;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A random turn, move, scale and shear about the centre: torchvision's {@code RandomAffine}.
 *
 * @param minDegrees least angle, clockwise
 * @param maxDegrees greatest angle
 * @param translateX most of the width that the image is moved by to either side, 0 to 1
 * @param translateY most of the height that the image is moved by to either side, 0 to 1
 * @param minScale least factor of the size, above 0
 * @param maxScale greatest factor of the size
 * @param shearX greatest angle of shear along the rows to either side, in degrees below 90
 * @param shearY the same along the columns
 * @param interpolation nearest, bilinear or bicubic
 * @param fill red, green and blue, 0 to 255, of what comes from outside the image
 */
public record RandomAffine(
        double minDegrees,
        double maxDegrees,
        double translateX,
        double translateY,
        double minScale,
        double maxScale,
        double shearX,
        double shearY,
        Interpolation interpolation,
        List<Integer> fill)
        implements Augmentation {

    /**
     * Checks the ranges.
     *
     * @param minDegrees as the component
     * @param maxDegrees as the component
     * @param translateX as the component
     * @param translateY as the component
     * @param minScale as the component
     * @param maxScale as the component
     * @param shearX as the component
     * @param shearY as the component
     * @param interpolation as the component
     * @param fill as the component
     * @throws IllegalArgumentException naming what is out of range
     */
    public RandomAffine {
        Objects.requireNonNull(interpolation, "interpolation");
        Check.rising("degrees", minDegrees, maxDegrees);
        Check.that(
                translateX >= 0 && translateX <= 1 && translateY >= 0 && translateY <= 1,
                "translate",
                List.of(translateX, translateY),
                "each must be 0 to 1");
        Check.rising("scale", minScale, maxScale);
        Check.that(minScale > 0, "scale", minScale, "must be above 0");
        Check.that(
                shearX >= 0 && shearX < 90 && shearY >= 0 && shearY < 90,
                "shear",
                List.of(shearX, shearY),
                "each must be from 0 to below 90");
        AffineMap.check(interpolation);
        AffineMap.colour(fill);
        fill = List.copyOf(fill);
    }

    @Override
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        double degrees = Draws.uniform(minDegrees, maxDegrees, random);
        double acrossMost = translateX * image.width();
        double downMost = translateY * image.height();
        // torchvision moves by whole pixels.
        double across = Math.rint(Draws.uniform(-acrossMost, acrossMost, random));
        double down = Math.rint(Draws.uniform(-downMost, downMost, random));
        double scale = Draws.uniform(minScale, maxScale, random);
        double alongRows = Draws.uniform(-shearX, shearX, random);
        double alongColumns = Draws.uniform(-shearY, shearY, random);
        return AffineMap.about(
                        image.width() * 0.5,
                        image.height() * 0.5,
                        degrees,
                        across,
                        down,
                        scale,
                        alongRows,
                        alongColumns)
                .apply(image, interpolation, AffineMap.colour(fill));
    }
}
