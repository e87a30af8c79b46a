package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;

/**
 * To what size an image is brought before the crop. In JSON a number or a pair, which {@code
 * crop_mode} tells how to meet.
 */
public sealed interface Resize {

    /**
     * The size that an image gets.
     *
     * @param image the image's own size
     * @param dialect how a long edge that comes out fractional is rounded
     * @return the size before the crop
     */
    Size of(Size image, Dialect dialect);

    /**
     * The height of the size named.
     *
     * @return rows; the short edge where only that is named
     */
    int height();

    /**
     * The width of the size named.
     *
     * @return columns; the short edge where only that is named
     */
    int width();

    /**
     * The {@code crop_mode} that JSON needs for this resize.
     *
     * @return empty where the form of the value alone tells it
     */
    default Optional<CropMode> cropMode() {
        return Optional.empty();
    }

    /**
     * The resize before a crop of another size, of which as large a share is cut off.
     *
     * @param from the crop that follows this resize
     * @param to the other crop
     * @param dialect as the preprocessing's
     * @return the resize for it
     * @throws IllegalArgumentException if an edge is out of range
     */
    Resize scaled(Extent from, Extent to, Dialect dialect);

    /**
     * The value's form in JSON.
     *
     * @return an integer, or a list of height and width
     */
    @JsonValue
    default Object json() {
        return List.of(height(), width());
    }

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
     * timm's ResizeKeepRatio, which fails where an edge comes out as none; here it is one.
     *
     * @param choice which of the two edges' ratios counts
     */
    private static Size divided(Size image, Resize to, DoubleBinaryOperator choice) {
        double ratio =
                choice.applyAsDouble(
                        (double) image.height() / to.height(), (double) image.width() / to.width());
        return new Size(
                Math.max(1, Math.toIntExact((long) Math.rint(image.height() / ratio))),
                Math.max(1, Math.toIntExact((long) Math.rint(image.width() / ratio))));
    }

    /** Height and width before a crop, scaled edge by edge. */
    private static Size scaled(Resize resize, Extent from, Extent to) {
        return new Size(
                CropShare.of(from.height(), resize.height()).before(to.height()),
                CropShare.of(from.width(), resize.width()).before(to.width()));
    }

    private static void require(int height, int width) {
        Extent.require("resize", height);
        Extent.require("resize", width);
    }

    /**
     * Aspect ratio kept: the short edge becomes {@code edge}, the long one follows. An image whose
     * short edge has this length already stays as it is.
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
        public Size of(Size image, Dialect dialect) {
            return image.width() <= image.height()
                    ? new Size(dialect.longEdge(edge, image.height(), image.width()), edge)
                    : new Size(edge, dialect.longEdge(edge, image.width(), image.height()));
        }

        @Override
        public int height() {
            return edge;
        }

        @Override
        public int width() {
            return edge;
        }

        /**
         * Before a crop that is not square, timm covers it; where that is unknown, and where it was
         * not square already, its long edge decides, so that the image covers it in either case.
         */
        @Override
        public Resize scaled(Extent from, Extent to, Dialect dialect) {
            if (from.height() == from.width() && dialect == Dialect.TORCHVISION) {
                Size size = Resize.scaled(this, from, to);
                return CropMode.CENTER.to(size.height(), size.width());
            }
            CropShare share = CropShare.of(Math.max(from.height(), from.width()), edge);
            return new ShortEdge(share.before(Math.max(to.height(), to.width())));
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
            require(height, width);
        }

        @Override
        public Resize scaled(Extent from, Extent to, Dialect dialect) {
            Size size = Resize.scaled(this, from, to);
            return new Exact(size.height(), size.width());
        }

        @Override
        public Size of(Size image, Dialect dialect) {
            return new Size(height, width);
        }
    }

    /**
     * Aspect ratio kept, so that the image just covers this size: what timm's "center" does for a
     * network whose input is not square.
     *
     * @param height rows, 1 to 16,384
     * @param width columns, 1 to 16,384
     */
    record Cover(int height, int width) implements Resize {
        /**
         * Checks the size.
         *
         * @param height as the component
         * @param width as the component
         * @throws IllegalArgumentException if it is out of range
         */
        public Cover {
            require(height, width);
        }

        @Override
        public Resize scaled(Extent from, Extent to, Dialect dialect) {
            Size size = Resize.scaled(this, from, to);
            return new Cover(size.height(), size.width());
        }

        @Override
        public Size of(Size image, Dialect dialect) {
            return divided(image, this, Math::min);
        }

        @Override
        public Optional<CropMode> cropMode() {
            return Optional.of(CropMode.CENTER);
        }
    }

    /**
     * Aspect ratio kept, so that the image just fits into this size, and what the crop then lacks
     * filled with the mean: timm's "border".
     *
     * @param height rows, 1 to 16,384
     * @param width columns, 1 to 16,384
     */
    record Inside(int height, int width) implements Resize {
        /**
         * Checks the size.
         *
         * @param height as the component
         * @param width as the component
         * @throws IllegalArgumentException if it is out of range
         */
        public Inside {
            require(height, width);
        }

        @Override
        public Resize scaled(Extent from, Extent to, Dialect dialect) {
            Size size = Resize.scaled(this, from, to);
            return new Inside(size.height(), size.width());
        }

        @Override
        public Size of(Size image, Dialect dialect) {
            return divided(image, this, Math::max);
        }

        @Override
        public Optional<CropMode> cropMode() {
            return Optional.of(CropMode.BORDER);
        }
    }
}
