package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whose arithmetic a preprocessing follows wherever a size, an offset or a pixel comes out
 * fractional. A dialect has what its project does and refuses the rest, so that every preprocessing
 * that can be written down has a witness.
 */
public enum Dialect {
    /**
     * torchvision on Pillow images, and with it timm, DeiT and MAE: the long edge is truncated, the
     * offset of the crop rounded with ties to even, pixels are Pillow's bytes.
     */
    @JsonProperty("torchvision")
    TORCHVISION(EnumSet.complementOf(EnumSet.of(Interpolation.AREA))) {
        @Override
        int longEdge(int edge, int longEdge, int shortEdge) {
            return truncatedLongEdge(edge, longEdge, shortEdge);
        }

        /** An image smaller than the crop is padded first, by half the difference, truncated. */
        @Override
        int offset(int edge, int crop) {
            return crop > edge ? -((crop - edge) / 2) : (int) Math.rint((edge - crop) / 2.0);
        }

        @Override
        void check(Resize resize, Extent crop, double rescaleFactor) {
            // It has every way.
        }
    },
    /**
     * The image processors of Hugging Face transformers on Pillow and NumPy: as torchvision, but
     * the offset of the crop is rounded down, and so is what an image is padded with.
     */
    @JsonProperty("transformers")
    TRANSFORMERS(TORCHVISION.interpolations) {
        @Override
        int longEdge(int edge, int longEdge, int shortEdge) {
            return truncatedLongEdge(edge, longEdge, shortEdge);
        }

        @Override
        void check(Resize resize, Extent crop, double rescaleFactor) {
            refuseCropMode(resize);
        }
    },
    /**
     * The evaluation of google-research/vision_transformer: TensorFlow's resize to the input's size
     * without antialiasing, whose result stays in float and is normalised in levels of 0 to 255.
     */
    @JsonProperty("vision_transformer")
    VISION_TRANSFORMER(EnumSet.of(Interpolation.BILINEAR)) {
        @Override
        int longEdge(int edge, int longEdge, int shortEdge) {
            throw new IllegalStateException("the aspect ratio is never kept");
        }

        @Override
        void check(Resize resize, Extent crop, double rescaleFactor) {
            if (!resize.equals(new Resize.Exact(crop.height(), crop.width()))) {
                throw refusal(
                        "resize",
                        resize.json(),
                        "the crop as a pair, [" + crop.height() + ", " + crop.width() + "],");
            }
            if (rescaleFactor != Preprocessing.BYTE_TO_UNIT) {
                throw refusal("rescale_factor", rescaleFactor, "left out");
            }
        }
    },
    /**
     * google-research/big_vision: TensorFlow's resize without antialiasing, whose result is cut
     * down to bytes; the long edge is rounded, the offset of the crop rounded down.
     */
    @JsonProperty("big_vision")
    BIG_VISION(EnumSet.of(Interpolation.BILINEAR, Interpolation.AREA)) {
        @Override
        int longEdge(int edge, int longEdge, int shortEdge) {
            return (int) Math.rint(longEdge * ((float) edge / shortEdge));
        }

        @Override
        void check(Resize resize, Extent crop, double rescaleFactor) {
            refuseCropMode(resize);
            if (crop.height() > resize.height() || crop.width() > resize.width()) {
                throw refusal("crop", crop.json(), "within resize, " + resize.json() + ",");
            }
        }
    };

    private final Set<Interpolation> interpolations;

    Dialect(Set<Interpolation> interpolations) {
        this.interpolations = interpolations;
    }

    /** The long edge of an image whose short edge becomes {@code edge}. */
    abstract int longEdge(int edge, int longEdge, int shortEdge);

    /** Where a crop begins on an edge; negative where the image is the smaller one. */
    int offset(int edge, int crop) {
        return Math.floorDiv(edge - crop, 2);
    }

    /** The centre of an image. */
    Window centre(Size image, Extent crop) {
        return new Window(
                offset(image.width(), crop.width()),
                offset(image.height(), crop.height()),
                crop.width(),
                crop.height());
    }

    /** Refuses an interpolation that the project does not have. */
    void check(Interpolation interpolation) {
        if (interpolation == null) {
            throw new IllegalArgumentException("interpolation is missing, must be " + filters());
        }
        if (!interpolations.contains(interpolation)) {
            throw refusal("interpolation", quoted(interpolation), filters());
        }
    }

    /** Refuses what the project does not do. */
    abstract void check(Resize resize, Extent crop, double rescaleFactor);

    void refuseCropMode(Resize resize) {
        if (resize.cropMode().isPresent()) {
            throw refusal("crop_mode", quoted(resize.cropMode().get()), "left out");
        }
    }

    IllegalArgumentException refusal(String field, Object value, String right) {
        return new IllegalArgumentException(
                field + " is " + value + ", must be " + right + " with dialect " + quoted(this));
    }

    private String filters() {
        return interpolations.stream().map(Dialect::quoted).collect(Collectors.joining(" or "));
    }

    /** The words of these enums are their names in lower case. */
    private static String quoted(Enum<?> constant) {
        return '"' + constant.name().toLowerCase(Locale.ROOT) + '"';
    }

    private static int truncatedLongEdge(long edge, int longEdge, int shortEdge) {
        return Math.toIntExact(edge * longEdge / shortEdge);
    }
}
