package dev.vitrail.zoo.config;

import dev.vitrail.zoo.config.PretrainingConfig.Decoder;
import java.util.List;
import java.util.Objects;
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

    static PretrainingConfig read(Section section, Consumer<Section> close) {
        return section == null ? null : new PretrainingReader(close).pretraining(section);
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
