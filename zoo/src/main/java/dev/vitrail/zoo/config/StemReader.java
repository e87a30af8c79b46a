package dev.vitrail.zoo.config;

import dev.vitrail.zoo.config.JsonNode.JsonObject;
import dev.vitrail.zoo.config.JsonNode.JsonString;
import java.util.List;
import java.util.function.Consumer;

/** Reads {@code model.stem}: the word {@code "patch"}, or an object with a type. */
final class StemReader {

    static final String PATCH = "patch";
    static final String CONVOLUTION = "convolution";
    static final String RESNET = "resnet";

    private static final int MAXIMUM_CHANNELS = 1 << 16;
    private static final int MAXIMUM_STAGE = 1_000;
    private static final List<Integer> R50 = List.of(3, 4, 9);

    private StemReader() {}

    /** The stem, or null where it has problems, which are noted then. */
    static Stem read(Section model, Consumer<Section> close) {
        JsonNode node = model.node("stem");
        if (node instanceof JsonString word && word.text().equals(PATCH)) {
            return Stem.PATCH;
        }
        if (node != null && !(node instanceof JsonObject)) {
            model.refuse("stem", "\"patch\" or an object with a type");
            return null;
        }
        Section section = model.section("stem", false);
        String type =
                section.choice(
                        "type",
                        new String[] {PATCH, CONVOLUTION, RESNET},
                        word -> word,
                        node == null ? PATCH : null);
        // Read whatever the type is, so that all keys are known.
        int most = Stem.Convolution.MOST;
        List<Integer> channels =
                section.integers("channels", 1, most, 1, MAXIMUM_CHANNELS, List.of());
        List<Integer> strides = section.integers("strides", 1, most, 1, 2, List.of());
        List<Integer> depths = section.integers("depths", 0, 4, 1, MAXIMUM_STAGE, R50);
        Integer width = section.integer("width", 32, MAXIMUM_CHANNELS, 64);
        Double epsilon =
                section.number("norm_eps", Range.EPSILON, Stem.ResNet.DEFAULT_NORM_EPSILON);
        close.accept(section);
        if (type == null) {
            return null;
        }
        return switch (type) {
            case CONVOLUTION -> convolution(section, channels, strides);
            case RESNET -> resNet(section, depths, width, epsilon);
            default ->
                    refuseKeys(section, type, "channels", "strides", "depths", "width", "norm_eps")
                            ? Stem.PATCH
                            : null;
        };
    }

    private static Stem convolution(
            Section section, List<Integer> channels, List<Integer> strides) {
        if (!refuseKeys(section, CONVOLUTION, "depths", "width", "norm_eps")
                || channels == null
                || strides == null) {
            return null;
        }
        if (channels.isEmpty()) {
            section.refuse("channels", "an array with the channels of each convolution");
            return null;
        }
        if (!section.has("strides")) {
            return Stem.Convolution.halving(channels);
        }
        if (strides.size() != channels.size()) {
            section.refuse("strides", "as many numbers as channels (" + channels.size() + ")");
            return null;
        }
        return new Stem.Convolution(channels, strides);
    }

    private static Stem resNet(
            Section section, List<Integer> depths, Integer width, Double epsilon) {
        if (!refuseKeys(section, RESNET, "channels", "strides")
                || depths == null
                || width == null
                || epsilon == null) {
            return null;
        }
        if (width % 32 != 0) {
            section.refuse("width", "a multiple of 32, the groups of its norms");
            return null;
        }
        return new Stem.ResNet(depths, width, epsilon);
    }

    /** Whether none of the keys, which belong to another type, is there. */
    private static boolean refuseKeys(Section section, String type, String... keys) {
        boolean none = true;
        for (String key : keys) {
            if (section.has(key)) {
                section.refuse(key, "left out where type is \"" + type + "\"");
                none = false;
            }
        }
        return none;
    }
}
