package dev.vitrail.zoo.checkpoint;

import java.util.List;
import java.util.stream.Collectors;

/** All families, the particular ones before those that take every name they know. */
final class Families {

    private static final List<Family> ALL =
            List.of(
                    new HuggingFaceVit(),
                    new HuggingFaceDinov2(),
                    new HuggingFaceClip(),
                    new HuggingFaceSiglip(),
                    new BigVision(),
                    new VisionTransformerJax(),
                    new Torchvision(),
                    new Mae(),
                    new Dinov2(),
                    new Timm());

    private Families() {}

    /**
     * The family of a checkpoint.
     *
     * @throws CheckpointException if no family's names are in it
     */
    static Family of(Source source) {
        return ALL.stream()
                .filter(family -> family.recognises(source))
                .findFirst()
                .orElseThrow(
                        () ->
                                source.refused(
                                        "no family's tensor names are in it (it begins with "
                                                + source.shapes().keySet().stream()
                                                        .limit(3)
                                                        .map(name -> '"' + name + '"')
                                                        .collect(Collectors.joining(", "))
                                                + "); known are "
                                                + ALL.stream()
                                                        .map(Family::id)
                                                        .collect(Collectors.joining(", "))));
    }
}
