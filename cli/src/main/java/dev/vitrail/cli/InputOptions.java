package dev.vitrail.cli;

import dev.vitrail.zoo.ZooException;
import dev.vitrail.zoo.config.InputChange;
import dev.vitrail.zoo.config.ModelConfig;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Another input size than a model has: position embeddings and patch kernel are resampled. */
final class InputOptions {
    @Option(
            names = "--image-size",
            paramLabel = "N|HxW",
            description =
                    "Another image size, height before width: position embeddings are resampled as"
                            + " the weights' family does it, the crop follows.")
    private String imageSize;

    @Option(
            names = "--patch-size",
            paramLabel = "N",
            description =
                    "Another patch size: the patch kernel is resampled too (FlexiViT). Without"
                            + " --image-size the image stays.")
    private Integer patchSize;

    /** What is to change, if anything. */
    InputChange change() {
        if (patchSize != null && patchSize < 1) {
            throw Failure.wrongUse("--patch-size is " + patchSize + ", must be at least 1");
        }
        return new InputChange(
                Optional.ofNullable(imageSize).map(given -> Arguments.edges("--image-size", given)),
                Optional.ofNullable(patchSize));
    }

    /** A model with the other input; it is wrong use to ask for one that it cannot have. */
    ModelConfig applyTo(ModelConfig config) {
        try {
            return change().applyTo(config);
        } catch (ZooException e) {
            throw Failure.wrongUse(named() + ": " + e.getMessage());
        }
    }

    private String named() {
        return imageSize == null ? "--patch-size " + patchSize : "--image-size " + imageSize;
    }
}
