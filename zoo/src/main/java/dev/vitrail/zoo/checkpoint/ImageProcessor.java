package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.Dialect;
import dev.vitrail.imaging.ExifOrientation;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The image processors of transformers' vision models, and what they do unless told otherwise. */
enum ImageProcessor {
    VIT("ViTImageProcessor", "vit", 1, false, Interpolation.BILINEAR, half(), half()),
    DEIT("DeiTImageProcessor", "deit", 256.0 / 224, false, Interpolation.BICUBIC, half(), half()),
    BIT("BitImageProcessor", "bit", 1, true, Interpolation.BICUBIC, clipMean(), clipStd()),
    /** DINOv2 has no processor of its own; its published files tell BiT's to do this. */
    DINOV2(
            "BitImageProcessor",
            "dinov2",
            256.0 / 224,
            true,
            Interpolation.BICUBIC,
            TimmPreprocessing.IMAGENET_MEAN,
            TimmPreprocessing.IMAGENET_STD),
    SIGLIP("SiglipImageProcessor", "siglip", 1, false, Interpolation.BICUBIC, half(), half()),
    CLIP("CLIPImageProcessor", "clip", 1, true, Interpolation.BICUBIC, clipMean(), clipStd());

    private final String id;
    private final String model;
    private final double resizeOverCrop;
    private final boolean keepsAspectRatio;
    private final Interpolation interpolation;
    private final List<Double> mean;
    private final List<Double> std;

    ImageProcessor(
            String id,
            String model,
            double resizeOverCrop,
            boolean keepsAspectRatio,
            Interpolation interpolation,
            List<Double> mean,
            List<Double> std) {
        this.id = id;
        this.model = model;
        this.resizeOverCrop = resizeOverCrop;
        this.keepsAspectRatio = keepsAspectRatio;
        this.interpolation = interpolation;
        this.mean = mean;
        this.std = std;
    }

    private static List<Double> half() {
        return List.of(0.5, 0.5, 0.5);
    }

    private static List<Double> clipMean() {
        return List.of(0.48145466, 0.4578275, 0.40821073);
    }

    private static List<Double> clipStd() {
        return List.of(0.26862954, 0.26130258, 0.27577711);
    }

    /** What it does, completing "preprocessing is ". */
    String words() {
        return this == DINOV2
                ? "that of published DINOv2 checkpoints"
                : "what " + id + " does unless told otherwise";
    }

    /** By a class name, whose older and faster forms begin with the same model. */
    static Optional<ImageProcessor> named(String type) {
        return Arrays.stream(values())
                .filter(
                        processor ->
                                type.startsWith(
                                        processor.id.substring(
                                                0, processor.id.indexOf("ImageProcessor"))))
                .findFirst();
    }

    /** By a model type; ViT's where that has none of its own. */
    static ImageProcessor ofModel(String type) {
        return Arrays.stream(values())
                .filter(processor -> type.startsWith(processor.model))
                .findFirst()
                .orElse(VIT);
    }

    String id() {
        return id;
    }

    boolean crops() {
        return keepsAspectRatio || resizeOverCrop > 1;
    }

    boolean keepsAspectRatio() {
        return keepsAspectRatio;
    }

    Interpolation interpolation() {
        return interpolation;
    }

    List<Double> mean() {
        return mean;
    }

    List<Double> std() {
        return std;
    }

    Resize resize(Extent input) {
        int height = (int) Math.round(input.height() * resizeOverCrop);
        int width = (int) Math.round(input.width() * resizeOverCrop);
        return keepsAspectRatio
                ? new Resize.ShortEdge(Math.max(height, width))
                : new Resize.Exact(height, width);
    }

    Preprocessing preprocessing(Extent input) {
        return new Preprocessing(
                resize(input),
                input,
                interpolation,
                mean,
                std,
                ExifOrientation.IGNORE,
                Dialect.TRANSFORMERS,
                null,
                null);
    }
}
