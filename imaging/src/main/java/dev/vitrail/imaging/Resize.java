package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;

/** To what size an image is brought before the crop. In JSON a number or a pair. */
public sealed interface Resize {

    /**
     * The size that an image gets.
     *
     * @param interpolation the filter
     * @param image the image as decoded
     * @return the resize for an image of this size
     */
    Resizer resizer(RgbImage image, Interpolation interpolation);

    /**
     * The value's form in JSON.
     *
     * @return an integer, or a list of height and width
     */
    @JsonValue
    Object json();

    /**
     * An integer in JSON.
     *
     * @param edge the length of the short edge
     * @return the resize that keeps the aspect ratio
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Resize shortEdge(int edge) {
        return new ShortEdge(edge);
    }

    /**
     * A pair in JSON.
     *
     * @param size height and width
     * @return the resize to this very size
     * @throws IllegalArgumentException if the list has not two values
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Resize exact(List<Integer> size) {
        List<Integer> pair = Extent.pair("resize", size);
        return new Exact(pair.get(0), pair.get(1));
    }

    /**
     * Aspect ratio kept: the short edge becomes {@code edge}, the long one follows and is
     * truncated, as in torchvision. An image whose short edge has this length already stays as it
     * is.
     *
     * @param edge pixels, 1 to 16,384
     */
    record ShortEdge(int edge) implements Resize {
        /**
         * Checks the edge.
         *
         * @param edge as the component
         * @throws IllegalArgumentException if it is out of range
         */
        public ShortEdge {
            Extent.require("resize", edge);
        }

        @Override
        public Resizer resizer(RgbImage image, Interpolation interpolation) {
            long width = image.width();
            long height = image.height();
            boolean upright = width <= height;
            int longEdge = Math.toIntExact(upright ? edge * height / width : edge * width / height);
            return upright
                    ? new Resizer(longEdge, edge, interpolation)
                    : new Resizer(edge, longEdge, interpolation);
        }

        @Override
        public Object json() {
            return edge;
        }
    }

    /**
     * Aspect ratio not kept: every image becomes this size (timm's "squash", Hugging Face's ViT).
     *
     * @param height rows, 1 to 16,384
     * @param width columns, 1 to 16,384
     */
    record Exact(int height, int width) implements Resize {
        /**
         * Checks the size.
         *
         * @param height as the component
         * @param width as the component
         * @throws IllegalArgumentException if it is out of range
         */
        public Exact {
            Extent.require("resize", height);
            Extent.require("resize", width);
        }

        @Override
        public Resizer resizer(RgbImage image, Interpolation interpolation) {
            return new Resizer(height, width, interpolation);
        }

        @Override
        public Object json() {
            return List.of(height, width);
        }
    }
}
