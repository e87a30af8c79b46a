package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.RgbImage;
import java.util.random.RandomGenerator;

/**
 * One of three changes, as often as the others: gray, solarised from the middle on, or blurred with
 * a standard deviation of 0.1 to 2 pixels. "DeiT III: Revenge of the ViT" (Touvron et al. 2022),
 * section 3.3, follows it by a {@link ColorJitter} of 0.3 without hue.
 */
public record ThreeAugment() implements Augmentation {

    private static final int MIDDLE = 128;
    private static final RandomBlur BLUR = new RandomBlur(0.1, 2);

    @Override
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        return switch (random.nextInt(3)) {
            case 0 -> Levels.grayscale(image);
            case 1 -> Levels.solarize(image, MIDDLE);
            default -> BLUR.apply(image, random);
        };
    }
}
