package dev.vitrail.zoo.config;

import dev.vitrail.imaging.ExifOrientation;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Reads the {@code preprocessing} object. What it leaves out is as timm prepares images for its
 * ViTs: the short edge to 10/9 of the input, bicubic, the centre, mean and deviation one half. For
 * an input that is not square the size is met exactly, without keeping the aspect ratio.
 */
final class PreprocessingReader {

    private static final int MAXIMUM_EDGE = 16_384;
    private static final double CROP_SHARE = 0.9;
    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

    private PreprocessingReader() {}

    /**
     * The preprocessing, or null where it or the network has problems.
     *
     * @param section null where the key holds no object
     * @param model null where it has problems
     */
    static Preprocessing read(Section section, Architecture model, Consumer<Section> close) {
        if (section == null) {
            return null;
        }
        List<Integer> input =
                model == null
                        ? List.of(1, 1)
                        : List.of(
                                Math.min(MAXIMUM_EDGE, model.imageHeight()),
                                Math.min(MAXIMUM_EDGE, model.imageWidth()));
        List<Integer> crop = section.edges("crop", 1, MAXIMUM_EDGE, input);
        List<Integer> resizeEdges =
                section.edges("resize", 1, MAXIMUM_EDGE, crop == null ? input : crop);
        Interpolation interpolation =
                section.choice(
                        "interpolation",
                        Interpolation.values(),
                        PreprocessingReader::id,
                        Interpolation.BICUBIC);
        List<Double> mean = section.numbers("mean", 3, Range.ANY, HALF);
        List<Double> std = section.numbers("std", 3, Range.FACTOR, HALF);
        ExifOrientation orientation =
                section.choice(
                        "exif_orientation",
                        ExifOrientation.values(),
                        PreprocessingReader::id,
                        ExifOrientation.IGNORE);
        close.accept(section);
        boolean read =
                crop != null
                        && resizeEdges != null
                        && interpolation != null
                        && mean != null
                        && std != null
                        && orientation != null;
        if (!read || model == null) {
            return null;
        }
        if (crop.get(0) != model.imageHeight() || crop.get(1) != model.imageWidth()) {
            section.refuse(
                    "crop",
                    "model.image_size, " + model.imageHeight() + " by " + model.imageWidth());
            return null;
        }
        Resize resize = resize(section, resizeEdges, crop);
        return new Preprocessing(
                resize,
                new Extent(crop.get(0), crop.get(1)),
                interpolation,
                mean,
                std,
                orientation);
    }

    private static Resize resize(Section section, List<Integer> edges, List<Integer> crop) {
        if (section.node("resize") instanceof JsonNode.JsonArray) {
            return new Resize.Exact(edges.get(0), edges.get(1));
        }
        if (section.has("resize")) {
            return new Resize.ShortEdge(edges.get(0));
        }
        if (!crop.get(0).equals(crop.get(1))) {
            return new Resize.Exact(crop.get(0), crop.get(1));
        }
        int edge = (int) Math.min(MAXIMUM_EDGE, Math.floor(crop.get(0) / CROP_SHARE));
        return new Resize.ShortEdge(edge);
    }

    /** The words of imaging's enums are their names in lower case. */
    static String id(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
