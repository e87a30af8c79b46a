package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.RgbImage;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One operation of random strength: torchvision's {@code TrivialAugmentWide} ("TrivialAugment:
 * Tuning-free Yet State-of-the-Art Data Augmentation", Müller and Hutter 2021), nearest filter.
 *
 * @param fill red, green and blue, 0 to 255, of what comes from outside the image
 */
public record TrivialAugment(List<Integer> fill) implements Augmentation {

    /** Strengths to choose from; the last is the greatest. */
    private static final int BINS = 31;

    private enum Change {
        IDENTITY,
        SHEAR_X,
        SHEAR_Y,
        TRANSLATE_X,
        TRANSLATE_Y,
        ROTATE,
        BRIGHTNESS,
        COLOR,
        CONTRAST,
        SHARPNESS,
        POSTERIZE,
        SOLARIZE,
        AUTO_CONTRAST,
        EQUALIZE
    }

    /**
     * Checks the colour.
     *
     * @param fill as the component
     * @throws IllegalArgumentException if it is none
     */
    public TrivialAugment {
        AffineMap.colour(fill);
        fill = List.copyOf(fill);
    }

    @Override
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        Change change = Change.values()[random.nextInt(Change.values().length)];
        int bin = random.nextInt(BINS);
        double share = (double) bin / (BINS - 1);
        double sign = Draws.signed(1, random);
        double factor = 1 + sign * share * 0.99;
        return switch (change) {
            case IDENTITY -> image;
            case SHEAR_X -> shear(image, sign * share * 0.99, 0);
            case SHEAR_Y -> shear(image, 0, sign * share * 0.99);
            case TRANSLATE_X -> move(image, (int) (sign * share * 32), 0);
            case TRANSLATE_Y -> move(image, 0, (int) (sign * share * 32));
            case ROTATE ->
                    sample(
                            image,
                            AffineMap.rotation(image.width(), image.height(), sign * share * 135));
            case BRIGHTNESS -> Levels.brightness(image, factor);
            case COLOR -> Levels.saturation(image, factor);
            case CONTRAST -> Levels.contrast(image, factor);
            case SHARPNESS -> Blur.sharpness(image, factor);
            case POSTERIZE -> Levels.posterize(image, 8 - (int) Math.rint(bin / 5.0));
            case SOLARIZE -> Levels.solarize(image, (int) Math.ceil(255 - share * 255));
            case AUTO_CONTRAST -> Levels.autoContrast(image);
            case EQUALIZE -> Levels.equalize(image);
        };
    }

    /** About the upper left corner, as the paper's authors do it. */
    private RgbImage shear(RgbImage image, double alongRows, double alongColumns) {
        double x = Math.toDegrees(Math.atan(alongRows));
        double y = Math.toDegrees(Math.atan(alongColumns));
        return sample(image, AffineMap.about(0, 0, 0, 0, 0, 1, x, y));
    }

    private RgbImage move(RgbImage image, int across, int down) {
        return sample(image, new AffineMap(1, 0, -across, 0, 1, -down));
    }

    private RgbImage sample(RgbImage image, AffineMap map) {
        return map.apply(image, Interpolation.NEAREST, AffineMap.colour(fill));
    }
}
