package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.config.Stem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What stands before the patch projection, by the tensors it has. */
final class StemDetection {

    private static final NameTemplate UNIT =
            new NameTemplate("patch_embed.backbone.stages.{s}.blocks.{b}.conv1.weight");
    private static final NameTemplate CONVOLUTION =
            new NameTemplate("patch_embed.backbone.{n}.conv.weight");

    private StemDetection() {}

    static Stem read(Map<String, Shape> shapes) {
        Shape root = shapes.get("patch_embed.backbone.stem.conv.weight");
        List<Integer> depths = new ArrayList<>();
        List<Integer> channels = new ArrayList<>();
        for (Map.Entry<String, Shape> tensor : shapes.entrySet()) {
            Optional<List<Integer>> unit = UNIT.match(tensor.getKey());
            unit.ifPresent(numbers -> raise(depths, numbers.get(0), numbers.get(1) + 1));
            CONVOLUTION
                    .match(tensor.getKey())
                    .ifPresent(
                            numbers ->
                                    raise(
                                            channels,
                                            numbers.get(0),
                                            Math.toIntExact(tensor.getValue().get(0))));
        }
        if (root != null && !depths.isEmpty()) {
            return new Stem.ResNet(depths, Math.toIntExact(root.get(0)));
        }
        return channels.isEmpty() ? Stem.PATCH : new Stem.Convolution(channels);
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
