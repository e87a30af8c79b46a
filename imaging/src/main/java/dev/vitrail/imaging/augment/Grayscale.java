package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.RgbImage;
import java.util.random.RandomGenerator;

/** Red, green and blue all as the luma: torchvision's {@code Grayscale} with three channels. */
public record Grayscale() implements Augmentation {

    @Override
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        return Levels.grayscale(image);
    }
}
