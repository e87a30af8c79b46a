package dev.vitrail.zoo.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.augment.ColorJitter;
import dev.vitrail.imaging.augment.RandomAffine;
import dev.vitrail.imaging.augment.RandomErasing;
import dev.vitrail.imaging.augment.RandomRotation;
import dev.vitrail.zoo.config.Augmentations.RandomResizedCrop;
import java.util.List;
import java.util.Locale;

/** Writes the {@code training.augmentation} object: what is done, and no more. */
final class AugmentationsWriter {

    private AugmentationsWriter() {}

    static void write(ObjectNode node, Augmentations augmentation) {
        augmentation
                .randomResizedCrop()
                .ifPresent(crop -> write(node.putObject("random_resized_crop"), crop));
        node.put("horizontal_flip", augmentation.horizontalFlip());
        putProbability(node, "vertical_flip", augmentation.verticalFlip());
        augmentation.rotation().ifPresent(value -> write(node.putObject("rotation"), value));
        augmentation.affine().ifPresent(value -> write(node.putObject("affine"), value));
        augmentation.autoAugment().ifPresent(policy -> node.put("auto_augment", policy));
        augmentation.colorJitter().ifPresent(value -> write(node.putObject("color_jitter"), value));
        putProbability(node, "grayscale", augmentation.grayscale());
        putProbability(node, "gaussian_blur", augmentation.gaussianBlur());
        augmentation
                .randomErasing()
                .ifPresent(value -> write(node.putObject("random_erasing"), value));
        augmentation.mixing().ifPresent(value -> write(node.putObject("mixing"), value));
        if (augmentation.repeats() > 1) {
            node.put("repeats", augmentation.repeats());
        }
    }

    private static void putProbability(ObjectNode node, String key, double probability) {
        if (probability > 0) {
            node.put(key, probability);
        }
    }

    private static void write(ObjectNode node, RandomResizedCrop crop) {
        node.putArray("scale").add(crop.minimumScale()).add(crop.maximumScale());
        node.putArray("ratio").add(crop.minimumRatio()).add(crop.maximumRatio());
    }

    private static void write(ObjectNode node, RandomRotation rotation) {
        node.put("degrees", rotation.maxDegrees());
        writeSampling(node, rotation.interpolation(), rotation.fill());
    }

    private static void write(ObjectNode node, RandomAffine affine) {
        node.put("degrees", affine.maxDegrees());
        node.putArray("translate").add(affine.translateX()).add(affine.translateY());
        node.putArray("scale").add(affine.minScale()).add(affine.maxScale());
        node.putArray("shear").add(affine.shearX()).add(affine.shearY());
        writeSampling(node, affine.interpolation(), affine.fill());
    }

    private static void writeSampling(ObjectNode node, Interpolation filter, List<Integer> fill) {
        node.put("interpolation", filter.name().toLowerCase(Locale.ROOT));
        fill.forEach(node.putArray("fill")::add);
    }

    private static void write(ObjectNode node, ColorJitter jitter) {
        node.put("brightness", jitter.brightness());
        node.put("contrast", jitter.contrast());
        node.put("saturation", jitter.saturation());
        node.put("hue", jitter.hue());
    }

    private static void write(ObjectNode node, RandomErasing erasing) {
        node.put("probability", erasing.probability());
        node.put("mode", erasing.mode().id());
        node.putArray("area").add(erasing.minArea()).add(erasing.maxArea());
        node.put("aspect", erasing.minAspect());
        node.put("count", erasing.maxCount());
    }

    private static void write(ObjectNode node, Mixing mixing) {
        node.put("mixup_alpha", mixing.mixupAlpha());
        node.put("cutmix_alpha", mixing.cutmixAlpha());
        node.put("probability", mixing.probability());
        node.put("switch_probability", mixing.switchProbability());
        node.put("mode", mixing.mode().id());
    }
}
