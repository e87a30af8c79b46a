package dev.vitrail.zoo.config;

import dev.vitrail.imaging.ColorProfile;
import dev.vitrail.imaging.CropMode;
import dev.vitrail.imaging.Dialect;
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
 * an input that is not square the size is met exactly, without keeping the aspect ratio, unless
 * {@code crop_mode} says how.
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
        CropMode cropMode = choice(section, "crop_mode", CropMode.values(), CropMode.CENTER);
        Interpolation interpolation =
                choice(section, "interpolation", Interpolation.values(), Interpolation.BICUBIC);
        Dialect dialect = choice(section, "dialect", Dialect.values(), Dialect.TORCHVISION);
        Double rescaleFactor =
                section.number("rescale_factor", Range.FACTOR, Preprocessing.BYTE_TO_UNIT);
        List<Double> mean = section.numbers("mean", 3, Range.ANY, HALF);
        List<Double> std = section.numbers("std", 3, Range.FACTOR, HALF);
        ExifOrientation orientation =
                choice(
                        section,
                        "exif_orientation",
                        ExifOrientation.values(),
                        ExifOrientation.IGNORE);
        ColorProfile colorProfile =
                choice(section, "color_profile", ColorProfile.values(), ColorProfile.IGNORE);
        close.accept(section);
        boolean read =
                crop != null
                        && resizeEdges != null
                        && cropMode != null
                        && interpolation != null
                        && dialect != null
                        && rescaleFactor != null
                        && mean != null
                        && std != null
                        && orientation != null
                        && colorProfile != null;
        if (!read || model == null) {
            return null;
        }
        if (crop.get(0) != model.imageHeight() || crop.get(1) != model.imageWidth()) {
            section.refuse(
                    "crop",
                    "model.image_size, " + model.imageHeight() + " by " + model.imageWidth());
            return null;
        }
        try {
            return new Preprocessing(
                    resize(section, resizeEdges, crop, cropMode, dialect),
                    new Extent(crop.get(0), crop.get(1)),
                    interpolation,
                    mean,
                    std,
                    orientation,
                    dialect,
                    rescaleFactor,
                    colorProfile);
        } catch (IllegalArgumentException e) {
            // Each value is right alone, but not beside the others; the message begins with one.
            String message = e.getMessage();
            section.note(message.substring(0, message.indexOf(' ')), message);
            return null;
        }
    }

    private static Resize resize(
            Section section,
            List<Integer> edges,
            List<Integer> crop,
            CropMode cropMode,
            Dialect dialect) {
        int height = edges.get(0);
        int width = edges.get(1);
        boolean pair = section.node("resize") instanceof JsonNode.JsonArray;
        if (!section.has("resize")) {
            pair = !crop.get(0).equals(crop.get(1)) || dialect == Dialect.VISION_TRANSFORMER;
            if (!pair || section.has("crop_mode")) {
                height = beforeCrop(height);
                width = beforeCrop(width);
            }
        }
        if (section.has("crop_mode")) {
            return cropMode.to(height, width);
        }
        return pair ? new Resize.Exact(height, width) : new Resize.ShortEdge(height);
    }

    private static int beforeCrop(int edge) {
        return (int) Math.min(MAXIMUM_EDGE, Math.floor(edge / CROP_SHARE));
    }

    private static <E extends Enum<E>> E choice(
            Section section, String key, E[] choices, E fallback) {
        return section.choice(key, choices, PreprocessingReader::id, fallback);
    }

    /** The words of imaging's enums are their names in lower case. */
    private static String id(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
