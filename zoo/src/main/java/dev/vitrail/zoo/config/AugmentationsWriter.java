package dev.vitrail.zoo.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.zoo.config.Augmentations.RandomResizedCrop;

/** Writes the {@code training.augmentation} object. */
final class AugmentationsWriter {

    private AugmentationsWriter() {}

    static void write(ObjectNode node, Augmentations augmentation) {
        augmentation
                .randomResizedCrop()
                .ifPresent(crop -> writeCrop(node.putObject("random_resized_crop"), crop));
        node.put("horizontal_flip", augmentation.horizontalFlip());
    }

    private static void writeCrop(ObjectNode node, RandomResizedCrop crop) {
        node.putArray("scale").add(crop.minimumScale()).add(crop.maximumScale());
        node.putArray("ratio").add(crop.minimumRatio()).add(crop.maximumRatio());
    }
}
