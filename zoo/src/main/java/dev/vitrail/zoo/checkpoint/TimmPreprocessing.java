package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.ExifOrientation;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import dev.vitrail.zoo.config.Architecture;
import java.util.List;
import java.util.Optional;

/**
 * timm's evaluation transform ({@code transforms_imagenet_eval}) as its {@code pretrained_cfg}
 * describes it.
 */
final class TimmPreprocessing {

    static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);
    static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);

    /** {@code DEFAULT_CROP_PCT} of timm. */
    private static final double DEFAULT_CROP_SHARE = 0.875;

    private TimmPreprocessing() {}

    static Preprocessing of(
            Optional<Document> pretrained, Architecture network, List<String> notes) {
        int height = network.imageHeight();
        int width = network.imageWidth();
        double share = pretrained.flatMap(cfg -> cfg.number("crop_pct")).orElse(DEFAULT_CROP_SHARE);
        if (share <= 0 || share > 1) {
            throw pretrained.orElseThrow().refused("crop_pct", "above 0 and at most 1");
        }
        return new Preprocessing(
                resize(pretrained, height, width, share, notes),
                new Extent(height, width),
                pretrained.map(TimmPreprocessing::interpolation).orElse(Interpolation.BICUBIC),
                pretrained.flatMap(cfg -> cfg.numbers("mean", 3)).orElse(IMAGENET_MEAN),
                pretrained.flatMap(cfg -> cfg.numbers("std", 3)).orElse(IMAGENET_STD),
                ExifOrientation.IGNORE);
    }

    private static Resize resize(
            Optional<Document> pretrained,
            int height,
            int width,
            double share,
            List<String> notes) {
        String mode = pretrained.flatMap(cfg -> cfg.text("crop_mode")).orElse("center");
        Resize squash =
                new Resize.Exact((int) Math.floor(height / share), (int) Math.floor(width / share));
        return switch (mode) {
            case "squash" -> squash;
            case "center" -> {
                if (height == width) {
                    yield new Resize.ShortEdge((int) Math.floor(height / share));
                }
                notes.add(
                        "preprocessing: images are resized without keeping their aspect ratio,"
                                + " where timm keeps it for an input that is not square");
                yield squash;
            }
            default -> throw pretrained.orElseThrow().refused("crop_mode", "center or squash");
        };
    }

    private static Interpolation interpolation(Document pretrained) {
        String word = pretrained.text("interpolation").orElse("bicubic");
        return switch (word) {
            case "bicubic" -> Interpolation.BICUBIC;
            case "bilinear" -> Interpolation.BILINEAR;
            default -> throw pretrained.refused("interpolation", "bicubic or bilinear");
        };
    }
}
