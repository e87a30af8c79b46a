package dev.vitrail.zoo.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.imaging.ColorProfile;
import dev.vitrail.imaging.Dialect;
import dev.vitrail.imaging.ExifOrientation;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import java.util.List;
import java.util.Optional;

/** A preprocessing as {@code preprocessor_config.json}, where transformers has such a one. */
final class HuggingFaceProcessorWriter {

    private HuggingFaceProcessorWriter() {}

    /** The file, or nothing and a note. */
    static Optional<ObjectNode> write(Preprocessing steps, List<String> notes) {
        Optional<Integer> resample = resample(steps);
        boolean known = steps.resize().cropMode().isEmpty() && resample.isPresent();
        if (!known || steps.dialect() != Dialect.TRANSFORMERS && !isTorchvisions(steps)) {
            notes.add(
                    "transformers has no such preprocessing, so there is no"
                            + " preprocessor_config.json");
            return Optional.empty();
        }
        Extent crop = steps.crop();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        boolean shortEdge = steps.resize() instanceof Resize.ShortEdge;
        boolean crops =
                shortEdge || !steps.resize().equals(new Resize.Exact(crop.height(), crop.width()));
        node.put(
                "image_processor_type",
                shortEdge
                        ? "BitImageProcessor"
                        : crops ? "DeiTImageProcessor" : "ViTImageProcessor");
        node.put("do_resize", true);
        ObjectNode size = node.putObject("size");
        if (shortEdge) {
            size.put("shortest_edge", steps.resize().height());
        } else {
            size.put("height", steps.resize().height()).put("width", steps.resize().width());
        }
        node.put("do_center_crop", crops);
        if (crops) {
            node.putObject("crop_size").put("height", crop.height()).put("width", crop.width());
        }
        node.put("resample", resample.get());
        boolean rescales = steps.rescaleFactor() != 1;
        node.put("do_rescale", rescales);
        if (rescales) {
            node.put("rescale_factor", steps.rescaleFactor());
        }
        node.put("do_normalize", true);
        steps.mean().forEach(node.putArray("image_mean")::add);
        steps.std().forEach(node.putArray("image_std")::add);
        if (crops && steps.dialect() != Dialect.TRANSFORMERS) {
            notes.add(
                    "where the part that is cropped off is odd, transformers crops a pixel beside"
                            + " where this preprocessing does");
        }
        if (steps.exifOrientation() != ExifOrientation.IGNORE) {
            notes.add("transformers ignores EXIF orientation, which this preprocessing follows");
        }
        if (steps.colorProfile() != ColorProfile.IGNORE) {
            notes.add("transformers ignores colour profiles, which this preprocessing follows");
        }
        return Optional.of(node);
    }

    private static boolean isTorchvisions(Preprocessing steps) {
        return steps.dialect() == Dialect.TORCHVISION;
    }

    private static Optional<Integer> resample(Preprocessing steps) {
        return switch (steps.interpolation()) {
            case NEAREST -> Optional.of(0);
            case LANCZOS -> Optional.of(1);
            case BILINEAR -> Optional.of(2);
            case BICUBIC -> Optional.of(3);
            case BOX -> Optional.of(4);
            case HAMMING -> Optional.of(5);
            case AREA -> Optional.empty();
        };
    }
}
