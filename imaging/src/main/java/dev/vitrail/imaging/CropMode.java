package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How an image meets the size that {@code resize} names before its centre is taken: timm's three
 * ways, under timm's names.
 */
public enum CropMode {
    /**
     * Aspect ratio kept, the size covered: a square's short edge as {@link Resize.ShortEdge}, other
     * sizes as {@link Resize.Cover}.
     */
    @JsonProperty("center")
    CENTER {
        @Override
        public Resize to(int height, int width) {
            return height == width ? new Resize.ShortEdge(height) : new Resize.Cover(height, width);
        }
    },
    /** Aspect ratio not kept: {@link Resize.Exact}. */
    @JsonProperty("squash")
    SQUASH {
        @Override
        public Resize to(int height, int width) {
            return new Resize.Exact(height, width);
        }
    },
    /** Aspect ratio kept, nothing cut off, the rest filled with the mean: {@link Resize.Inside}. */
    @JsonProperty("border")
    BORDER {
        @Override
        public Resize to(int height, int width) {
            return new Resize.Inside(height, width);
        }
    };

    /**
     * The resize to a size in this way.
     *
     * @param height rows, 1 to 16,384
     * @param width columns, 1 to 16,384
     * @return the resize
     * @throws IllegalArgumentException if an edge is out of range
     */
    public abstract Resize to(int height, int width);
}
