package dev.vitrail.zoo.config;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.augment.ColorJitter;
import dev.vitrail.imaging.augment.RandomAffine;
import dev.vitrail.imaging.augment.RandomErasing;
import dev.vitrail.imaging.augment.RandomRotation;
import dev.vitrail.zoo.config.Augmentations.RandomResizedCrop;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Reads the {@code training.augmentation} object; gives null where there are problems. */
final class AugmentationsReader {

    private static final List<Integer> BLACK = List.of(0, 0, 0);

    private static final Interpolation[] FILTERS = {
        Interpolation.NEAREST, Interpolation.BILINEAR, Interpolation.BICUBIC
    };

    private final Consumer<Section> close;
    private boolean failed;

    private AugmentationsReader(Consumer<Section> close) {
        this.close = close;
    }

    static Augmentations read(Section section, Consumer<Section> close) {
        return section == null ? null : new AugmentationsReader(close).augmentations(section);
    }

    private Augmentations augmentations(Section section) {
        Optional<RandomResizedCrop> crop = nested(section, "random_resized_crop", this::crop);
        Double horizontal = section.number("horizontal_flip", Range.PROBABILITY, 0.0);
        Double vertical = section.number("vertical_flip", Range.PROBABILITY, 0.0);
        Optional<RandomRotation> rotation = nested(section, "rotation", this::rotation);
        Optional<RandomAffine> affine = nested(section, "affine", this::affine);
        Optional<String> policy = policy(section);
        Optional<ColorJitter> jitter = nested(section, "color_jitter", this::jitter);
        Double gray = section.number("grayscale", Range.PROBABILITY, 0.0);
        Double blur = section.number("gaussian_blur", Range.PROBABILITY, 0.0);
        Optional<RandomErasing> erasing = nested(section, "random_erasing", this::erasing);
        Optional<Mixing> mixing = nested(section, "mixing", this::mixing);
        Integer repeats = section.integer("repeats", 1, Augmentations.MOST_REPEATS, 1);
        close.accept(section);
        return failed
                        || Stream.of(horizontal, vertical, gray, blur, repeats)
                                .anyMatch(Objects::isNull)
                ? null
                : new Augmentations(
                        crop,
                        horizontal,
                        vertical,
                        rotation,
                        affine,
                        policy,
                        jitter,
                        gray,
                        blur,
                        erasing,
                        mixing,
                        repeats);
    }

    /** An object that may be absent; what it gives as null is wrong. */
    private <T> Optional<T> nested(Section section, String key, Function<Section, T> reader) {
        boolean present = section.has(key);
        Section object = section.section(key, false);
        T value = object == null ? null : reader.apply(object);
        failed |= value == null;
        return present ? Optional.ofNullable(value) : Optional.empty();
    }

    /** What the values make; null if there are problems, of which that of the record is noted. */
    private <T> T made(Section section, Supplier<T> maker, Object... values) {
        close.accept(section);
        if (Stream.of(values).anyMatch(Objects::isNull)) {
            return null;
        }
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            String message = e.getMessage();
            section.note(message.substring(0, message.indexOf(" is ")), message);
            return null;
        }
    }

    private Optional<String> policy(Section section) {
        if (!section.has("auto_augment")) {
            section.node("auto_augment");
            return Optional.empty();
        }
        String policy = section.string("auto_augment", null);
        if (policy == null) {
            failed = true;
            return Optional.empty();
        }
        try {
            Augmentations.policy(policy, BLACK);
        } catch (IllegalArgumentException e) {
            failed = true;
            section.note(
                    "auto_augment",
                    "auto_augment: "
                            + e.getMessage()
                            + "; \"%s\" and \"%s\" are known too"
                                    .formatted(Augmentations.TRIVIAL, Augmentations.THREE));
        }
        return Optional.of(policy);
    }

    private RandomRotation rotation(Section section) {
        Double degrees = section.number("degrees", Range.NOT_NEGATIVE, 15.0);
        Interpolation filter = filter(section);
        List<Integer> fill = section.integers("fill", 3, 3, 0, 255, BLACK);
        return made(
                section,
                () -> new RandomRotation(-degrees, degrees, filter, fill),
                degrees,
                filter,
                fill);
    }

    private RandomAffine affine(Section section) {
        Double degrees = section.number("degrees", Range.NOT_NEGATIVE, 0.0);
        List<Double> translate =
                section.numbers("translate", 2, Range.PROBABILITY, List.of(0.0, 0.0));
        List<Double> scale = section.rising("scale", 1e6, List.of(1.0, 1.0));
        List<Double> shear = section.numbers("shear", 2, Range.NOT_NEGATIVE, List.of(0.0, 0.0));
        Interpolation filter = filter(section);
        List<Integer> fill = section.integers("fill", 3, 3, 0, 255, BLACK);
        return made(
                section,
                () ->
                        new RandomAffine(
                                -degrees,
                                degrees,
                                translate.get(0),
                                translate.get(1),
                                scale.get(0),
                                scale.get(1),
                                shear.get(0),
                                shear.get(1),
                                filter,
                                fill),
                degrees,
                translate,
                scale,
                shear,
                filter,
                fill);
    }

    private static Interpolation filter(Section section) {
        return section.choice(
                "interpolation",
                FILTERS,
                filter -> filter.name().toLowerCase(Locale.ROOT),
                Interpolation.BILINEAR);
    }

    private ColorJitter jitter(Section section) {
        Double brightness = section.number("brightness", Range.NOT_NEGATIVE, 0.4);
        Double contrast = section.number("contrast", Range.NOT_NEGATIVE, 0.4);
        Double saturation = section.number("saturation", Range.NOT_NEGATIVE, 0.4);
        Double hue = section.number("hue", Range.NOT_NEGATIVE, 0.0);
        return made(
                section,
                () -> new ColorJitter(brightness, contrast, saturation, hue),
                brightness,
                contrast,
                saturation,
                hue);
    }

    private RandomErasing erasing(Section section) {
        Double probability = section.number("probability", Range.PROBABILITY, 0.25);
        RandomErasing.Mode mode =
                section.choice(
                        "mode",
                        RandomErasing.Mode.values(),
                        RandomErasing.Mode::id,
                        RandomErasing.Mode.PIXEL);
        List<Double> area = section.rising("area", 1, List.of(0.02, 1.0 / 3));
        Double aspect = section.number("aspect", Range.PROBABILITY, 0.3);
        Integer count = section.integer("count", 1, 100, 1);
        return made(
                section,
                () -> new RandomErasing(probability, mode, area.get(0), area.get(1), aspect, count),
                probability,
                mode,
                area,
                aspect,
                count);
    }

    private Mixing mixing(Section section) {
        Mixing fallback = Mixing.DEFAULT;
        Double mixup = section.number("mixup_alpha", Range.NOT_NEGATIVE, fallback.mixupAlpha());
        Double cutmix = section.number("cutmix_alpha", Range.NOT_NEGATIVE, fallback.cutmixAlpha());
        Double probability =
                section.number("probability", Range.PROBABILITY, fallback.probability());
        Double switches =
                section.number(
                        "switch_probability", Range.PROBABILITY, fallback.switchProbability());
        Mixing.Mode mode =
                section.choice("mode", Mixing.Mode.values(), Mixing.Mode::id, fallback.mode());
        if (mixup != null && cutmix != null && mixup + cutmix == 0) {
            section.noteSelf("mixes nothing: mixup_alpha or cutmix_alpha must be above 0");
            return null;
        }
        return made(
                section,
                () -> new Mixing(mixup, cutmix, probability, switches, mode),
                mixup,
                cutmix,
                probability,
                switches,
                mode);
    }

    private RandomResizedCrop crop(Section section) {
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
