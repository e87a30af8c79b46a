package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.ExifOrientation;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import dev.vitrail.zoo.config.Architecture;
import java.util.List;
import java.util.Optional;

/** Transformers' {@code preprocessor_config.json}. */
final class HuggingFacePreprocessing {

    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);
    private static final int BILINEAR = 2;

    private HuggingFacePreprocessing() {}

    static Preprocessing of(Source source, Architecture network, List<String> notes) {
        Extent input = new Extent(network.imageHeight(), network.imageWidth());
        if (source.preprocessor().isEmpty()) {
            notes.add(
                    "no preprocessor_config.json: preprocessing is ViTImageProcessor's default"
                            + " (both edges resized, bilinear, mean and deviation 0.5)");
            return new Preprocessing(
                    new Resize.Exact(input.height(), input.width()),
                    input,
                    Interpolation.BILINEAR,
                    HALF,
                    HALF,
                    ExifOrientation.IGNORE);
        }
        Document processor = source.preprocessor().get();
        boolean rescales = processor.flag("do_rescale").orElse(true);
        double factor = processor.number("rescale_factor").orElse(1 / 255.0);
        if (!rescales || Math.abs(factor * 255 - 1) > 1e-6) {
            throw processor.refused(
                    rescales ? "rescale_factor" : "do_rescale",
                    rescales ? "1/255" : "true, since images are scaled to 0..1");
        }
        boolean normalises = processor.flag("do_normalize").orElse(true);
        return new Preprocessing(
                resize(processor, input),
                input,
                interpolation(processor),
                normalises
                        ? processor.numbers("image_mean", 3).orElse(HALF)
                        : List.of(0.0, 0.0, 0.0),
                normalises
                        ? processor.numbers("image_std", 3).orElse(HALF)
                        : List.of(1.0, 1.0, 1.0),
                ExifOrientation.IGNORE);
    }

    private static Resize resize(Document processor, Extent input) {
        boolean crops = processor.flag("do_center_crop").orElse(processor.has("crop_size"));
        if (!processor.flag("do_resize").orElse(true)) {
            throw processor.refused("do_resize", "true: images come in any size");
        }
        Resize resize = resize(processor, crops, input);
        Optional<List<Integer>> produced =
                crops ? size(processor, "crop_size") : size(processor, "size");
        produced.filter(edges -> !edges.equals(List.of(input.height(), input.width())))
                .ifPresent(
                        edges -> {
                            throw processor.refused(
                                    crops ? "crop_size" : "size",
                                    "the network's input, "
                                            + input.height()
                                            + " by "
                                            + input.width());
                        });
        return resize;
    }

    private static Resize resize(Document processor, boolean crops, Extent input) {
        if (processor.node("size").isObject()) {
            Document size = processor.child("size");
            Optional<Integer> shortest = size.integer("shortest_edge");
            if (shortest.isPresent()) {
                return new Resize.ShortEdge(edge(size, "shortest_edge", shortest.get()));
            }
        } else if (crops && processor.has("size")) {
            // Feature extractors of old: one integer was the short edge where a crop followed.
            return new Resize.ShortEdge(
                    edge(processor, "size", processor.integer("size").orElse(0)));
        }
        List<Integer> both = size(processor, "size").orElse(List.of(input.height(), input.width()));
        return new Resize.Exact(
                edge(processor, "size", both.get(0)), edge(processor, "size", both.get(1)));
    }

    private static int edge(Document document, String key, int value) {
        if (value < 1 || value > 16_384) {
            throw document.refused(key, "1 to 16384 pixels");
        }
        return value;
    }

    /** One integer in old files, height and width in newer ones. */
    private static Optional<List<Integer>> size(Document processor, String key) {
        if (!processor.node(key).isObject()) {
            return processor.edges(key);
        }
        Document size = processor.child(key);
        if (size.has("shortest_edge")) {
            int edge = size.integer("shortest_edge").orElseThrow();
            return Optional.of(List.of(edge, edge));
        }
        Optional<Integer> height = size.integer("height");
        Optional<Integer> width = size.integer("width");
        if (height.isEmpty() || width.isEmpty()) {
            throw processor.refused(key, "height and width, or shortest_edge");
        }
        return Optional.of(List.of(height.get(), width.get()));
    }

    /** By Pillow's numbers. */
    private static Interpolation interpolation(Document processor) {
        int number = processor.integer("resample").orElse(BILINEAR);
        return switch (number) {
            case 2 -> Interpolation.BILINEAR;
            case 3 -> Interpolation.BICUBIC;
            default -> throw processor.refused("resample", "2 (bilinear) or 3 (bicubic)");
        };
    }
}
