package dev.vitrail.zoo.config;

import dev.vitrail.zoo.config.PretrainingConfig.Decoder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Reads the {@code pretraining} object; every method gives null where there are problems. */
final class PretrainingReader {

    private static final int MAXIMUM_DIM = 1 << 16;
    private static final int MAXIMUM_DEPTH = 1000;
    private static final int MAXIMUM_EPOCHS = 1_000_000;

    private final Consumer<Section> close;

    private PretrainingReader(Consumer<Section> close) {
        this.close = close;
    }

    /**
     * Reads the object.
     *
     * @param section of it
     * @param model what is to be pre-trained; empty where nothing is, or it could not be read
     * @param close ends the reading of an object
     */
    static PretrainingConfig read(
            Section section, Optional<Architecture> model, Consumer<Section> close) {
        if (section == null) {
            return null;
        }
        PretrainingConfig pretraining = new PretrainingReader(close).pretraining(section);
        model.ifPresent(encoder -> refuseUnfit(section, encoder, pretraining));
        return pretraining;
    }

    /** What no masked autoencoder can be made of. */
    private static void refuseUnfit(
            Section section, Architecture model, PretrainingConfig pretraining) {
        if (!model.stem().equals(Stem.PATCH)) {
            section.noteSelf(
                    "needs a model.stem of \"patch\": the convolutions of any other see into"
                            + " patches that are hidden");
        }
        if (model.dim() % 4 != 0) {
            section.noteSelf(
                    "needs a model.dim that 4 divides, for its sin-cos positions, and "
                            + model.dim()
                            + " is none");
        }
        int patches = Math.toIntExact(model.patches());
        int visible = pretraining == null ? 1 : pretraining.visiblePatches(patches);
        if (visible == 0 || visible == patches) {
            section.refuse(
                    "mask_ratio",
                    "such that some of the image's " + patches + " patches are seen, and not all");
        }
    }

    private PretrainingConfig pretraining(Section section) {
        PretrainingConfig fallback = PretrainingConfig.DEFAULT;
        Double ratio = section.number("mask_ratio", Range.PART, fallback.maskRatio());
        Decoder decoder = decoder(section.section("decoder", false));
        Boolean normalise = section.flag("normalise_pixels", fallback.normalisePixels());
        List<Double> scale =
                section.rising(
                        "crop_scale", 1, List.of(fallback.minimumScale(), fallback.maximumScale()));
        Double flip =
                section.number("horizontal_flip", Range.PROBABILITY, fallback.horizontalFlip());
        Integer pictures =
                section.integer("picture_epochs", 0, MAXIMUM_EPOCHS, fallback.pictureEpochs());
        close.accept(section);
        return Stream.of(ratio, decoder, normalise, scale, flip, pictures)
                        .allMatch(Objects::nonNull)
                ? new PretrainingConfig(
                        ratio, decoder, normalise, scale.get(0), scale.get(1), flip, pictures)
                : null;
    }

    private Decoder decoder(Section section) {
        if (section == null) {
            return null;
        }
        Decoder fallback = Decoder.DEFAULT;
        Integer dim = section.integer("dim", 1, MAXIMUM_DIM, fallback.dim());
        Integer depth = section.integer("depth", 1, MAXIMUM_DEPTH, fallback.depth());
        Integer heads = section.integer("heads", 1, MAXIMUM_DIM, fallback.heads());
        close.accept(section);
        if (dim != null && dim % 4 != 0) {
            section.refuse("dim", "a multiple of 4, for its sin-cos positions");
            return null;
        }
        if (dim != null && heads != null && dim % heads != 0) {
            section.refuse("heads", "a divisor of pretraining.decoder.dim (" + dim + ")");
            return null;
        }
        return Stream.of(dim, depth, heads).allMatch(Objects::nonNull)
                ? new Decoder(dim, depth, heads)
                : null;
    }
}
