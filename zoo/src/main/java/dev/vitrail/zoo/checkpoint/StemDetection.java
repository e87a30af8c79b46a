package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.config.Stem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What stands before the patch projection, by the tensors it has. */
final class StemDetection {

    private static final String ROOT = "patch_embed.backbone.stem.conv.weight";

    /** A ResNet without stages is its stem, see timm. */
    private static final String ROOT_ALONE = "patch_embed.backbone.conv.weight";

    private static final NameTemplate UNIT =
            new NameTemplate("patch_embed.backbone.stages.{s}.blocks.{b}.conv1.weight");
    private static final NameTemplate CONVOLUTION =
            new NameTemplate("patch_embed.backbone.{n}.conv.weight");

    private StemDetection() {}

    static Stem read(Map<String, Shape> shapes, Dialect dialect) {
        List<Integer> depths = new ArrayList<>();
        List<Integer> channels = new ArrayList<>();
        for (Map.Entry<String, Shape> tensor : shapes.entrySet()) {
            UNIT.match(tensor.getKey())
                    .ifPresent(numbers -> raise(depths, numbers.get(0), numbers.get(1) + 1));
            CONVOLUTION
                    .match(tensor.getKey())
                    .ifPresent(
                            numbers -> raise(channels, numbers.get(0), outputs(tensor.getValue())));
        }
        Shape root = shapes.getOrDefault(ROOT, shapes.get(ROOT_ALONE));
        if (root != null) {
            return new Stem.ResNet(depths, outputs(root), dialect.groupNormEpsilon());
        }
        return channels.isEmpty() ? Stem.PATCH : convolution(channels);
    }

    /**
     * Strides are not seen in tensors. As in the networks of Xiao et al. (2021, table 1) the first
     * convolution and those that have more channels than the one before halve the image.
     */
    private static Stem convolution(List<Integer> channels) {
        List<Integer> strides = new ArrayList<>();
        for (int i = 0; i < channels.size(); i++) {
            strides.add(i == 0 || channels.get(i) > channels.get(i - 1) ? 2 : 1);
        }
        return new Stem.Convolution(channels, strides);
    }

    private static int outputs(Shape kernel) {
        return kernel.dimension() == 0 ? 0 : Math.toIntExact(kernel.get(0));
    }

    /** Sets the largest value seen at a place of a list that grows. */
    private static void raise(List<Integer> values, int index, int value) {
        while (values.size() <= index && values.size() < 16) {
            values.add(0);
        }
        if (index < values.size()) {
            values.set(index, Math.max(values.get(index), value));
        }
    }
}
