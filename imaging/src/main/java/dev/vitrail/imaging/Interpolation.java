package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The filter of a resize: how much a source pixel counts at a distance, in source pixels. */
public enum Interpolation {
    /** A triangle: linear between neighbours. */
    @JsonProperty("bilinear")
    BILINEAR(1) {
        @Override
        double weight(double distance) {
            double x = Math.abs(distance);
            return x < 1 ? 1 - x : 0;
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
    };

    private static final double A = -0.5;

    private final int support;

    Interpolation(int support) {
        this.support = support;
    }

    /** The distance from which on a pixel counts nothing. */
    int support() {
        return support;
    }

    abstract double weight(double distance);
}
