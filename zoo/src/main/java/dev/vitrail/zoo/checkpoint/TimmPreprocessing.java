package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.CropMode;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
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

    /** With timm's defaults for what is left out. */
    static Preprocessing of(Optional<Document> pretrained, Architecture network) {
        double share = pretrained.flatMap(cfg -> cfg.number("crop_pct")).orElse(DEFAULT_CROP_SHARE);
        try {
            return Preprocessing.timm(
                    new Extent(network.imageHeight(), network.imageWidth()),
                    share,
                    pretrained.map(TimmPreprocessing::cropMode).orElse(CropMode.CENTER),
                    pretrained.map(TimmPreprocessing::filter).orElse(Interpolation.BICUBIC),
                    pretrained.flatMap(cfg -> cfg.numbers("mean", 3)).orElse(IMAGENET_MEAN),
                    pretrained.flatMap(cfg -> cfg.numbers("std", 3)).orElse(IMAGENET_STD));
        } catch (IllegalArgumentException e) {
            throw pretrained.orElseThrow(() -> e).refused(e.getMessage());
        }
    }

    private static CropMode cropMode(Document pretrained) {
        String word = pretrained.text("crop_mode").orElse("center");
        return switch (word) {
            case "center" -> CropMode.CENTER;
            case "squash" -> CropMode.SQUASH;
            case "border" -> CropMode.BORDER;
            default -> throw pretrained.refused("crop_mode", "center, squash or border");
        };
    }

    private static Interpolation filter(Document pretrained) {
        String word = pretrained.text("interpolation").orElse("bicubic");
        return switch (word) {
            case "nearest" -> Interpolation.NEAREST;
            case "box" -> Interpolation.BOX;
            case "bilinear" -> Interpolation.BILINEAR;
            case "hamming" -> Interpolation.HAMMING;
            case "bicubic" -> Interpolation.BICUBIC;
            case "lanczos" -> Interpolation.LANCZOS;
            default ->
                    throw pretrained.refused(
                            "interpolation", "nearest, box, bilinear, hamming, bicubic or lanczos");
        };
    }
}
