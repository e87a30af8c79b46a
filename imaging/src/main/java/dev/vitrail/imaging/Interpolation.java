package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The filter of a resize: how much a source pixel counts at a distance, in source pixels. All but
 * {@link #AREA} are Pillow's, under Pillow's names.
 */
public enum Interpolation {
    /** The source pixel that the centre of the result's pixel falls on; no antialiasing. */
    @JsonProperty("nearest")
    NEAREST(0) {
        @Override
        double weight(double distance) {
            return 1;
        }
    },
    /** The average of the pixels whose centres a result pixel covers. */
    @JsonProperty("box")
    BOX(0.5) {
        @Override
        double weight(double distance) {
            return distance > -0.5 && distance <= 0.5 ? 1 : 0;
        }
    },
    /** A triangle: linear between neighbours. */
    @JsonProperty("bilinear")
    BILINEAR(1) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            return x < 1 ? 1 - x : 0;
        }
    },
    /** A sinc under a Hamming window, as wide as the triangle and sharper. */
    @JsonProperty("hamming")
    HAMMING(1) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            if (x == 0 || x >= 1) {
                return x == 0 ? 1 : 0;
            }
            // Pillow writes the window's constants as floats, whose sum is above one.
            return sinc(x) * (0.54f + 0.46f * StrictMath.cos(x * Math.PI));
        }
    },
    /** Keys' cubic convolution with a = -0.5, Pillow's choice (torch's is -0.75 for tensors). */
    @JsonProperty("bicubic")
    BICUBIC(2) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            if (x < 1) {
                return ((A + 2) * x - (A + 3)) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
        }
    },
    /** A sinc under the central lobe of a wider one, six pixels wide. */
    @JsonProperty("lanczos")
    LANCZOS(3) {
        @Override
        double weight(double distance) {
            return distance >= -3 && distance < 3 ? sinc(distance) * sinc(distance / 3) : 0;
        }
    },
    /** The average over the very area that a result pixel covers; TensorFlow's, for big_vision. */
    @JsonProperty("area")
    AREA(0) {
        @Override
        double weight(double distance) {
            throw new IllegalStateException("area is not a filter of distances");
        }
    };

    private static final double A = -0.5;

    private final double support;

    Interpolation(double support) {
        this.support = support;
    }

    /** The distance from which on a pixel counts nothing. */
    double support() {
        return support;
    }

    abstract double weight(double distance);

    private static double sinc(double x) {
        double angle = x * Math.PI;
        return angle == 0 ? 1 : StrictMath.sin(angle) / angle;
    }
}
