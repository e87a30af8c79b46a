package dev.vitrail.zoo.config;

import dev.vitrail.zoo.config.Augmentations.RandomResizedCrop;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads the {@code training.augmentation} object; gives null where there are problems. */
final class AugmentationsReader {

    private final Consumer<Section> close;

    private AugmentationsReader(Consumer<Section> close) {
        this.close = close;
    }

    static Augmentations read(Section section, Consumer<Section> close) {
        return section == null ? null : new AugmentationsReader(close).augmentations(section);
    }

    private Augmentations augmentations(Section section) {
        boolean crops = section.has("random_resized_crop");
        RandomResizedCrop crop = crop(section.section("random_resized_crop", false));
        Double flip = section.number("horizontal_flip", Range.PROBABILITY, 0.0);
        close.accept(section);
        return crop == null || flip == null
                ? null
                : new Augmentations(crops ? Optional.of(crop) : Optional.empty(), flip);
    }

    private RandomResizedCrop crop(Section section) {
        if (section == null) {
            return null;
        }
        RandomResizedCrop fallback = RandomResizedCrop.DEFAULT;
        List<Double> scale =
                section.rising(
                        "scale", 1, List.of(fallback.minimumScale(), fallback.maximumScale()));
        List<Double> ratio =
                section.rising(
                        "ratio", 1e6, List.of(fallback.minimumRatio(), fallback.maximumRatio()));
        close.accept(section);
        return scale == null || ratio == null
                ? null
                : new RandomResizedCrop(scale.get(0), scale.get(1), ratio.get(0), ratio.get(1));
    }
}
