package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.RgbImage;

/**
 * What {@link RandAugment} chooses from, with timm's names, and timm's meaning of a level from 0 to
 * 10. "Increasing" operations change more as the level rises; their namesakes follow the papers'
 * code, where some change less.
 */
enum Operation {
    AUTO_CONTRAST("AutoContrast") {
        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Levels.autoContrast(image);
        }
    },
    EQUALIZE("Equalize") {
        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Levels.equalize(image);
        }
    },
    INVERT("Invert") {
        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Levels.invert(image);
        }
    },
    ROTATE("Rotate") {
        @Override
        double argument(double level, double sign) {
            return sign * (level / GREATEST * 30);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return sampling.apply(
                    image, AffineMap.rotation(image.width(), image.height(), argument));
        }
    },
    POSTERIZE("Posterize") {
        @Override
        double argument(double level, double sign) {
            return (int) (level / GREATEST * 4);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Levels.posterize(image, (int) argument);
        }
    },
    POSTERIZE_INCREASING("PosterizeIncreasing") {
        @Override
        double argument(double level, double sign) {
            return 4 - POSTERIZE.argument(level, sign);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return POSTERIZE.change(image, argument, sampling);
        }
    },
    SOLARIZE("Solarize") {
        @Override
        double argument(double level, double sign) {
            return Math.min(256, (int) (level / GREATEST * 256));
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Levels.solarize(image, (int) argument);
        }
    },
    SOLARIZE_INCREASING("SolarizeIncreasing") {
        @Override
        double argument(double level, double sign) {
            return 256 - SOLARIZE.argument(level, sign);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return SOLARIZE.change(image, argument, sampling);
        }
    },
    SOLARIZE_ADD("SolarizeAdd") {
        @Override
        double argument(double level, double sign) {
            return Math.min(128, (int) (level / GREATEST * 110));
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Levels.solarizeAdd(image, (int) argument);
        }
    },
    COLOR("Color") {
        @Override
        double argument(double level, double sign) {
            return factor(level);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Levels.saturation(image, argument);
        }
    },
    COLOR_INCREASING("ColorIncreasing") {
        @Override
        double argument(double level, double sign) {
            return increasingFactor(level, sign);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return COLOR.change(image, argument, sampling);
        }
    },
    CONTRAST("Contrast") {
        @Override
        double argument(double level, double sign) {
            return factor(level);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Levels.contrast(image, argument);
        }
    },
    CONTRAST_INCREASING("ContrastIncreasing") {
        @Override
        double argument(double level, double sign) {
            return increasingFactor(level, sign);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return CONTRAST.change(image, argument, sampling);
        }
    },
    BRIGHTNESS("Brightness") {
        @Override
        double argument(double level, double sign) {
            return factor(level);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Levels.brightness(image, argument);
        }
    },
    BRIGHTNESS_INCREASING("BrightnessIncreasing") {
        @Override
        double argument(double level, double sign) {
            return increasingFactor(level, sign);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return BRIGHTNESS.change(image, argument, sampling);
        }
    },
    SHARPNESS("Sharpness") {
        @Override
        double argument(double level, double sign) {
            return factor(level);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Blur.sharpness(image, argument);
        }
    },
    SHARPNESS_INCREASING("SharpnessIncreasing") {
        @Override
        double argument(double level, double sign) {
            return increasingFactor(level, sign);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return SHARPNESS.change(image, argument, sampling);
        }
    },
    SHEAR_X("ShearX") {
        @Override
        double argument(double level, double sign) {
            return sign * (level / GREATEST * 0.3);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return sampling.apply(image, new AffineMap(1, argument, 0, 0, 1, 0));
        }
    },
    SHEAR_Y("ShearY") {
        @Override
        double argument(double level, double sign) {
            return SHEAR_X.argument(level, sign);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return sampling.apply(image, new AffineMap(1, 0, 0, argument, 1, 0));
        }
    },
    TRANSLATE_X("TranslateXRel") {
        @Override
        double argument(double level, double sign) {
            return sign * (level / GREATEST * 0.45);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return sampling.apply(image, new AffineMap(1, 0, argument * image.width(), 0, 1, 0));
        }
    },
    TRANSLATE_Y("TranslateYRel") {
        @Override
        double argument(double level, double sign) {
            return TRANSLATE_X.argument(level, sign);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return sampling.apply(image, new AffineMap(1, 0, 0, 0, 1, argument * image.height()));
        }
    },
    DESATURATE("Desaturate") {
        @Override
        double argument(double level, double sign) {
            return between(0.5, 1, level);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Levels.saturation(image, 1 - argument);
        }
    },
    GAUSSIAN_BLUR("GaussianBlur") {
        @Override
        double argument(double level, double sign) {
            return between(0.1, 2, level);
        }

        @Override
        RgbImage change(RgbImage image, double argument, Sampling sampling) {
            return Blur.gaussian(image, argument);
        }
    };

    /** How geometric operations sample. */
    record Sampling(Interpolation interpolation, byte[] fill) {
        private RgbImage apply(RgbImage image, AffineMap map) {
            return map.apply(image, interpolation, fill);
        }
    }

    /** The level that ranges of arguments are written for. */
    static final double GREATEST = 10;

    private final String id;

    Operation(String id) {
        this.id = id;
    }

    /** timm's name. */
    String id() {
        return id;
    }

    /** What a level means to the operation; 0 where it means nothing. */
    double argument(double level, double sign) {
        return 0;
    }

    abstract RgbImage change(RgbImage image, double argument, Sampling sampling);

    private static double factor(double level) {
        return level / GREATEST * 1.8 + 0.1;
    }

    private static double increasingFactor(double level, double sign) {
        return Math.max(0.1, 1 + sign * (level / GREATEST * 0.9));
    }

    private static double between(double low, double high, double level) {
        return Math.max(low, Math.min(high, low + (high - low) * (level / GREATEST)));
    }
}
