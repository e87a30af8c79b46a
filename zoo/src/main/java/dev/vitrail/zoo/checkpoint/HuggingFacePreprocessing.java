package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.Dialect;
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

    private static final List<Double> NOTHING_TAKEN = List.of(0.0, 0.0, 0.0);
    private static final List<Double> DIVIDED_BY_ONE = List.of(1.0, 1.0, 1.0);

    private final Document processor;
    private final ImageProcessor defaults;
    private final Extent input;

    private HuggingFacePreprocessing(Document processor, ImageProcessor defaults, Extent input) {
        this.processor = processor;
        this.defaults = defaults;
        this.input = input;
    }

    static Preprocessing of(Source source, Architecture network, List<String> notes) {
        Extent input = new Extent(network.imageHeight(), network.imageWidth());
        if (source.preprocessor().isEmpty()) {
            ImageProcessor usual = ImageProcessor.ofModel(source.modelType());
            notes.add("no preprocessor_config.json: preprocessing is " + usual.words());
            return usual.preprocessing(input);
        }
        Document processor = source.preprocessor().get();
        String type =
                processor
                        .text("image_processor_type")
                        .or(() -> processor.text("feature_extractor_type"))
                        .orElse("");
        ImageProcessor defaults =
                ImageProcessor.named(type)
                        .orElseGet(() -> ImageProcessor.ofModel(source.modelType()));
        return new HuggingFacePreprocessing(processor, defaults, input).preprocessing();
    }

    private Preprocessing preprocessing() {
        if (!processor.flag("do_resize").orElse(true)) {
            throw processor.refused("do_resize", "true, since images come in any size");
        }
        boolean normalises = processor.flag("do_normalize").orElse(true);
        boolean crops =
                processor
                        .flag("do_center_crop")
                        .orElse(defaults.crops() || processor.has("crop_size"));
        Resize resize = resize(crops);
        requireInput(crops, resize);
        try {
            return new Preprocessing(
                    resize,
                    input,
                    interpolation(),
                    normalises
                            ? processor.numbers("image_mean", 3).orElse(defaults.mean())
                            : NOTHING_TAKEN,
                    normalises
                            ? processor.numbers("image_std", 3).orElse(defaults.std())
                            : DIVIDED_BY_ONE,
                    ExifOrientation.IGNORE,
                    Dialect.TRANSFORMERS,
                    rescaleFactor(),
                    null);
        } catch (IllegalArgumentException e) {
            throw processor.refused(e.getMessage());
        }
    }

    private double rescaleFactor() {
        return processor.flag("do_rescale").orElse(true)
                ? processor.number("rescale_factor").orElse(Preprocessing.BYTE_TO_UNIT)
                : 1;
    }

    private Resize resize(boolean crops) {
        if (!processor.has("size")) {
            return defaults.resize(input);
        }
        if (processor.node("size").isObject()) {
            Document size = processor.child("size");
            Optional<Integer> shortest = size.integer("shortest_edge");
            if (shortest.isPresent()) {
                return new Resize.ShortEdge(edge(size, "shortest_edge", shortest.get()));
            }
        } else if (defaults.keepsAspectRatio()) {
            // Files of old: one integer, which for these processors is the short edge.
            return new Resize.ShortEdge(
                    edge(processor, "size", processor.integer("size").orElse(0)));
        }
        List<Integer> both = edges("size");
        return new Resize.Exact(
                edge(processor, "size", both.get(0)), edge(processor, "size", both.get(1)));
    }

    /** What comes out must be what the network is fed. */
    private void requireInput(boolean crops, Resize resize) {
        if (!crops && resize instanceof Resize.ShortEdge) {
            throw processor.refused(
                    "do_center_crop", "true, since shortest_edge leaves the long edge open");
        }
        String key = crops ? "crop_size" : "size";
        if (!processor.has(key)) {
            return; // the defaults follow the network
        }
        List<Integer> produced = edges(key);
        if (!produced.equals(List.of(input.height(), input.width()))) {
            throw processor.refused(
                    key,
                    String.format(
                            "what the network is fed, %d by %d; --image-size %dx%d imports it for"
                                    + " the size of this file",
                            input.height(), input.width(), produced.get(0), produced.get(1)));
        }
    }

    private static int edge(Document document, String key, int value) {
        if (value < 1 || value > 16_384) {
            throw document.refused(key, "1 to 16384 pixels");
        }
        return value;
    }

    /** One integer in old files, height and width in newer ones. */
    private List<Integer> edges(String key) {
        if (!processor.node(key).isObject()) {
            return processor.edges(key).orElseThrow();
        }
        Document size = processor.child(key);
        Optional<Integer> height = size.integer("height");
        Optional<Integer> width = size.integer("width");
        if (height.isEmpty() || width.isEmpty()) {
            throw processor.refused(key, "height and width");
        }
        return List.of(height.get(), width.get());
    }

    /** By Pillow's numbers. */
    private Interpolation interpolation() {
        if (!processor.has("resample")) {
            return defaults.interpolation();
        }
        return switch (processor.integer("resample").orElseThrow()) {
            case 0 -> Interpolation.NEAREST;
            case 1 -> Interpolation.LANCZOS;
            case 2 -> Interpolation.BILINEAR;
            case 3 -> Interpolation.BICUBIC;
            case 4 -> Interpolation.BOX;
            case 5 -> Interpolation.HAMMING;
            default -> throw processor.refused("resample", "one of Pillow's filters, 0 to 5");
        };
    }
}
